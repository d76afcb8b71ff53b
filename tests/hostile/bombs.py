"""Files made to harm whoever opens them: each a few kilobytes to some megabytes, each of another kind.

`TOO_LARGE` say of themselves that they have more pixels than are accepted. `NO_PHOTO` are of no accepted format.
`OVERLOADED` are small pictures with more in their header than a reader should take in. `STRANGE` are pictures that lead
a reader in a circle or lie to it; whether they are accepted does not matter, as long as nobody is harmed.
"""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Final

from PIL import Image

from tests.analysis.uploads import DATA, encoded, quadrants

Bomb = Callable[[], bytes]
_HUGE: Final = 60_000
_FILE_LIMIT: Final = 20_000_000


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *, rows: bytes = bytes(1000), before: bytes = b"", after: bytes = b"") -> bytes:
    """A grey PNG with further chunks before and after its pixels."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = png_chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + before + pixels + after + png_chunk(b"IEND", b"")


def small_png(before: bytes = b"", after: bytes = b"") -> bytes:
    return png(8, 8, rows=bytes(16), before=before, after=after)


def png_zlib() -> bytes:
    """112 MB of pixels in 0.1 MB."""
    return png(30_000, 30_000, rows=bytes(30_000 * 3751))


def jpeg(*segments: bytes) -> bytes:
    """A small JPEG with further segments at its beginning."""
    return b"\xff\xd8" + b"".join(segments) + encoded(quadrants(), "JPEG")[2:]


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg_pixels() -> bytes:
    upload = bytearray(jpeg())
    at = upload.index(b"\xff\xc0") + 5
    upload[at : at + 4] = struct.pack(">HH", 65_500, 65_500)
    return bytes(upload)


def webp(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def _lossless(width: int, height: int) -> bytes:
    body = bytearray(encoded(Image.new("RGB", (1, 1)), "WEBP", lossless=True)[20:])
    body[1:5] = struct.pack("<I", (width - 1) | (height - 1) << 14)
    return webp_chunk(b"VP8L", bytes(body))


def _canvas(flags: int, width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size)


def animated_webp(width: int, height: int, frames: int) -> bytes:
    frame = webp_chunk(b"ANMF", bytes(6) + bytes(6) + b"\x01\x00\x00\x00" + _lossless(1, 1))
    return webp(_canvas(0x02, width, height), webp_chunk(b"ANIM", bytes(6)), frame * frames)


def heic(width: int, height: int) -> bytes:
    upload = bytearray((DATA / "quadrants_orientation_1.heic").read_bytes())
    at = -1
    while (at := upload.find(b"ispe", at + 1)) >= 0:
        upload[at + 8 : at + 16] = struct.pack(">II", width, height)
    return bytes(upload)


def tiff(entries: list[tuple[int, int, int, int]], tail: bytes = b"", following: int = 0) -> bytes:
    """A TIFF directory of (tag, type, count, value or offset); ``tail`` stands right behind it."""
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    return b"II*\x00" + struct.pack("<I", 8) + directory + struct.pack("<I", following) + tail


def _tail_at(entries: int) -> int:
    return 8 + 2 + 12 * entries + 4


def grey_tiff(width: int, height: int, *more: tuple[int, int, int, int], tail: bytes = bytes(64)) -> bytes:
    """A grey TIFF whose strip, and whatever ``more`` points at, is ``tail``."""
    base = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (277, 3, 1, 1)]
    strips = [(273, 4, 1, _tail_at(len(base) + 3 + len(more))), (278, 4, 1, height), (279, 4, 1, min(len(tail), 64))]
    replaced = {entry[0] for entry in more}
    entries = [entry for entry in (*base, *strips) if entry[0] not in replaced]
    return tiff([*entries, *more], tail)


def tiff_strips() -> bytes:
    """A picture of five million strips of nothing."""
    count, at = 5_000_000 - 1000, _tail_at(9)
    return grey_tiff(8, count, (273, 4, count, at), (278, 4, 1, 1), tail=bytes(4 * count))


def tiff_fractions() -> bytes:
    """A resolution of two million fractions."""
    count = 2_000_000
    return grey_tiff(8, 8, (282, 5, count, _tail_at(10)), tail=struct.pack("<II", 7, 3) * count)


def tiff_many_tags() -> bytes:
    """A directory of all tags there are, each of whose values is the whole file."""
    known = {256, 257, 258, 259, 262, 273, 277, 278, 279, 282, 283}
    more = [(tag, 7, 1_000_000, 8) for tag in range(1000, 65_000) if tag not in known]
    return grey_tiff(8, 8, *more, tail=bytes(1_000_000))


def tiff_in_a_circle() -> bytes:
    """A directory that is its own successor, its own sub-directory and its own EXIF."""
    upload = bytearray(grey_tiff(8, 8, (330, 4, 1, 8), (34665, 4, 1, 8)))
    at = upload.index(struct.pack("<HHII", 34665, 4, 1, 8)) + 12
    upload[at : at + 4] = struct.pack("<I", 8)
    return bytes(upload)


def tiff_chain() -> bytes:
    """A hundred thousand directories, one behind the other."""
    first = bytearray(grey_tiff(8, 8))
    at = len(first) - 64 - 4
    first[at : at + 4] = struct.pack("<I", len(first))
    links = (struct.pack("<HHHIII", 1, 256, 4, 1, 8, len(first) + 18 * (number + 1)) for number in range(100_000))
    return bytes(first) + b"".join(links)


def exif_in_a_circle() -> bytes:
    return b"Exif\x00\x00" + tiff([(34665, 4, 1, 8), (34853, 4, 1, 8), (40965, 4, 1, 8)], following=8)


def exif_full() -> bytes:
    """As much EXIF as a JPEG's segment holds, all of it tags that point at all of it."""
    entries = [(tag, 7, 60_000, 8) for tag in range(1000, 6_400)]
    return b"Exif\x00\x00" + tiff(entries)


def exif_of_fractions() -> bytes:
    count = 1_500_000
    return b"Exif\x00\x00" + tiff([(34665, 4, 1, 8), (33434, 5, count, 8 + 30)], struct.pack("<II", 7, 3) * count)


LAUGHS: Final = (
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a0 'ha'>"
    + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"<!ENTITY file SYSTEM 'file:///etc/passwd'>]><x:xmpmeta xmlns:x='adobe:ns:meta/'>&a11;&file;</x:xmpmeta>"
)


def xmp_segment() -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + LAUGHS)


def icc(tags: int) -> bytes:
    """A colour profile that says it has ``tags`` tags."""
    header = bytearray(encoded(quadrants(), "PNG") and _srgb_profile()[:128])
    header[0:4] = struct.pack(">I", 50_000)
    return bytes(header) + struct.pack(">I", tags) + b"rXYZ" + struct.pack(">II", 128, 0xFFFFFFF0) + bytes(50_000 - 144)


def _srgb_profile() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def icc_segments() -> list[bytes]:
    """All 255 parts that a JPEG's profile may have, each full: 16 MB of profile."""
    return [segment(0xE2, b"ICC_PROFILE\x00" + bytes([n, 255]) + icc(100)[:50_000]) for n in range(1, 256)]


def packed_text(kind: bytes, size: int) -> bytes:
    packed = zlib.compress(bytes(size), 9)
    head = b"Comment\x00\x00" if kind == b"zTXt" else b"Comment\x00\x01\x00\x00\x00"
    return png_chunk(kind, head + packed)


def archive() -> bytes:
    """A gigabyte of zeros, as far as the archive's own entries tell."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for number in range(10):
            zipped.writestr(f"{number}.jpg", bytes(10_000_000))
    return out.getvalue()


def mpo() -> bytes:
    """A JPEG that announces four thousand million further pictures."""
    directory = b"II*\x00" + struct.pack("<I", 8) + struct.pack("<HHHII", 1, 0xB001, 4, 1, 0xFFFFFFFF) + bytes(4)
    return jpeg(segment(0xE2, b"MPF\x00" + directory))


def progressive_scans() -> bytes:
    """A progressive JPEG that refines its 16 megapixels a few hundred times."""
    whole = encoded(Image.new("L", (4000, 4000), 128), "JPEG", progressive=True, quality=30)
    at = whole.rindex(b"\xff\xda")
    return whole[:at] + whole[at:-2] * 300 + b"\xff\xd9"


TOO_LARGE: Final[Mapping[str, Bomb]] = {
    "png: 60,000 x 60,000": lambda: png(_HUGE, _HUGE),
    "png: 112 MB of zeros in 0.1 MB": png_zlib,
    "png: 2^31 wide": lambda: png(2**31 - 1, 1000),
    "jpeg: 65,500 x 65,500": jpeg_pixels,
    "webp: lossless, 16,384 x 16,384": lambda: webp(_lossless(16_384, 16_384)),
    "webp: canvas of 16 million x 16 million": lambda: webp(_canvas(0, 2**24, 2**24), _lossless(1, 1)),
    "webp: canvas of 16,000 x 16,000": lambda: webp(_canvas(0, 16_000, 16_000), _lossless(1, 1)),
    "webp: animated, 16,000 x 16,000": lambda: animated_webp(16_000, 16_000, 3),
    "tiff: 100,000 x 100,000": lambda: grey_tiff(100_000, 100_000),
}

NO_PHOTO: Final[Mapping[str, Bomb]] = {
    "zip": archive,
    "gzip": lambda: gzip.compress(bytes(10_000_000)),
    "svg": lambda: LAUGHS.replace(b"x:xmpmeta", b"svg"),
    "pdf": lambda: b"%PDF-1.7\n" + jpeg(),
    "html": lambda: b"<!DOCTYPE html><script>alert(1)</script>" + jpeg(),
    "program": lambda: b"\x7fELF\x02\x01\x01" + bytes(100_000),
    "postscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n{} loop",
    "gif: 65,535 x 65,535": lambda: b"GIF89a\xff\xff\xff\xff\xf0\x00\x00" + bytes(1000),
    "bmp: 2^31 wide": lambda: b"BM" + bytes(12) + struct.pack("<IiiHHI", 40, 2**31 - 1, 2**31 - 1, 1, 24, 0),
    "bigtiff": lambda: b"II+\x00\x08\x00\x00\x00" + struct.pack("<Q", 16) + b"\xff" * 8 + bytes(1000),
    "psd": lambda: b"8BPS\x00\x01" + bytes(6) + b"\xff" * 20,
}

OVERLOADED: Final[Mapping[str, Bomb]] = {
    "png: 200 texts of 1 MB": lambda: small_png(packed_text(b"zTXt", 1_000_000) * 200),
    "png: a million chunks": lambda: small_png(png_chunk(b"prVt", b"") * 1_000_000),
    "png: a million chunks after the pixels": lambda: small_png(after=png_chunk(b"prVt", b"") * 1_000_000),
    "png: 300,000 texts": lambda: small_png(png_chunk(b"tEXt", b"a\x00b") * 300_000),
    "png: EXIF of 1.5 million fractions": lambda: small_png(png_chunk(b"eXIf", exif_of_fractions()[6:])),
    "jpeg: 1.5 million segments": lambda: jpeg(segment(0xEB, b"") * 1_500_000),
    "jpeg: 1.5 million comments": lambda: jpeg(segment(0xFE, b"") * 1_500_000),
    "jpeg: 20 MB of fill bytes": lambda: jpeg(b"\xff" * _FILE_LIMIT),
    "jpeg: 20 MB of nothing between segments": lambda: jpeg(segment(0xFE, b""), bytes(_FILE_LIMIT)),
    "jpeg: 700 parts of EXIF": lambda: jpeg(segment(0xE1, b"Exif\x00\x00" + bytes(65_000)) * 700),
    "jpeg: 200,000 frames": lambda: jpeg(segment(0xC0, b"\x08\x00\x08\x00\x08\x01\x01\x11\x00") * 200_000),
    "jpeg: 200,000 tables": lambda: jpeg(segment(0xDB, b"\x00" + bytes(range(1, 65))) * 200_000),
    "jpeg: EXIF full of tags": lambda: jpeg(segment(0xE1, exif_full()[:65_000])),
    "tiff: 64,000 tags of 1 MB": tiff_many_tags,
    "tiff: 5 million strips": tiff_strips,
    "tiff: 2 million fractions": tiff_fractions,
    "webp: 200,000 frames": lambda: animated_webp(1, 1, 200_000),
    "webp: a million chunks": lambda: webp(_canvas(0, 1, 1), webp_chunk(b"prVt", b"") * 1_000_000, _lossless(1, 1)),
    "webp: EXIF of 1.5 million fractions": lambda: webp(
        _canvas(0x08, 1, 1), _lossless(1, 1), webp_chunk(b"EXIF", exif_of_fractions())
    ),
}

STRANGE: Final[Mapping[str, Bomb]] = {
    "png: a text of 64 MB (zTXt)": lambda: small_png(packed_text(b"zTXt", 64_000_000)),
    "png: a text of 64 MB (iTXt)": lambda: small_png(packed_text(b"iTXt", 64_000_000)),
    "png: a profile of 64 MB": lambda: small_png(png_chunk(b"iCCP", b"x\x00\x00" + zlib.compress(bytes(64_000_000)))),
    "jpeg: EXIF in a circle": lambda: jpeg(segment(0xE1, exif_in_a_circle())),
    "jpeg: XMP with entities": lambda: jpeg(xmp_segment()),
    "jpeg: profile of 16 MB": lambda: jpeg(*icc_segments()),
    "jpeg: profile with 4,000 million tags": lambda: jpeg(
        segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + icc(0xFFFFFFFF)[:50_000])
    ),
    "jpeg: Photoshop blocks in a circle": lambda: jpeg(
        segment(0xED, b"Photoshop 3.0\x00" + (b"8BIM\x04\x00\x00\x00" + bytes(4)) * 5000)
    ),
    "jpeg: MPO of 4,000 million pictures": mpo,
    "jpeg: 300 scans": progressive_scans,
    "heic: 60,000 x 60,000, which its video stream denies": lambda: heic(_HUGE, _HUGE),
    "tiff: in a circle": tiff_in_a_circle,
    "tiff: 100,000 directories": tiff_chain,
}
