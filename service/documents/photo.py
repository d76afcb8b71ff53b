"""From the analysis of one photo to its document; contours go back to the pixels of the photo as uploaded."""

import numpy as np

from models.analysis import PhotoAnalysis, ProfileAnalysis
from models.landmarks import Expression, HeadPose
from models.measurand import MEASURANDS
from models.measurement import Circle, Contour, Estimate, Measurement, NotAssessable, SideContours
from models.photo import FaceImage
from models.provenance import METHOD_VERSION
from models.quality import Quality
from models.scale import Scale
from service.documents.parts import flag_documents, line, rounded
from service.documents.records import (
    CircleDocument,
    ExpressionDocument,
    Line,
    MeasuredDocument,
    MeasurementDocument,
    PhotoDocument,
    PoseDocument,
    QualityDocument,
    ScaleDocument,
    SideContoursDocument,
)


def measurement_document(analysis: PhotoAnalysis) -> MeasurementDocument:
    """Tell everything that was measured in one photo."""
    return MeasurementDocument(
        **dict(photo_document(analysis)),
        method_version=METHOD_VERSION,
        size_px=analysis.photo.size_px,
        expression=_expression(analysis.expression),
        measurements=tuple(_measured(measurement) for measurement in analysis.measurements),
        contours_px={side: _contours(found, analysis.face) for side, found in analysis.contours.items()},
    )


def profile_document(analysis: ProfileAnalysis) -> MeasurementDocument:
    """Tell what a photo in profile carries."""
    return MeasurementDocument(
        sha256=analysis.photo.sha256,
        taken_at=analysis.photo.taken_at,
        quality=_quality(analysis.quality),
        pose_deg=None,
        scale=None,
        view=analysis.view,
        method_version=METHOD_VERSION,
        size_px=analysis.photo.size_px,
        expression=None,
        measurements=tuple(_measured(measurement) for measurement in analysis.measurements),
        contours_px={},
        profile_px=None if isinstance(analysis.line, NotAssessable) else line(analysis.line),
    )


def photo_document(analysis: PhotoAnalysis) -> PhotoDocument:
    """Tell of a photo what a comparison needs."""
    return PhotoDocument(
        sha256=analysis.photo.sha256,
        taken_at=analysis.photo.taken_at,
        quality=_quality(analysis.quality),
        pose_deg=_pose(analysis.landmarks.pose),
        scale=_scale(analysis.scale_px),
        view=analysis.view,
    )


def _quality(quality: Quality) -> QualityDocument:
    return QualityDocument(verdict="usable" if quality.usable else "retake", flags=flag_documents(quality.flags))


def _pose(pose: HeadPose) -> PoseDocument:
    return PoseDocument(yaw=round(pose.yaw, 2), pitch=round(pose.pitch, 2), roll=round(pose.roll, 2))


def _expression(expression: Expression) -> ExpressionDocument:
    right, up = expression.gaze
    return ExpressionDocument(
        smile=round(expression.smile, 3),
        brow_raise=round(expression.brow_raise, 3),
        squint=round(expression.squint, 3),
        jaw_open=round(expression.jaw_open, 3),
        blink=round(expression.blink, 3),
        gaze=(round(right, 3), round(up, 3)),
    )


def _scale(scale: Scale) -> ScaleDocument:
    return ScaleDocument(
        mm_per_px=round(scale.mm_per_px, 7),
        relative_uncertainty=round(scale.relative_uncertainty, 5),
        method=scale.method,
    )


def _measured(measurement: Measurement) -> MeasuredDocument:
    entry, result = MEASURANDS[measurement.measurand], measurement.result
    estimate = result if isinstance(result, Estimate) else None
    return MeasuredDocument(
        measurand=entry.code,
        side=measurement.side,
        name=entry.name,
        family=entry.family,
        what=entry.what,
        unit=entry.unit,
        value=None if estimate is None else rounded(estimate.value, entry.unit),
        standard_uncertainty=None if estimate is None else rounded(estimate.standard_uncertainty, entry.unit),
        reason=result.reason if isinstance(result, NotAssessable) else None,
    )


def _contours(found: SideContours, face: FaceImage) -> SideContoursDocument:
    names = ("iris", "upper_lid", "lower_lid", "jawline", "nasolabial_fold")
    missing = {name: part.reason for name in names if isinstance(part := getattr(found, name), NotAssessable)}
    return SideContoursDocument(
        iris=_circle(found.iris, face),
        upper_lid=_line(found.upper_lid, face),
        lower_lid=_line(found.lower_lid, face),
        jawline=_line(found.jawline, face),
        nasolabial_fold=_line(found.nasolabial_fold, face),
        reasons=missing,
    )


def _circle(circle: Circle | NotAssessable, face: FaceImage) -> CircleDocument | None:
    if isinstance(circle, NotAssessable):
        return None
    (centre,) = line(face.to_pixel(circle.centre[None]))
    return CircleDocument(centre=centre, radius=round(circle.radius / float(np.mean(face.face_px_per_pixel)), 2))


def _line(contour: Contour | NotAssessable, face: FaceImage) -> Line | None:
    return None if isinstance(contour, NotAssessable) else line(face.to_pixel(contour.points))
