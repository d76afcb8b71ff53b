"""Small invented records for tests of what is made of them: no photo is analysed here."""

from datetime import UTC, datetime

import numpy as np

from models.alignment import Alignment
from models.analysis import PhotoAnalysis
from models.anatomy import Side
from models.comparison import (
    Change,
    ChangeRefused,
    Comparability,
    Comparable,
    ErrorTerm,
    MeasuredChange,
    NegativeControl,
    Overlay,
    PairComparison,
)
from models.landmarks import Expression, FaceLandmarks, HeadPose
from models.measurand import MeasurandCode
from models.measurement import Circle, Contour, Estimate, Measurement, NotAssessable, SideContours
from models.photo import FaceImage, Photo
from models.quality import Favours, Flag, FlagCode, Quality
from models.scale import Scale


def a_face() -> FaceImage:
    """Return a face cut out at (100, 200) at half the photo's resolution."""
    return FaceImage(np.zeros((40, 30, 3), np.uint8), np.array([0.5, 0.5]), np.array([100.0, 200.0]))


def some_contours() -> SideContours:
    """Return one side of which all but the fold was found."""
    lid = Contour(np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.123456]]), 0.05)
    return SideContours(Circle(10.0, 12.0, 6.0), lid, lid, lid, NotAssessable("The fold is too faint."))


def an_analysis(sha256: str = "ab" * 32) -> PhotoAnalysis:
    """Return the analysis of a photo that nobody took."""
    return PhotoAnalysis(
        photo=Photo(sha256, (300, 400), datetime(2026, 3, 9, 10, tzinfo=UTC), 50.0, np.zeros((400, 300, 3), np.uint8)),
        face=a_face(),
        grey=np.zeros((40, 30), np.float32),
        log_luminance=np.zeros((40, 30), np.float32),
        landmarks=FaceLandmarks(np.zeros((478, 3)), HeadPose(0.4, -1.2, 0.1), {}),
        expression=Expression(0.02, 0.01, 0.05, 0.0, 0.1, (0.01, -0.02)),
        quality=Quality((Flag.of(FlagCode.SMALL, 351.2, 500.0),)),
        scale=Scale(0.202, 0.004, "iris"),
        scale_px=Scale(0.101, 0.004, "iris"),
        contours={Side.LEFT: some_contours(), Side.RIGHT: some_contours()},
        measurements=(
            Measurement(MeasurandCode.MRD1, Side.LEFT, Estimate(3.91234, 0.05)),
            Measurement(MeasurandCode.MRD1, Side.RIGHT, NotAssessable("The eye is covered.")),
            Measurement(MeasurandCode.LOWER_FACE_WIDTH, None, Estimate(110.0, 0.8)),
        ),
    )


def a_change(change: float, uncertainty: float = 0.06) -> Change:
    """Return a change of the left upper lid in mm."""
    terms = (ErrorTerm("registration", 0.6 * uncertainty), ErrorTerm("gaze", 0.8 * uncertainty))
    return Change(MeasurandCode.MRD1, Side.LEFT, MeasuredChange(3.91, change, terms, 1.96))


def a_softer_fold() -> Change:
    """Return a fold that lost a tenth of its depth."""
    terms = (ErrorTerm("texture", 2.0),)
    measured = MeasuredChange(100.0, -10.0, terms, 1.96, before_log=0.2, after_log=0.18)
    return Change(MeasurandCode.NASOLABIAL_FOLD_DEPTH, Side.RIGHT, measured)


def a_refused_change() -> Change:
    """Return a width that could not be compared."""
    return Change(MeasurandCode.LOWER_FACE_WIDTH, None, ChangeRefused("The jaw is covered.", before=110.0))


def a_comparison(*changes: Change) -> PairComparison:
    """Return the comparison of two photos that nobody took."""
    to_aligned = np.array([[0.5, 0.0, 10.0], [0.0, 0.5, 20.0], [0.0, 0.0, 1.0]])
    lid = np.array([[1.0, 2.0], [3.0, 4.0]])
    return PairComparison(
        comparability=Comparability(
            Comparable.CAUTION, (Flag(FlagCode.PITCH_DIFFERS, 3.1, 1.5, favours=Favours.AFTER),)
        ),
        alignment=Alignment(to_aligned, to_aligned, 0.18, 0.2, -0.1, 0.3),
        changes=changes or (a_change(0.51), a_softer_fold(), a_refused_change()),
        negative_controls=(NegativeControl("nasal_bridge", 0.02, 0.035),),
        overlays=(Overlay((MeasurandCode.MRD1,), Side.LEFT, "upper_lid", lid, lid + 0.5),),
    )
