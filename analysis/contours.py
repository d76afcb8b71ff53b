"""Every contour of one photo: irises, lids, jawline and nasolabial folds."""

from collections.abc import Mapping

from analysis.calibration import Limbus
from analysis.fold_path import find_fold
from analysis.lid_margins import find_lid_margin
from analysis.measures.jawline import find_jawlines
from models.anatomy import Outline, Side
from models.arrays import Plane
from models.landmarks import FaceLandmarks
from models.measurement import Circle, Contour, NotAssessable, SideContours
from models.photo import FaceImage
from models.quality import Flag, FlagCode, Quality


def find_contours(
    face: FaceImage,
    grey: Plane,
    log_luminance: Plane,
    landmarks: FaceLandmarks,
    limbi: Mapping[Side, Limbus | NotAssessable],
    px_per_mm: float,
) -> Mapping[Side, SideContours]:
    """The contours of both sides in the face frame; each is found or says why not.

    Parameters
    ----------
    grey, log_luminance : planes of ``face``, in its frame.
    """
    jawlines = find_jawlines(face.rgb, landmarks, px_per_mm)
    return {
        side: SideContours(
            iris=_circle(limbi[side]),
            upper_lid=_lid(grey, landmarks, side, Outline.UPPER_LID, limbi[side]),
            lower_lid=_lid(grey, landmarks, side, Outline.LOWER_LID, limbi[side]),
            jawline=jawlines[side],
            nasolabial_fold=find_fold(log_luminance, landmarks, side, px_per_mm),
        )
        for side in Side
    }


def _circle(limbus: Limbus | NotAssessable) -> Circle | NotAssessable:
    return limbus if isinstance(limbus, NotAssessable) else limbus.circle


def _lid(
    grey: Plane, landmarks: FaceLandmarks, side: Side, lid: Outline, limbus: Limbus | NotAssessable
) -> Contour | NotAssessable:
    """A lid is looked for in front of the iris; without one, its edge could be anything."""
    if isinstance(limbus, NotAssessable):
        return limbus
    return find_lid_margin(grey, landmarks, side, lid, limbus.circle)


def flag_covered(quality: Quality, contours: Mapping[Side, SideContours]) -> Quality:
    """The quality with a flag more when neither side's jawline is to be seen."""
    if all(isinstance(found.jawline, NotAssessable) for found in contours.values()):
        return Quality((*quality.flags, Flag.of(FlagCode.JAW_COVERED)))
    return quality
