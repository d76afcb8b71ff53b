"""From the comparison of two photos to its document."""

from collections.abc import Sequence
from typing import Final, cast

import numpy as np

from models.alignment import ALIGNED_SIZE_PX, Alignment
from models.analysis import PhotoAnalysis
from models.arrays import FloatArray
from models.burst import Frame
from models.comparison import (
    Change,
    ChangeRefused,
    Comparability,
    MeasuredChange,
    NegativeControl,
    Overlay,
    PairComparison,
    Verdict,
)
from models.measurand import MEASURANDS, Measurand, MeasurandCode, Unit
from models.provenance import METHOD_VERSION
from models.repeatability import FLOOR_TERM
from service.documents.given import GivenFloor, GivenStudy
from service.documents.parts import flag_documents, line, rounded
from service.documents.photo import photo_document
from service.documents.records import (
    AlignmentDocument,
    ChangeDocument,
    ClinicRepeatabilityDocument,
    ComparabilityDocument,
    ComparisonDocument,
    ErrorTermDocument,
    FrameDocument,
    Matrix,
    NegativeControlDocument,
    OverlayDocument,
    PoseDocument,
)

_MATRIX_DECIMALS: Final = 8  # times 10,000 px still a thousandth of a pixel
_P_DECIMALS: Final = 6


def comparison_document(
    before: PhotoAnalysis,
    after: PhotoAnalysis,
    comparison: PairComparison,
    frames: Sequence[Frame] = (),
    floors: Sequence[GivenFloor] = (),
) -> ComparisonDocument:
    """Tell what changed between two photos and how sure that is.

    Parameters
    ----------
    frames : of bursts, what became of each photo.
    floors : what the clinic's own repeatability studies say, which the changes were held against already.
    """
    return ComparisonDocument(
        method_version=METHOD_VERSION,
        before=photo_document(before),
        after=photo_document(after),
        comparability=_comparability(comparison.comparability),
        alignment=None if comparison.alignment is None else _alignment(comparison.alignment),
        pose_difference_deg=None if comparison.alignment is None else _pose_difference(comparison.alignment),
        changes=tuple(_change(change) for change in comparison.changes),
        negative_controls=tuple(_control(control) for control in comparison.negative_controls),
        aligned_size_px=ALIGNED_SIZE_PX,
        overlays=tuple(_overlay(overlay) for overlay in comparison.overlays),
        frames=tuple(_frame(frame) for frame in frames),
        clinic_repeatability=_clinic(comparison.changes, floors),
    )


def _clinic(changes: Sequence[Change], floors: Sequence[GivenFloor]) -> tuple[ClinicRepeatabilityDocument, ...]:
    """Each study that was used, with what it was used for."""
    widened = {change.measurand for change in changes if _is_widened(change)}
    of_study: dict[GivenStudy, list[MeasurandCode]] = {}
    for floor in floors:
        for study in floor.studies:
            of_study.setdefault(study, []).append(floor.measurand)
    return tuple(
        ClinicRepeatabilityDocument(
            study_id=study.id,
            name=study.name,
            made_on=study.made_on,
            measurands=tuple(codes),
            widened=tuple(code for code in codes if code in widened),
        )
        for study, codes in of_study.items()
    )


def _is_widened(change: Change) -> bool:
    terms = change.result.error_terms if isinstance(change.result, MeasuredChange) else ()
    return any(term.source == FLOOR_TERM for term in terms)


def _frame(frame: Frame) -> FrameDocument:
    return FrameDocument(which=frame.which, index=frame.index, use=frame.use, reason=frame.reason or None)


def _comparability(comparability: Comparability) -> ComparabilityDocument:
    return ComparabilityDocument(verdict=comparability.verdict, flags=flag_documents(comparability.flags))


def _alignment(alignment: Alignment) -> AlignmentDocument:
    return AlignmentDocument(
        residual_mm=rounded(alignment.residual_mm),
        before_to_aligned=_matrix(alignment.before_to_aligned),
        after_to_aligned=_matrix(alignment.after_to_aligned),
    )


def _pose_difference(alignment: Alignment) -> PoseDocument:
    return PoseDocument(
        yaw=round(alignment.yaw_deg, 2), pitch=round(alignment.pitch_deg, 2), roll=round(alignment.roll_deg, 2)
    )


def _matrix(matrix: FloatArray) -> Matrix:
    return cast("Matrix", tuple(map(tuple, np.round(matrix, _MATRIX_DECIMALS).tolist())))


def _change(change: Change) -> ChangeDocument:
    if isinstance(change.result, ChangeRefused):
        return _refused_change(change, change.result)
    return _measured_change(change, change.result)


def _refused_change(change: Change, refused: ChangeRefused) -> ChangeDocument:
    entry = MEASURANDS[change.measurand]
    return ChangeDocument(
        measurand=entry.code,
        side=change.side,
        name=entry.name,
        family=entry.family,
        what=entry.what,
        unit=entry.change_unit,
        before=rounded(refused.before, entry.change_unit),
        after=None,
        change=None,
        standard_uncertainty=None,
        ci95=None,
        mdc95=None,
        verdict=Verdict.NOT_ASSESSABLE,
        family_verdict=Verdict.NOT_ASSESSABLE,
        reason=refused.reason,
    )


def _measured_change(change: Change, measured: MeasuredChange) -> ChangeDocument:
    entry = MEASURANDS[change.measurand]
    unit = entry.change_unit
    low, high = measured.ci95
    return ChangeDocument(
        measurand=entry.code,
        side=change.side,
        name=entry.name,
        family=entry.family,
        what=entry.what,
        unit=unit,
        before=rounded(measured.before, unit),
        after=rounded(measured.after, unit),
        change=rounded(measured.change, unit),
        standard_uncertainty=rounded(measured.standard_uncertainty, unit),
        ci95=(rounded(low, unit), rounded(high, unit)),
        mdc95=rounded(measured.mdc95, unit),
        verdict=measured.verdict,
        p_value=_p_value(measured.p_value),
        family_p_value=_p_value(change.family_p),
        family_verdict=change.family_verdict,
        reason=None,
        meaning=_meaning(entry, measured.verdict),
        before_log=rounded(measured.before_log, Unit.LOG_LUMINANCE),
        after_log=rounded(measured.after_log, Unit.LOG_LUMINANCE),
        error_terms=_error_terms(measured, unit),
        pose_equivalent=rounded(measured.pose_equivalent, unit),
    )


def _p_value(value: float | None) -> float | None:
    return None if value is None else round(value, _P_DECIMALS)


def _meaning(entry: Measurand, verdict: Verdict) -> str | None:
    return {
        Verdict.DETECTABLE_INCREASE: entry.increase_means,
        Verdict.DETECTABLE_DECREASE: entry.decrease_means,
    }.get(verdict)


def _error_terms(measured: MeasuredChange, unit: Unit) -> tuple[ErrorTermDocument, ...]:
    return tuple(
        ErrorTermDocument(source=term.source, standard_uncertainty=rounded(term.standard_uncertainty, unit))
        for term in measured.error_terms
    )


def _control(control: NegativeControl) -> NegativeControlDocument:
    low, high = control.ci95
    return NegativeControlDocument(
        region=control.region,
        unit=Unit.MILLIMETRE,
        change=rounded(control.change),
        ci95=(rounded(low), rounded(high)),
    )


def _overlay(overlay: Overlay) -> OverlayDocument:
    return OverlayDocument(
        what=overlay.what,
        side=overlay.side,
        measurands=overlay.measurands,
        before=line(overlay.before_aligned),
        after=line(overlay.after_aligned),
    )
