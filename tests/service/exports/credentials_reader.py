"""A reader of content credentials that shares nothing with what wrote them: JUMBF, CBOR and COSE by hand.

After C2PA 2.1 (8.4, 13.1, 18.5), ISO 19566-5, RFC 8949 and RFC 9052. It reads what is in a JPEG, PNG or WebP and checks
three things: the signature over the claim, the claim's hashes of the assertions, and the hash over the file's bytes.
"""

import hashlib
import struct
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature


@dataclass
class Read:
    """What a file carries, and what of it holds."""

    claim: dict[str, Any]
    assertions: dict[str, Any]
    certificates: list[x509.Certificate]
    signature_holds: bool
    assertions_hold: bool
    bytes_hold: bool

    @property
    def holds(self) -> bool:
        return self.signature_holds and self.assertions_hold and self.bytes_hold


def read(file: bytes) -> Read:
    """The credentials of the file; LookupError where it has none."""
    manifest = last_manifest(store_in(file))
    boxes = {label: box for label, box in manifest.items() if not label.startswith("c2pa.assertions/")}
    kept = {label.partition("/")[2]: box for label, box in manifest.items() if label.startswith("c2pa.assertions/")}
    claim_bytes = content(boxes["c2pa.claim.v2"])[1]
    claim, assertions = cbor(claim_bytes), {label: told(box) for label, box in kept.items()}
    signed = cbor(content(boxes["c2pa.signature"])[1])
    certificates = [x509.load_der_x509_certificate(one) for one in cbor(signed[0])[33]]
    return Read(
        claim,
        assertions,
        certificates,
        is_signed(signed, claim_bytes, certificates[0]),
        all(hashlib.sha256(kept[label]).digest() == digest for label, digest in referenced(claim)),
        is_bound(file, assertions["c2pa.hash.data"]),
    )


def store_in(file: bytes) -> bytes:
    """The JUMBF of the manifest store."""
    if file.startswith(b"\xff\xd8"):
        return b"".join(segment[8 if first else 16 :] for first, segment in app11(file))
    if file.startswith(b"\x89PNG"):
        return next(data for kind, data in chunks(file, 8, ">I4s", 4) if kind == b"caBX")
    return next(data for kind, data in chunks(file, 12, "<4sI", 0) if kind == b"C2PA")


def app11(jpeg: bytes):
    at, first = 2, True
    while jpeg[at + 1] != 0xDA:
        length = struct.unpack_from(">H", jpeg, at + 2)[0]
        if jpeg[at + 1] == 0xEB and jpeg[at + 4 : at + 6] == b"JP":
            yield first, jpeg[at + 4 : at + 2 + length]
            first = False
        at += 2 + length
    if first:
        raise LookupError("no credentials")


def chunks(file: bytes, at: int, header: str, trailer: int):
    while at + 8 <= len(file):
        told = struct.unpack_from(header, file, at)
        kind, length = told if header.startswith("<") else told[::-1]
        yield kind, file[at + 8 : at + 8 + length]
        at += 8 + length + trailer
        at += (at % 2) if header.startswith("<") else 0


def boxes_in(data: bytes):
    """Each box's type, whole content, and what follows its description where it is a superbox."""
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8 : at + length]
        at += length


def label_of(superbox: bytes) -> str:
    kind, description = next(boxes_in(superbox))
    assert kind == b"jumd"
    return description[17 : description.index(b"\0", 17)].decode()


def content(superbox: bytes) -> tuple[bytes, bytes]:
    """Type and content of the first box after the description."""
    _, first, *_ = boxes_in(superbox)
    return first


def told(superbox: bytes) -> Any:
    import json

    kind, data = content(superbox)
    return json.loads(data) if kind == b"json" else cbor(data)


def last_manifest(store: bytes) -> dict[str, bytes]:
    """The boxes of the active manifest, which is the last one, by label."""
    (_, whole), *_ = boxes_in(store)
    manifest = [box for kind, box in boxes_in(whole) if kind == b"jumb"][-1]
    found = {}
    for kind, box in boxes_in(manifest):
        if kind == b"jumb" and label_of(box) == "c2pa.assertions":
            found |= {f"c2pa.assertions/{label_of(one)}": one for what, one in boxes_in(box) if what == b"jumb"}
        elif kind == b"jumb":
            found[label_of(box)] = box
    return found


def referenced(claim: dict[str, Any]):
    for one in (*claim["created_assertions"], *claim.get("gathered_assertions", ())):
        yield one["url"].rpartition("/")[2], one["hash"]


def is_bound(file: bytes, binding: dict[str, Any]) -> bool:
    assert binding["alg"] == "sha256"
    left, at = hashlib.sha256(), 0
    for gap in binding["exclusions"]:
        left.update(file[at : gap["start"]])
        at = gap["start"] + gap["length"]
    left.update(file[at:])
    return left.digest() == binding["hash"]


def is_signed(signed: list[Any], claim: bytes, certificate: x509.Certificate) -> bool:
    """COSE_Sign1 with ES256 and the claim as detached payload."""
    protected, _, payload, signature = signed
    assert (cbor(protected)[1], payload) == (-7, None)
    structure = b"\x84" + b"\x6aSignature1" + as_bytes(protected) + as_bytes(b"") + as_bytes(claim)
    r, s = (int.from_bytes(signature[part], "big") for part in (slice(0, 32), slice(32, 64)))
    try:
        certificate.public_key().verify(encode_dss_signature(r, s), structure, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def as_bytes(data: bytes) -> bytes:
    head = bytes([0x40 | len(data)]) if len(data) < 24 else b"\x59" + struct.pack(">H", len(data))
    return head + data


def cbor(data: bytes) -> Any:
    return _item(data, 0)[0]


def _item(data: bytes, at: int) -> tuple[Any, int]:
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        return _simple(data, at, low)
    number, at = (low, at) if low < 24 else _number(data, at, low)
    if major in {2, 3}:
        raw = data[at : at + number]
        return (raw if major == 2 else raw.decode()), at + number
    if major in {4, 5}:
        parts = []
        for _ in range(number * (major - 3)):
            part, at = _item(data, at)
            parts.append(part)
        return (parts if major == 4 else dict(zip(parts[::2], parts[1::2], strict=True))), at
    if major == 6:
        return _item(data, at)
    return (number if major == 0 else -1 - number), at


def _number(data: bytes, at: int, low: int) -> tuple[int, int]:
    size = 1 << (low - 24)
    return int.from_bytes(data[at : at + size], "big"), at + size


def _simple(data: bytes, at: int, low: int) -> tuple[Any, int]:
    if low in {25, 26, 27}:
        size, form = {25: (2, ">e"), 26: (4, ">f"), 27: (8, ">d")}[low]
        return struct.unpack_from(form, data, at)[0], at + size
    return {20: False, 21: True, 22: None}[low], at
