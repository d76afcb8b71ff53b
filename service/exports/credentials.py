"""Content credentials (C2PA): what was done to the two originals, signed into the finished picture.

Nothing goes to the network: no time stamp, no revocation list, no remote manifest. No name, reference or id of a person
is in them; the originals are named by their hashes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any, Final

import c2pa

from models.provenance import METHOD_VERSION
from models.publishing import ANIMATED, Layout
from service.blobs.key_ring import KeyRing
from service.database import Database
from service.documents.publishing import PublishedDocument
from service.documents.records import Matrix
from service.exports.certificate import CertificateError, Identity, installations_identity, operators_identity
from service.exports.schemas import ExportOptions
from service.settings import Settings

ASSERTION: Final = "org.liftmark.pair"
_COMPOSITE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/composite"
_OFFLINE: Final = {
    "version": 1,
    "verify": {"verify_after_sign": True, "verify_trust": False, "remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the credentials tell.

    Parameters
    ----------
    sha256 : of the two originals as uploaded, before and after.
    """

    options: ExportOptions
    purpose: str
    sha256: tuple[str, str]
    published: PublishedDocument


class Credentials:
    """Signs pictures as the settings say; the certificate is looked for when the first of them is signed."""

    def __init__(self, settings: Settings, database: Database, ring: KeyRing) -> None:
        self._settings = settings
        self._database = database
        self._ring = ring

    @cached_property
    def _identity(self) -> Identity:
        if self._settings.c2pa_cert is not None and self._settings.c2pa_key is not None:
            return operators_identity(self._settings.c2pa_cert, self._settings.c2pa_key)
        return installations_identity(self._database, self._ring)

    def sign(self, picture: bytes, media_type: str, manifest: dict[str, Any]) -> bytes:
        """The picture with its credentials.

        Raises
        ------
        CertificateError
            Where the operator's files cannot be used, or the certificate may not sign.
        """
        identity = self._identity
        try:
            return _signed(identity, picture, media_type, manifest)
        except c2pa.C2paError as error:
            raise CertificateError("The library refused to sign with this certificate.") from error


def _signed(identity: Identity, picture: bytes, media_type: str, manifest: dict[str, Any]) -> bytes:
    signed = BytesIO()
    info = c2pa.C2paSignerInfo(identity.algorithm.encode(), identity.chain_pem, identity.key_pem, None)
    with (
        c2pa.Context(c2pa.Settings.from_dict(_OFFLINE), c2pa.Signer.from_info(info)) as context,
        c2pa.Builder(manifest, context) as builder,
    ):
        builder.sign(media_type, BytesIO(picture), signed)
    return signed.getvalue()


def manifests(told: Provenance, media_type: str, pictures: int) -> Iterator[dict[str, Any]]:
    """What is said of each finished picture: of one that holds both photos, or of each photo alone."""
    photos = ("before", "after")
    for number in range(pictures):
        yield _manifest(told, media_type, photos if pictures == 1 else photos[number : number + 1])


def _manifest(told: Provenance, media_type: str, photos: Sequence[str]) -> dict[str, Any]:
    alone = len(photos) == 1
    return {
        "claim_generator_info": [{"name": "Liftmark", "version": METHOD_VERSION}],
        "title": f"{photos[0].capitalize()} photo" if alone else "Before and after photo",
        "format": media_type,
        "ingredients": [_ingredient(told, photo, "parentOf" if alone else "componentOf") for photo in photos],
        "assertions": [
            {"label": "c2pa.actions", "data": {"actions": list(_actions(told, photos))}},
            {"label": ASSERTION, "data": _pair(told), "kind": "Json"},
        ],
    }


def _ingredient(told: Provenance, photo: str, relationship: str) -> dict[str, Any]:
    digest = _digest(told, photo)
    return {
        "title": f"{photo.capitalize()} photo",
        "label": photo,
        "instance_id": f"urn:sha256:{digest}",
        "relationship": relationship,
        "description": f"The original, by its SHA-256: {digest}",
    }


def _digest(told: Provenance, photo: str) -> str:
    return told.sha256[0 if photo == "before" else 1]


def _actions(told: Provenance, photos: Sequence[str]) -> Iterator[dict[str, Any]]:
    if len(photos) == 1:
        yield _action("c2pa.opened", "The original.", ingredientIds=list(photos))
    else:
        yield {"action": "c2pa.created", "digitalSourceType": _COMPOSITE}
    for photo in photos:
        if len(photos) > 1:
            yield _action("c2pa.placed", f"The {photo} photo.", ingredientIds=[photo])
        matrix = _matrix(told, photo)
        yield _action("c2pa.orientation", f"The {photo} photo was turned.", matrix=_written(matrix))
        yield _action("c2pa.resized", f"The {photo} photo was scaled.", matrix=_written(matrix))
        yield _action("c2pa.cropped", f"The {photo} photo was cut to the frame of both.", matrix=_written(matrix))
    yield from _additions(told)


def _additions(told: Provenance) -> Iterator[dict[str, Any]]:
    if told.published.eye_bar_px is not None:
        box = " ".join(map(str, told.published.eye_bar_px))
        yield _action("c2pa.drawing", "An opaque bar covers the eyes of both photos.", box_px=box)
    if told.options.format not in {Layout.PAIR, Layout.SLIDER}:
        yield _action("c2pa.edited", "Text was set below the photos, not over them.")
    if told.options.format in ANIMATED:
        yield _action("c2pa.transcoded", "The photos follow each other as the frames of a moving picture.")
    if told.options.format is Layout.GIF:
        yield _action("c2pa.color_adjustments", "Both photos were reduced to the same 256 colours.")


def _action(action: str, says: str, **parameters: str | list[str]) -> dict[str, Any]:
    return {"action": action, "parameters": {"description": says, **parameters}}


def _matrix(told: Provenance, photo: str) -> Matrix:
    matrix = told.published.before_to_output if photo == "before" else told.published.after_to_output
    assert matrix is not None  # noqa: S101  a pair that was drawn
    return matrix


def _written(matrix: Matrix) -> str:
    """The first two rows, the numbers of each with blanks: from the upright original's pixels to the photo's here."""
    return "; ".join(" ".join(f"{value:.8g}" for value in row) for row in matrix[:2])


def _pair(told: Provenance) -> dict[str, Any]:
    """Our own assertion: how fair the pair is, and everything that the actions rest on."""
    honesty = told.published.honesty
    return {
        "method_version": METHOD_VERSION,
        "consent_purpose": told.purpose,
        "colours": "256, the same for both" if told.options.format is Layout.GIF else "untouched",
        "originals_sha256": {"before": told.sha256[0], "after": told.sha256[1]},
        "to_output": {photo: _written(_matrix(told, photo)) for photo in ("before", "after")},
        "photo_size_px": told.published.size_px,
        "eye_bar_px": told.published.eye_bar_px,
        "honest_pair": None if honesty is None else honesty.model_dump(mode="json"),
    }
