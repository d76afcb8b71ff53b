"""The JSON of pose hints, and of the head that they are held against."""

from typing import Self

from models.anatomy import Side
from models.landmarks import Expression, HeadPose
from models.pose_hint import HINTS, Arrow, HeldHead, HintCode, PoseHints
from service.documents.records import Document, ExpressionDocument, MeasurementDocument, PoseDocument


class HeldHeadDocument(Document):
    """How the head was held in an earlier photo, as it travels to the analysis."""

    pose_deg: PoseDocument
    expression: ExpressionDocument
    size_px: tuple[int, int]
    eyes_apart_px: float | None

    @classmethod
    def of(cls, photo: MeasurementDocument) -> Self | None:
        """From a measured photo; None of one in profile, which has no pose."""
        if photo.pose_deg is None or photo.expression is None:
            return None
        return cls(
            pose_deg=photo.pose_deg,
            expression=photo.expression,
            size_px=photo.size_px,
            eyes_apart_px=_eyes_apart_px(photo),
        )

    @property
    def head(self) -> HeldHead:
        """As the analysis takes it."""
        return HeldHead(
            HeadPose(**dict(self.pose_deg)), Expression(**dict(self.expression)), self.size_px, self.eyes_apart_px
        )


class HintDocument(Document):
    """One thing to change; ``arrow`` says where the face has to go as the picture shows it."""

    code: HintCode
    says: str
    arrow: Arrow | None


class PoseHintsDocument(Document):
    """What to change before the photo is taken, the weightiest first; an empty list where nothing is to be changed.

    Differences are of the face now against the baseline photo, null where there is no face or no baseline.
    """

    hints: tuple[HintDocument, ...]
    yaw_difference_deg: float | None
    pitch_difference_deg: float | None
    roll_difference_deg: float | None
    distance_ratio: float | None


def pose_hints_document(found: PoseHints) -> PoseHintsDocument:
    """Tell hints in the catalogue's sentences."""
    return PoseHintsDocument(
        hints=tuple(HintDocument(code=code, says=HINTS[code].says, arrow=HINTS[code].arrow) for code in found.hints),
        yaw_difference_deg=_rounded(found.yaw_deg),
        pitch_difference_deg=_rounded(found.pitch_deg),
        roll_difference_deg=_rounded(found.roll_deg),
        distance_ratio=_rounded(found.distance_ratio, 3),
    )


def _eyes_apart_px(photo: MeasurementDocument) -> float | None:
    irises = [photo.contours_px[side].iris for side in Side if side in photo.contours_px]
    if len(irises) < len(Side) or irises[0] is None or irises[1] is None:
        return None
    (x0, y0), (x1, y1) = irises[0].centre, irises[1].centre
    return float(((x0 - x1) ** 2 + (y0 - y1) ** 2) ** 0.5) or None


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits) + 0.0
