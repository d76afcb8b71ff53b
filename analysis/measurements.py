"""Every measurand of one photo, each an estimate or a reason."""

from collections.abc import Iterator, Mapping

from analysis.measures.brow import measure_brow
from analysis.measures.canthi import measure_tilt
from analysis.measures.eyelids import measure_eyelids
from analysis.measures.jawline import lower_face_width, measure_jawline
from analysis.measures.nasolabial_fold import measure_fold
from analysis.measures.periorbital_lines import measure_lines
from analysis.measures.symmetry import asymmetries
from models.anatomy import Side
from models.arrays import Plane
from models.landmarks import FaceLandmarks
from models.measurand import MeasurandCode
from models.measurement import Estimate, Measurement, NotAssessable, SideContours
from models.quality import Quality
from models.scale import Scale


def measure_photo(
    grey: Plane,
    log_luminance: Plane,
    landmarks: FaceLandmarks,
    contours: Mapping[Side, SideContours],
    scale: Scale,
    quality: Quality,
) -> tuple[Measurement, ...]:
    """All measurements of one photo; what a flag stops is not assessable for that flag's reason.

    Parameters
    ----------
    grey, log_luminance : planes of the face, in the face frame like everything else here.
    """
    measured = (
        *(one for side in Side for one in _side(grey, log_luminance, landmarks, side, contours[side], scale)),
        Measurement(
            MeasurandCode.LOWER_FACE_WIDTH,
            None,
            lower_face_width(contours[Side.LEFT].jawline, contours[Side.RIGHT].jawline, landmarks, scale.px_per_mm),
        ),
    )
    every = (*measured, *asymmetries(measured, scale))
    return tuple(_gated(measurement, quality) for measurement in every)


def _side(
    grey: Plane, log_luminance: Plane, landmarks: FaceLandmarks, side: Side, found: SideContours, scale: Scale
) -> Iterator[Measurement]:
    """In the catalogue's order."""
    lids = measure_eyelids(found, landmarks, side, scale)
    yield Measurement(MeasurandCode.MRD1, side, lids.mrd1)
    yield Measurement(MeasurandCode.MRD2, side, lids.mrd2)
    yield Measurement(MeasurandCode.PALPEBRAL_FISSURE_HEIGHT, side, lids.fissure)
    yield Measurement(MeasurandCode.BROW_HEIGHT, side, measure_brow(grey, landmarks, side, found.iris, scale))
    yield from _jaw(landmarks, side, found, scale)
    yield from _fold(log_luminance, landmarks, side, found, scale)
    lines = measure_lines(log_luminance, landmarks, side, scale.px_per_mm)
    yield Measurement(MeasurandCode.PERIORBITAL_LINES, side, lines)
    yield Measurement(MeasurandCode.CANTHAL_TILT, side, measure_tilt(landmarks, side))


def _jaw(landmarks: FaceLandmarks, side: Side, found: SideContours, scale: Scale) -> Iterator[Measurement]:
    if isinstance(found.jawline, NotAssessable):
        contour: Estimate | NotAssessable = found.jawline
        prominence: Estimate | NotAssessable = found.jawline
    else:
        jaw = measure_jawline(found.jawline, landmarks, side, scale.px_per_mm)
        contour, prominence = jaw.contour, jaw.prominence
    yield Measurement(MeasurandCode.JAWLINE_CONTOUR, side, contour)
    yield Measurement(MeasurandCode.JOWL_PROMINENCE, side, prominence)


def _fold(
    log_luminance: Plane, landmarks: FaceLandmarks, side: Side, found: SideContours, scale: Scale
) -> Iterator[Measurement]:
    if isinstance(found.nasolabial_fold, NotAssessable):
        depth: Estimate | NotAssessable = found.nasolabial_fold
        length: Estimate | NotAssessable = found.nasolabial_fold
    else:
        fold = measure_fold(log_luminance, found.nasolabial_fold, landmarks, side, scale.px_per_mm)
        depth, length = fold.depth, fold.length
    yield Measurement(MeasurandCode.NASOLABIAL_FOLD_DEPTH, side, depth)
    yield Measurement(MeasurandCode.NASOLABIAL_FOLD_LENGTH, side, length)


def _gated(measurement: Measurement, quality: Quality) -> Measurement:
    flag = quality.stopping(measurement.measurand)
    if flag is None:
        return measurement
    return Measurement(measurement.measurand, measurement.side, NotAssessable(flag.says))
