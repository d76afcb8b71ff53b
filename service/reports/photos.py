"""What is told of each photo and of the parts that no treatment moves."""

from dataclasses import dataclass
from typing import Final

from models.scale import HVID_MM, HVID_SD_MM
from service.documents import ComparisonDocument
from service.documents.records import NegativeControlDocument, PhotoDocument, ScaleDocument
from service.reports.flags import FlagWords, flag_words
from service.reports.pose import pose_words
from service.reports.words import day, interval, signed, spoken, with_unit

SCALE_SPREAD_PERCENT: Final = round(196 * HVID_SD_MM / HVID_MM)
"""Half width in per cent of the interval in which 95 % of persons' true scale lies."""

_SCALE_METHODS: Final = {
    "iris": "from the iris, found on the photo's own pixels",
    "mesh_size": "from the size of the face's mesh, because the irises are seen from the side: coarse",
    "iris_mesh": "from the mesh's iris, because the iris could not be found on the pixels: coarse",
}


@dataclass(frozen=True, slots=True)
class PhotoCard:
    """One photo in words."""

    which: str
    day: str
    taken_at: str
    verdict: str
    tone: str
    pose: tuple[tuple[str, str], ...]
    view: str
    scale: str
    scale_method: str
    flags: tuple[FlagWords, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Control:
    """A part of the face that no treatment moves, in words."""

    region: str
    change: str
    interval: str
    still: bool


def photo_cards(document: ComparisonDocument) -> tuple[PhotoCard, PhotoCard]:
    """Tell both photos."""
    return _card("before", document.before), _card("after", document.after)


def controls(document: ComparisonDocument) -> tuple[Control, ...]:
    """Tell what the untreated parts did."""
    return tuple(_control(control) for control in document.negative_controls)


def _card(which: str, photo: PhotoDocument) -> PhotoCard:
    usable = photo.quality.verdict == "usable"
    return PhotoCard(
        which=which,
        day=day(photo.taken_at),
        taken_at="" if photo.taken_at is None else photo.taken_at.isoformat(),
        verdict="Usable" if usable else "Take again",
        tone="good" if usable else "caution",
        pose=() if photo.pose_deg is None else pose_words(photo.pose_deg),
        view=spoken(photo.view),
        scale="" if photo.scale is None else _scale(photo.scale),
        scale_method="" if photo.scale is None else _SCALE_METHODS.get(photo.scale.method, spoken(photo.scale.method)),
        flags=flag_words(photo.quality.flags),
        sha256=photo.sha256,
    )


def _scale(scale: ScaleDocument) -> str:
    return f"{scale.mm_per_px:.4f} mm per pixel, ±{100 * scale.relative_uncertainty:.1f} %"


def _control(control: NegativeControlDocument) -> Control:
    low, high = control.ci95
    return Control(
        region=spoken(control.region),
        change=signed(control.change, control.unit),
        interval=with_unit(interval(control.ci95, control.unit), control.unit),
        still=low <= 0 <= high,
    )
