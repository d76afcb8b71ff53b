"""Inside the analysis process: a pair drawn for publishing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, cast

import numpy as np
from PIL import Image, ImageCms

from analysis.alignment import register
from analysis.decode import decode
from analysis.geometry import reduced
from analysis.publishing.honesty import honest_pair
from analysis.publishing.layout import laid_out
from analysis.publishing.pictures import arrangement, bar_on, barred, frame_of, picture_of, smaller, to_output
from analysis.registered_pair import RegisteredPair
from models.alignment import AlignmentRefused
from models.analysis import PhotoAnalysis
from models.arrays import FloatArray, Pixels
from models.photo import Photo
from models.publishing import ANIMATED, ImageType, Layout, NotPublishable, Size
from models.publishing_frame import Frame
from service.documents.publishing import HonestyDocument, PublishedDocument, PublishingOrder
from service.documents.records import Matrix
from service.sandbox.light import with_pixels

_DRAFT_PX: Final = 720
_PNG_LEVEL: Final = 3
"""Of nine: files grow by a twentieth, and are written in a third of the time."""
_FRAME_MS: Final = 1500
_DPI: Final = (300, 300)
_SRGB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
_NOT_ALIGNED: Final = (
    "The two photos could not be laid on each other well enough to say how fair the pair is, so it is not published."
)
_QUALITY: Final = {Size.ORIGINAL: 95, Size.PRINT: 95, Size.SOCIAL: 90}


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    before: PhotoAnalysis
    after: PhotoAnalysis
    before_to_aligned: FloatArray
    after_to_aligned: FloatArray


def published(
    order: PublishingOrder,
    before: PhotoAnalysis,
    after: PhotoAnalysis,
    uploads: Sequence[bytes],
    logo: bytes | None = None,
) -> tuple[PublishedDocument, tuple[bytes, ...]]:
    """The pair as ordered: what was done, and a small picture of it with the files after it; none where it was refused.

    A draft has the small picture alone.
    """
    found = register(before.grey, after.grey, before.landmarks, after.landmarks, before.scale.px_per_mm)
    if isinstance(found, AlignmentRefused):
        return PublishedDocument(refused=_NOT_ALIGNED), ()
    honesty = HonestyDocument.of(honest_pair(RegisteredPair(before, after, found), order.measured))
    pair = _Pair(before, after, np.array(order.before_to_aligned), np.array(order.after_to_aligned))
    across, down = arrangement(order.layout)
    moved = (before, pair.before_to_aligned), (after, pair.after_to_aligned)
    frame = frame_of(order.publishing, *moved, across=across, down=down)
    if isinstance(frame, NotPublishable):
        return PublishedDocument(refused=frame.reason, honesty=honesty), ()
    frame = smaller(frame, _DRAFT_PX) if order.draft else frame
    bar = bar_on(frame, *moved) if order.eye_bar else None
    photos = [picture_of(_decoded(photo, uploads, order), matrix, frame) for photo, matrix in moved]
    shown = [photo if bar is None else barred(photo, bar) for photo in photos]
    pictures = laid_out(order.layout, shown[0], shown[1], order.texts, None if logo is None else _sign(logo))
    return _told(honesty, frame, pair, bar), _files(order, pictures)


def _decoded(analysis: PhotoAnalysis, uploads: Sequence[bytes], order: PublishingOrder) -> Photo:
    """The photo decoded whole; for a draft as it was analysed."""
    if order.draft:
        return with_pixels(analysis, uploads).photo
    sha256 = analysis.photo.sha256
    photo = decode(next(upload for upload in uploads if hashlib.sha256(upload).hexdigest() == sha256))
    assert isinstance(photo, Photo)  # noqa: S101  it was decoded before
    return photo


def _told(
    honesty: HonestyDocument, frame: Frame, pair: _Pair, bar: tuple[int, int, int, int] | None
) -> PublishedDocument:
    matrices = (to_output(matrix, frame) for matrix in (pair.before_to_aligned, pair.after_to_aligned))
    before, after = (cast("Matrix", tuple(map(tuple, np.round(one, 8).tolist()))) for one in matrices)
    return PublishedDocument(
        honesty=honesty,
        before_to_output=before,
        after_to_output=after,
        eye_bar_px=bar,
        size_px=frame.size_px,
        px_per_aligned=round(frame.px_per_aligned, 8),
    )


def _sign(logo: bytes) -> Pixels:
    with Image.open(BytesIO(logo), formats=["PNG"]) as image:
        return np.asarray(image.convert("RGBA"), dtype=np.uint8)


def _files(order: PublishingOrder, pictures: list[Pixels]) -> tuple[bytes, ...]:
    draft = _draft(pictures)
    if order.draft:
        return (draft,)
    if order.layout in ANIMATED:
        return draft, _animated(order.layout, pictures)
    return draft, *(_still(picture, order) for picture in pictures)


def _draft(pictures: list[Pixels]) -> bytes:
    joined = np.hstack(pictures) if len(pictures) > 1 else pictures[0]
    return _encoded(Image.fromarray(reduced(joined, _DRAFT_PX)), "JPEG", quality=80)


def _still(picture: Pixels, order: PublishingOrder) -> bytes:
    options: dict[str, Any] = {"dpi": _DPI} if order.size is Size.PRINT else {}
    quality = _QUALITY[order.size]
    image = Image.fromarray(picture)
    if order.image_type is ImageType.PNG:
        return _encoded(image, "PNG", compress_level=_PNG_LEVEL, **options)
    if order.image_type is ImageType.WEBP:
        return _encoded(image, "WEBP", quality=quality)
    return _encoded(image, "JPEG", quality=quality, subsampling="4:4:4", **options)


def _animated(layout: Layout, pictures: list[Pixels]) -> bytes:
    """Before and after in turn, without an end."""
    first, second = (Image.fromarray(picture) for picture in pictures)
    turns: dict[str, Any] = {"save_all": True, "duration": _FRAME_MS, "loop": 0}
    if layout is Layout.WEBP:
        return _encoded(first, "WEBP", append_images=[second], quality=90, **turns)
    palette = _common_palette(pictures)
    frames = [one.quantize(palette=palette) for one in (first, second)]
    return _encoded(frames[0], "GIF", append_images=frames[1:], optimize=False, profile=False, **turns)


def _common_palette(pictures: list[Pixels]) -> Image.Image:
    """256 colours for both, so that no colour changes between the photos for want of one."""
    return Image.fromarray(np.vstack(pictures)).quantize(256)


def _encoded(image: Image.Image, kind: str, *, profile: bool = True, **options: Any) -> bytes:  # noqa: ANN401  Pillow's
    file = BytesIO()
    image.save(file, kind, **({"icc_profile": _SRGB} if profile else {}), **options)
    return file.getvalue()
