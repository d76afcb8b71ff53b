"""What is told of each photo and of the parts that no treatment moves."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from models.burst import FrameUse
from service.documents import ComparisonDocument
from service.documents.records import (
    FrameDocument,
    NegativeControlDocument,
    PhotoDocument,
    PlacedDocument,
    ScaleDocument,
)
from service.reports.flags import FlagWords, flag_words
from service.reports.pose import pose_words
from service.reports.words import SCALE_METHODS, day, interval, named, signed, spoken, with_unit


@dataclass(frozen=True, slots=True)
class PhotoCard:
    """One photo in words.

    Parameters
    ----------
    placed : the contours that a person placed, each with who and when.
    frames : the other photos of its visit, each with what became of it.
    """

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
    placed: tuple[str, ...]
    frames: tuple[str, ...]
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
    return _card("before", document.before, document.frames), _card("after", document.after, document.frames)


def averaged(document: ComparisonDocument) -> str:
    """Over how many photos the changes are averaged; empty for a plain pair."""
    used = Counter(frame.which for frame in document.frames if frame.use is not FrameUse.LEFT_OUT)
    if used.total() <= 2:  # noqa: PLR2004  one before, one after
        return ""
    return f"averaged over {used['before']} before and {used['after']} after photos"


def scale_spread_percent(document: ComparisonDocument) -> float:
    """Half width in per cent of the interval in which the person's true scale lies with 95 % probability."""
    scale = document.before.scale
    return 0.0 if scale is None else round(196 * scale.iris_uncertainty_mm / scale.iris_mm, 1)


def controls(document: ComparisonDocument) -> tuple[Control, ...]:
    """Tell what the untreated parts did."""
    return tuple(_control(control) for control in document.negative_controls)


def _card(which: str, photo: PhotoDocument, frames: Sequence[FrameDocument]) -> PhotoCard:
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
        scale_method="" if photo.scale is None else SCALE_METHODS.get(photo.scale.method, spoken(photo.scale.method)),
        flags=flag_words(photo.quality.flags),
        placed=tuple(_placed(placed) for placed in photo.corrections),
        frames=tuple(_frame(frame) for frame in frames if frame.which == which and frame.use is not FrameUse.SHOWN),
        sha256=photo.sha256,
    )


def _placed(placed: PlacedDocument) -> str:
    when = "" if placed.corrected_at is None else f", {day(placed.corrected_at)}"
    return f"{named(spoken(placed.contour), placed.side)}: {placed.corrected_by}{when}"


def _frame(frame: FrameDocument) -> str:
    what = "averaged with the one shown" if frame.use is FrameUse.AVERAGED else f"left out. {frame.reason or ''}"
    return f"Photo {frame.index + 1}: {what}".rstrip()


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
