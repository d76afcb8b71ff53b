"""Upload bytes to an upright sRGB photo, or the reason why not.

The format is decided from the bytes alone. Nothing is decoded before the header has passed the pixel limit, and a
damaged file is refused rather than shown in part.
"""

import hashlib
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final, TypeVar

import numpy as np
from pi_heif import HeifImageFile
from PIL import Image, ImageCms
from PIL.ExifTags import IFD, Base
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from analysis.decoding_memory import megapixels_at_most
from analysis.headers import is_overloaded
from analysis.webp import WebPFile, first_frame
from models.arrays import Pixels
from models.photo import Photo
from models.quality import Flag, FlagCode, Refused

MAX_DECODED_MEGAPIXELS: Final = 25
"""A larger photo is decoded at half, a quarter or an eighth of its size: a 24-megapixel camera's still in full."""

Found = TypeVar("Found")

_READERS: Final[tuple[tuple[int, bytes, Callable[..., ImageFile] | None], ...]] = (
    (0, b"\xff\xd8\xff", JpegImageFile),  # MPO as well: its first picture is an ordinary JPEG
    (0, b"\x89PNG\r\n\x1a\n", PngImageFile),
    (8, b"WEBP", WebPFile),
    (0, b"II*\x00", TiffImageFile),
    (0, b"MM\x00*", TiffImageFile),
    *((4, b"ftyp" + brand, HeifImageFile) for brand in (b"heic", b"heix", b"heim", b"heis", b"mif1")),
    # Pictures all right, but of a format that is not accepted.
    *((0, magic, None) for magic in (b"GIF8", b"BM", b"8BPS", b"II+\x00", b"MM\x00+", b"\x00\x00\x01\x00")),
    *((0, magic, None) for magic in (b"\xff\x0a", b"\x00\x00\x00\x0cJXL ", b"\x00\x00\x00\x0cjP  ")),
    *((4, b"ftyp" + brand, None) for brand in (b"avif", b"avis", b"hevc", b"msf1", b"crx ")),
)
"""Where which bytes stand in which format, and who reads it."""

_CAMERA_RAW_TAGS: Final = (50706, 50752)
"""DNGVersion and Canon's CR2Slice: a TIFF whose first picture is only a thumbnail."""

_TO_UPRIGHT: Final[Mapping[int, Callable[[Pixels], Pixels]]] = {
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.swapaxes(0, 1),
    6: lambda stored: stored[::-1].swapaxes(0, 1),
    7: lambda stored: stored[::-1, ::-1].swapaxes(0, 1),
    8: lambda stored: stored[:, ::-1].swapaxes(0, 1),
}
"""By EXIF orientation. Pillow's TIFF and pi-heif's HEIC are upright already and then say so."""

_SIDEWAYS: Final = frozenset({5, 6, 7, 8})
_SIXTEEN_BIT: Final = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
_WITHOUT_MEANING_AS_A_PHOTO: Final = frozenset({"I", "F", "LAB", "HSV"})
_WITH_PROFILE: Final = frozenset({"RGB", "L", "CMYK"})
_BAND_ROWS: Final = 32
"""So many stored rows at a time become opaque sRGB, so that no step holds the whole picture once more."""
_SRGB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def inspect(upload: bytes) -> Refused | None:
    """Why ``upload`` would be refused, judged without decoding it: its header, and whether its end arrived.

    None when it may be decoded.
    """
    opened = _guarded(_open, upload)
    if isinstance(opened, Refused):
        return opened
    return Refused(Flag.of(FlagCode.TRUNCATED)) if _ends_early(upload) else None


def capture_time(upload: bytes) -> datetime | None:
    """When the camera says that ``upload`` was taken, read from its header alone; None where it does not say.

    Naive when the camera wrote no zone.
    """
    opened = _guarded(_open, upload)
    return None if isinstance(opened, Refused) else _capture(opened).taken_at


def is_large(upload: bytes) -> bool:
    """Whether ``upload`` has more pixels than are ever decoded in full, judged by its header."""
    opened = _guarded(_open, upload)
    return not isinstance(opened, Refused) and opened.width * opened.height > MAX_DECODED_MEGAPIXELS * 1e6


def whole_size_px(size_px: tuple[int, int]) -> tuple[int, int]:
    """(width, height) that a photo of this size has where :func:`decode` is asked for all of it."""
    fraction = _fraction(size_px, None)
    width, height = size_px
    return -(-width // fraction), -(-height // fraction)


def _ends_early(upload: bytes) -> bool:
    """Whether the file was cut: a transfer that broke off is told to its sender at once, not after the analysis."""
    if upload.startswith(b"\xff\xd8"):
        # The end of the picture, before whatever a camera appends; an embedded preview ends in the first half.
        return upload.rfind(b"\xff\xd9") < len(upload) // 2
    if upload.startswith(b"\x89PNG"):
        return b"IEND" not in upload
    if upload.startswith(b"RIFF"):
        return int.from_bytes(upload[4:8], "little") + 8 > len(upload)
    return False


def decode(upload: bytes, at_least_px: int | None = None) -> Photo | Refused:
    """Decode ``upload`` into an upright sRGB photo.

    Parameters
    ----------
    upload : JPEG, PNG, WebP, TIFF or HEIC; of several frames or pages the first.
    at_least_px : decode at the smallest of 1/1, 1/2, 1/4, 1/8 whose long side is not below this. A JPEG is then never
        decoded in full, which saves most of the time. None decodes at full size, or at the largest fraction that has
        no more than MAX_DECODED_MEGAPIXELS.
    """
    return _guarded(lambda upload: _decode(upload, at_least_px), upload)


def _guarded(read: Callable[[bytes], Found | Refused], upload: bytes) -> Found | Refused:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on damaged metadata, which does not touch the pixels
        try:
            return read(upload)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  on hostile bytes decoders raise almost every exception there is
            return Refused(Flag.of(FlagCode.TRUNCATED))


def _open(upload: bytes) -> ImageFile | Refused:
    """Read the header."""
    if not upload:
        return Refused(Flag.of(FlagCode.EMPTY_FILE))
    found = next((entry for entry in _READERS if upload.startswith(entry[1], entry[0])), None)
    if found is None:
        return Refused(Flag.of(FlagCode.NOT_AN_IMAGE))
    reader = found[2]
    if reader is None:
        return Refused(Flag.of(FlagCode.UNSUPPORTED_FORMAT))
    if is_overloaded(upload):
        return Refused(Flag.of(FlagCode.TRUNCATED))
    image = reader(BytesIO(upload))
    megapixels, limit = image.width * image.height / 1e6, megapixels_at_most(image, len(upload))
    if megapixels > limit:
        return Refused(Flag.of(FlagCode.TOO_MANY_PIXELS, value=megapixels, limit=limit))
    return Refused(Flag.of(FlagCode.UNSUPPORTED_FORMAT)) if _is_no_photo(image) else image


def _is_no_photo(image: ImageFile) -> bool:
    camera_raw = isinstance(image, TiffImageFile) and any(tag in image.tag_v2 for tag in _CAMERA_RAW_TAGS)
    return camera_raw or image.mode in _WITHOUT_MEANING_AS_A_PHOTO


def _decode(upload: bytes, at_least_px: int | None) -> Photo | Refused:
    image = _open(upload)
    if isinstance(image, Refused):
        return image
    stored_size = image.size
    fraction = _fraction(stored_size, at_least_px)
    image.draft(None, (stored_size[0] // fraction, stored_size[1] // fraction))
    pixels = _pixels(image, upload, stored_size, fraction)
    capture = _capture(image)
    upright = _TO_UPRIGHT.get(capture.orientation)
    return Photo(
        sha256=hashlib.sha256(upload).hexdigest(),
        size_px=stored_size[::-1] if capture.orientation in _SIDEWAYS else stored_size,
        taken_at=capture.taken_at,
        focal_length_mm=capture.focal_length_mm,
        pixels=pixels if upright is None else np.ascontiguousarray(upright(pixels)),
    )


def _fraction(stored_size: tuple[int, int], at_least_px: int | None) -> int:
    """Choose the denominator of the smallest allowed fraction, or of the largest that does not decode too much."""
    most = next(p for p in (1, 2, 4, 8) if math.prod(stored_size) <= MAX_DECODED_MEGAPIXELS * 1e6 * p * p)
    if at_least_px is None:
        return most
    return max(most, next((part for part in (8, 4, 2) if math.ceil(max(stored_size) / part) >= at_least_px), 1))


def _pixels(image: ImageFile, upload: bytes, stored_size: tuple[int, int], fraction: int) -> Pixels:
    """The picture in sRGB as it is stored, at ``fraction`` of ``stored_size``; (height, width, 3)."""
    rows, size = _loaded(image, upload)
    part = fraction if size == stored_size else 1  # else the decoder has reduced it already
    to_srgb = _to_srgb(image.info.get("icc_profile"))
    pixels = np.empty((-(-size[1] // part), -(-size[0] // part), 3), np.uint8)
    for top in range(0, size[1], _BAND_ROWS):
        opaque = _opaque(rows(top, min(top + _BAND_ROWS, size[1])))
        band = np.asarray(to_srgb(opaque.reduce(part) if part > 1 else opaque))
        pixels[top // part :][: len(band)] = band
    return pixels


def _loaded(image: ImageFile, upload: bytes) -> tuple[Callable[[int, int], Image.Image], tuple[int, int]]:
    """What gives some rows of the decoded picture, and the picture's size."""
    if isinstance(image, WebPFile):
        frame = first_frame(upload)
        return lambda top, bottom: Image.fromarray(frame[top:bottom]), (frame.shape[1], frame.shape[0])
    image.load()
    return lambda top, bottom: image.crop((0, top, image.width, bottom)), image.size


def _opaque(image: Image.Image) -> Image.Image:
    """Give the picture 8 bits a channel and white behind what is transparent, in a mode that a profile can describe."""
    if image.mode in _SIXTEEN_BIT:
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        backed = Image.new("RGB", layer.size, "white")
        backed.paste(layer, mask=layer.getchannel("A"))
        return backed
    return image if image.mode in _WITH_PROFILE else image.convert("RGB")


def _to_srgb(icc_profile: bytes | None) -> Callable[[Image.Image], Image.Image]:
    """What brings a picture to sRGB; one without a profile, or with a broken one, is taken to be sRGB already."""
    transforms: dict[str, ImageCms.ImageCmsTransform | None] = {}

    def bring(image: Image.Image) -> Image.Image:
        if image.mode not in transforms:
            transforms[image.mode] = _transform(icc_profile, image.mode)
        transform = transforms[image.mode]
        if transform is not None:
            return ImageCms.applyTransform(image, transform) or image
        return image if image.mode == "RGB" else image.convert("RGB")

    return bring


def _transform(icc_profile: bytes | None, mode: str) -> ImageCms.ImageCmsTransform | None:
    if not icc_profile:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(icc_profile))
        if mode == "RGB" and "sRGB" in ImageCms.getProfileDescription(profile):
            return None
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        return ImageCms.buildTransform(profile, _SRGB, mode, "RGB", renderingIntent=intent)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class _Capture:
    """What the camera wrote about the shot."""

    orientation: int = 1
    taken_at: datetime | None = None
    focal_length_mm: float | None = None


def _capture(image: ImageFile) -> _Capture:
    try:
        exif = image.getexif()
        shot = exif.get_ifd(IFD.Exif)
        return _Capture(int(exif.get(Base.Orientation, 1)), _taken_at(shot), _focal_length_mm(shot))
    except Exception:  # noqa: BLE001  damaged EXIF raises as freely as damaged pixels, and is no reason to refuse
        return _Capture()


def _taken_at(shot: Mapping[int, Any]) -> datetime | None:
    local = _text(shot.get(Base.DateTimeOriginal))
    for stamp, form in ((local + _text(shot.get(Base.OffsetTimeOriginal)), "%z"), (local, "")):
        try:
            return datetime.strptime(stamp, f"%Y:%m:%d %H:%M:%S{form}")  # noqa: DTZ007  naive where no zone is written
        except ValueError:
            continue
    return None


def _text(value: object) -> str:
    return value.strip(" \x00") if isinstance(value, str) else ""


def _focal_length_mm(shot: Mapping[int, Any]) -> float | None:
    try:
        length = float(shot[Base.FocalLength])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return length if math.isfinite(length) and length > 0 else None
