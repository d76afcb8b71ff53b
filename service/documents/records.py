"""The shapes of the JSON documents. A figure that could not be had is null with a reason, never 0 or NaN."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from models.anatomy import Side, View
from models.burst import FrameUse
from models.comparison import Comparable, Verdict
from models.correction import ContourName
from models.measurand import Family, MeasurandCode, Unit
from models.quality import Favours, FlagCode
from models.scale import HVID_MM, HVID_SD_MM

Point = tuple[float, float]
Line = tuple[Point, ...]
Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


class Document(BaseModel):
    """What all of them share: never changed, nothing unknown in it, no figure that is none."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, serialize_by_alias=True)


class FlagDocument(Document):
    """A reason that a photo or a pair was given, in a sentence for the reader."""

    code: FlagCode
    says: str
    value: float | None
    limit: float | None
    favours: Favours | None
    stops: tuple[MeasurandCode, ...]
    shows: View | None = None


class QualityDocument(Document):
    """What a photo is good for."""

    verdict: Literal["usable", "retake"]
    flags: tuple[FlagDocument, ...]


class PoseDocument(Document):
    """Rotation of the head against the camera, in degrees."""

    yaw: float
    pitch: float
    roll: float


class ExpressionDocument(Document):
    """Activity of the face's muscles from 0 to 1; gaze as (to the subject's left, upward)."""

    smile: float
    brow_raise: float
    squint: float
    jaw_open: float
    blink: float
    gaze: Point


class ScaleDocument(Document):
    """Millimetres per pixel of the photo as uploaded, in the iris plane.

    ``iris_mm`` is the diameter it rests on, with its standard uncertainty: the average person's and the spread between
    persons, or what the clinic measured in this one. ``method`` is ``iris``, ``iris_of_subject``, ``iris_measured`` or
    ``iris_mesh``.
    """

    mm_per_px: float
    relative_uncertainty: float
    method: str
    iris_mm: float = HVID_MM
    iris_uncertainty_mm: float = HVID_SD_MM


class MeasuredDocument(Document):
    """One measurand in one photo; either ``value`` and ``standard_uncertainty``, or ``reason``."""

    measurand: MeasurandCode
    side: Side | None
    name: str
    family: Family
    what: str
    unit: Unit
    value: float | None
    standard_uncertainty: float | None
    reason: str | None


class CircleDocument(Document):
    """A circle in the pixel frame."""

    centre: Point
    radius: float


class SideContoursDocument(Document):
    """What was found on one side; null where it was not, and then ``reasons`` says why.

    Where a contour was placed by hand it stands in place of the one that was found, which is then under ``found``, null
    where there was none.
    """

    iris: CircleDocument | None
    upper_lid: Line | None
    lower_lid: Line | None
    jawline: Line | None
    nasolabial_fold: Line | None
    reasons: dict[str, str]
    found: dict[ContourName, CircleDocument | Line | None] = {}


class PlacedDocument(Document):
    """That a contour was placed by hand, by whom and when."""

    side: Side
    contour: ContourName
    corrected_by: str
    corrected_at: datetime | None


class PhotoDocument(Document):
    """A photo as a comparison tells it; one in profile has neither pose nor scale."""

    sha256: str
    taken_at: datetime | None
    quality: QualityDocument
    pose_deg: PoseDocument | None
    scale: ScaleDocument | None
    view: View = View.FRONTAL
    corrections: tuple[PlacedDocument, ...] = ()


class MeasurementDocument(PhotoDocument):
    """One photo with everything that was measured in it; contours in the pixels of the upright photo as uploaded.

    ``profile_px`` is the line under the chin of a photo in profile: chin, cervical point, neck.
    """

    method_version: str
    size_px: tuple[int, int]
    expression: ExpressionDocument | None
    measurements: tuple[MeasuredDocument, ...]
    contours_px: dict[Side, SideContoursDocument]
    profile_px: Line | None = None


class ComparabilityDocument(Document):
    """Whether the two photos can be compared, with every reason."""

    verdict: Comparable
    flags: tuple[FlagDocument, ...]


class AlignmentDocument(Document):
    """How the photos lie on each other: 3x3 matrices from each photo's pixels to the aligned frame."""

    residual_mm: float | None
    before_to_aligned: Matrix
    after_to_aligned: Matrix


class ErrorTermDocument(Document):
    """One independent part of a change's standard uncertainty."""

    source: str
    standard_uncertainty: float


class ChangeDocument(Document):
    """The change of one measurand on one side; where it is not assessable, ``reason`` says why.

    For ``%`` the figure before is 100, and ``before_log`` and ``after_log`` carry the log-luminance values. ``meaning``
    says what a detectable change looks like. ``verdict`` is this measure's own; ``family_verdict`` is the one that
    holds over all measures of the comparison together (Holm). ``pose_equivalent`` is what the pair's pose difference
    may be worth, as a standard uncertainty; it is among the error terms.
    """

    measurand: MeasurandCode
    side: Side | None
    name: str
    family: Family
    what: str
    unit: Unit
    before: float | None
    after: float | None
    change: float | None
    standard_uncertainty: float | None
    ci95: tuple[float, float] | None
    mdc95: float | None
    verdict: Verdict
    reason: str | None
    p_value: float | None = None
    family_p_value: float | None = None
    family_verdict: Verdict | None = None
    meaning: str | None = None
    before_log: float | None = None
    after_log: float | None = None
    error_terms: tuple[ErrorTermDocument, ...] = ()
    pose_equivalent: float | None = None


class NegativeControlDocument(Document):
    """A part of the face that no treatment moves, measured like the others."""

    region: str
    unit: Unit
    change: float
    ci95: tuple[float, float]


class OverlayDocument(Document):
    """A line to draw over both aligned photos."""

    what: str
    side: Side | None
    measurands: tuple[MeasurandCode, ...]
    before: Line
    after: Line


class FrameDocument(Document):
    """One photo of a burst: whether it is shown, averaged or left out, and why."""

    which: Literal["before", "after"]
    index: int
    photo_id: str | None = None
    use: FrameUse
    reason: str | None


class ClinicRepeatabilityDocument(Document):
    """The clinic's own repeatability study that the comparison was held against.

    ``measurands`` are those that it speaks of; ``widened`` those of which at least one side's interval was made wider,
    because photos of an unchanged face differ by more in this clinic than the pair's own error says.
    """

    study_id: str
    name: str
    made_on: date
    measurands: tuple[MeasurandCode, ...]
    widened: tuple[MeasurandCode, ...]


class ComparisonDocument(Document):
    """What changed between two photos and how sure that is; the pose difference is after less before.

    Of bursts, ``frames`` tells what became of each photo. ``clinic_repeatability`` names the clinic's own studies.
    """

    method_version: str
    before: PhotoDocument
    after: PhotoDocument
    comparability: ComparabilityDocument
    alignment: AlignmentDocument | None
    changes: tuple[ChangeDocument, ...]
    negative_controls: tuple[NegativeControlDocument, ...]
    aligned_size_px: tuple[int, int]
    overlays: tuple[OverlayDocument, ...]
    frames: tuple[FrameDocument, ...] = ()
    pose_difference_deg: PoseDocument | None = None
    clinic_repeatability: tuple[ClinicRepeatabilityDocument, ...] = ()


class RefusalDocument(Document):
    """Why a photo cannot be measured, and which of a pair it is."""

    code: FlagCode
    says: str
    value: float | None
    limit: float | None
    photo: Literal["before", "after"] | None


class RefusedDocument(Document):
    """The document in place of a measurement or comparison that could not be made."""

    refused: RefusalDocument
