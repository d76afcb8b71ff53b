"""Invented documents for the report: every verdict, flag and gap that a page must be able to tell."""

from datetime import UTC, datetime
from math import cos, pi, sin

from models.anatomy import Side
from models.comparison import Comparable, Verdict
from models.measurand import MEASURANDS, MeasurandCode, Unit
from models.quality import FLAGS, Favours, Flag, FlagCode
from service.documents import ChangeDocument, ComparisonDocument, FlagDocument, OverlayDocument, RefusedDocument
from service.documents.parts import flag_documents
from service.documents.records import (
    AlignmentDocument,
    ComparabilityDocument,
    ErrorTermDocument,
    Line,
    NegativeControlDocument,
    PhotoDocument,
    PoseDocument,
    QualityDocument,
    RefusalDocument,
    ScaleDocument,
)

_M = MeasurandCode
_LEFT, _RIGHT = Side.LEFT, Side.RIGHT
BEFORE_TAKEN = datetime(2026, 3, 9, 10, tzinfo=UTC)
AFTER_TAKEN = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)

CHANGES: tuple[tuple[MeasurandCode, Side | None, float, float, float], ...] = (
    (_M.MRD1, _RIGHT, 2.94, 0.62, 0.07),
    (_M.MRD1, _LEFT, 2.87, 0.41, 0.06),
    (_M.MRD2, _RIGHT, 5.38, 0.04, 0.06),
    (_M.MRD2, _LEFT, 5.40, -0.05, 0.07),
    (_M.PALPEBRAL_FISSURE_HEIGHT, _RIGHT, 8.32, 0.66, 0.07),
    (_M.PALPEBRAL_FISSURE_HEIGHT, _LEFT, 8.27, 0.36, 0.07),
    (_M.BROW_HEIGHT, _RIGHT, 18.20, 0.12, 0.16),
    (_M.BROW_HEIGHT, _LEFT, 18.65, -0.08, 0.18),
    (_M.JAWLINE_CONTOUR, _RIGHT, 1.40, -0.11, 0.14),
    (_M.JAWLINE_CONTOUR, _LEFT, 1.62, -0.48, 0.15),
    (_M.LOWER_FACE_WIDTH, None, 118.40, -0.30, 1.10),
    (_M.NASOLABIAL_FOLD_DEPTH, _RIGHT, 100.0, -9.0, 5.2),
    (_M.NASOLABIAL_FOLD_DEPTH, _LEFT, 100.0, -16.4, 4.9),
    (_M.NASOLABIAL_FOLD_LENGTH, _RIGHT, 31.2, -0.8, 0.9),
    (_M.NASOLABIAL_FOLD_LENGTH, _LEFT, 33.8, -1.1, 0.9),
)
"""(measurand, side, before, change, standard uncertainty)."""

REFUSED: tuple[tuple[MeasurandCode, Side | None, str], ...] = (
    (_M.JOWL_PROMINENCE, _RIGHT, "The outline of the jaw is hidden by hair in the after photo."),
    (_M.JOWL_PROMINENCE, _LEFT, "The outline of the jaw is hidden by hair in the after photo."),
    (_M.PERIORBITAL_LINES, _RIGHT, "The light falls differently in the two photos."),
    (_M.PERIORBITAL_LINES, _LEFT, "The light falls differently in the two photos."),
)


def a_change(
    code: MeasurandCode, side: Side | None, before: float, change: float, uncertainty: float
) -> ChangeDocument:
    """A change with the verdict that its interval gives."""
    entry, half = MEASURANDS[code], 1.96 * uncertainty
    verdict = _verdict(change, half)
    meanings = {
        Verdict.DETECTABLE_INCREASE: entry.increase_means,
        Verdict.DETECTABLE_DECREASE: entry.decrease_means,
    }
    ratio = entry.change_unit is Unit.PERCENT
    return ChangeDocument(
        measurand=code, side=side, name=entry.name, family=entry.family, what=entry.what, unit=entry.change_unit,
        before=before, after=round(before + change, 3), change=change, standard_uncertainty=uncertainty,
        ci95=(round(change - half, 3), round(change + half, 3)), mdc95=round(half, 3), verdict=verdict, reason=None,
        meaning=meanings.get(verdict),
        before_log=0.182 if ratio else None, after_log=round(0.182 * (1 + change / 100), 4) if ratio else None,
        error_terms=(
            ErrorTermDocument(source="registration", standard_uncertainty=round(0.6 * uncertainty, 3)),
            ErrorTermDocument(source="head pose", standard_uncertainty=round(0.8 * uncertainty, 3)),
        ),
        pose_equivalent=round(0.8 * uncertainty, 3),
    )  # fmt: skip


def _verdict(change: float, half: float) -> Verdict:
    if change - half > 0:
        return Verdict.DETECTABLE_INCREASE
    return Verdict.DETECTABLE_DECREASE if change + half < 0 else Verdict.WITHIN_MEASUREMENT_ERROR


def a_refused_change(code: MeasurandCode, side: Side | None, reason: str) -> ChangeDocument:
    """A change that could not be had."""
    entry = MEASURANDS[code]
    return ChangeDocument(
        measurand=code, side=side, name=entry.name, family=entry.family, what=entry.what, unit=entry.change_unit,
        before=None, after=None, change=None, standard_uncertainty=None, ci95=None, mdc95=None,
        verdict=Verdict.NOT_ASSESSABLE, reason=reason,
    )  # fmt: skip


def a_photo(taken_at: datetime | None, *flags: Flag, retake: bool = False) -> PhotoDocument:
    """A photo that nobody took."""
    return PhotoDocument(
        sha256="3f" * 32,
        taken_at=taken_at,
        quality=QualityDocument(verdict="retake" if retake else "usable", flags=flag_documents(flags)),
        pose_deg=PoseDocument(yaw=0.4, pitch=-1.2, roll=0.02),
        scale=ScaleDocument(mm_per_px=0.1012, relative_uncertainty=0.004, method="iris"),
    )


def pair_flags() -> tuple[FlagDocument, ...]:
    """Differences between the photos, one of which flatters."""
    return flag_documents(
        (
            Flag(FlagCode.PITCH_DIFFERS, 3.1, 1.5, frozenset({_M.JOWL_PROMINENCE}), Favours.AFTER),
            Flag.of(FlagCode.LIGHT_DIFFERS),
        )
    )


def an_oval(x: float, y: float, wide: float, high: float) -> Line:
    """A closed line about a place of the aligned frame."""
    steps = [2 * pi * step / 40 for step in range(41)]
    return tuple((round(x + wide * cos(at), 2), round(y + high * sin(at), 2)) for at in steps)


def an_overlay(what: str, side: Side | None, line: Line, *codes: MeasurandCode, up: float = 6.0) -> OverlayDocument:
    """A line that moved upward between the photos."""
    after = tuple((x, y - up) for x, y in line)
    return OverlayDocument(what=what, side=side, measurands=codes, before=line, after=after)


def overlays() -> tuple[OverlayDocument, ...]:
    """One line of each family and side."""
    lids = (_M.MRD1, _M.MRD2, _M.PALPEBRAL_FISSURE_HEIGHT)
    return tuple(
        overlay
        for side, x in ((_RIGHT, 400.0), (_LEFT, 800.0))
        for overlay in (
            an_overlay("upper_lid", side, an_oval(x, 600, 70, 30), *lids),
            an_overlay("jawline", side, an_oval(x, 1150, 60, 110), _M.JAWLINE_CONTOUR),
            an_overlay("nasolabial_fold", side, an_oval(x, 900, 20, 90), _M.NASOLABIAL_FOLD_DEPTH),
        )
    )


def a_comparison() -> ComparisonDocument:
    """A pair with every verdict, flags, negative controls and lines of three families."""
    identity = ((0.9, 0.0, 10.0), (0.0, 0.9, 20.0), (0.0, 0.0, 1.0))
    return ComparisonDocument(
        method_version="2026.11.0",
        before=a_photo(BEFORE_TAKEN),
        after=a_photo(AFTER_TAKEN, Flag.of(FlagCode.JAW_COVERED), Flag.of(FlagCode.SMALL, 412.0, 500.0), retake=True),
        comparability=ComparabilityDocument(verdict=Comparable.CAUTION, flags=pair_flags()),
        alignment=AlignmentDocument(residual_mm=0.18, before_to_aligned=identity, after_to_aligned=identity),
        changes=tuple(a_change(*change) for change in CHANGES) + tuple(a_refused_change(*one) for one in REFUSED),
        negative_controls=(
            NegativeControlDocument(region="nasal_bridge", unit=Unit.MILLIMETRE, change=0.02, ci95=(-0.05, 0.09)),
        ),
        aligned_size_px=(1200, 1500),
        overlays=overlays(),
        pose_difference_deg=PoseDocument(yaw=0.6, pitch=-1.4, roll=0.02),
    )


def with_changes(*changes: ChangeDocument) -> ComparisonDocument:
    """The pair with these changes alone."""
    return a_comparison().model_copy(update={"changes": changes})


def not_comparable() -> ComparisonDocument:
    """A pair of which nothing may be said, without dates."""
    reason = "The head is turned too far against the other photo."
    return a_comparison().model_copy(
        update={
            "before": a_photo(None),
            "comparability": ComparabilityDocument(
                verdict=Comparable.NOT_COMPARABLE, flags=flag_documents((Flag.of(FlagCode.YAW_DIFFERS, 9.2, 4.0),))
            ),
            "alignment": None,
            "changes": tuple(a_refused_change(code, side, reason) for code, side, *_ in CHANGES),
            "negative_controls": (),
            "overlays": (),
        }
    )


def hostile(text: str) -> ComparisonDocument:
    """The pair with the same text in every place that holds free text."""
    document = a_comparison()
    flag = document.comparability.flags[0].model_copy(update={"says": text})
    changes = tuple(
        change.model_copy(update={
            "name": text, "what": text, "meaning": text, "reason": text if change.reason else None,
            "error_terms": (ErrorTermDocument(source=text, standard_uncertainty=0.1),),
        })
        for change in document.changes
    )  # fmt: skip
    return document.model_copy(
        update={
            "method_version": text,
            "changes": changes,
            "comparability": ComparabilityDocument(verdict=Comparable.CAUTION, flags=(flag,)),
            "negative_controls": (document.negative_controls[0].model_copy(update={"region": text}),),
        }
    )


def a_refusal() -> RefusedDocument:
    """A photo without a face."""
    says = f"{FLAGS[FlagCode.NO_FACE].says} {FLAGS[FlagCode.NO_FACE].remedy}"
    return RefusedDocument(
        refused=RefusalDocument(code=FlagCode.NO_FACE, says=says, value=None, limit=None, photo="after")
    )
