"""From the analysis of one photo to its document; contours go back to the pixels of the photo as uploaded."""

import numpy as np

from models.analysis import PhotoAnalysis, ProfileAnalysis
from models.anatomy import Side
from models.correction import ContourName, Correction
from models.landmarks import Expression, HeadPose
from models.measurand import MEASURANDS
from models.measurement import Circle, Contour, Estimate, Measurement, NotAssessable
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
    PlacedDocument,
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
        contours_px={side: _contours(analysis, side) for side in analysis.contours},
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
        corrections=tuple(_placed(correction) for correction in analysis.corrections),
    )


def _placed(correction: Correction) -> PlacedDocument:
    return PlacedDocument(
        side=correction.side,
        contour=correction.contour,
        corrected_by=correction.corrected_by,
        corrected_at=correction.corrected_at,
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
        iris_mm=round(scale.iris_mm, 3),
        iris_uncertainty_mm=round(scale.iris_uncertainty_mm, 3),
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


def _contours(analysis: PhotoAnalysis, side: Side) -> SideContoursDocument:
    contours, face = analysis.contours[side], analysis.face
    parts = {name: getattr(contours, name) for name in ContourName}
    missing = {str(name): part.reason for name, part in parts.items() if isinstance(part, NotAssessable)}
    return SideContoursDocument(
        iris=_circle(contours.iris, face),
        upper_lid=_line(contours.upper_lid, face),
        lower_lid=_line(contours.lower_lid, face),
        jawline=_line(contours.jawline, face),
        nasolabial_fold=_line(contours.nasolabial_fold, face),
        reasons=missing,
        found=_found(analysis, side),
    )


def _found(analysis: PhotoAnalysis, side: Side) -> dict[ContourName, CircleDocument | Line | None]:
    """What the program had found of the contours that a person placed."""
    by_hand = {correction.contour for correction in analysis.corrections if correction.side is side}
    if analysis.found is None:
        return {}
    found = analysis.found[side]
    return {
        name: _circle(found.iris, analysis.face)
        if name is ContourName.IRIS
        else _line(getattr(found, name), analysis.face)
        for name in ContourName
        if name in by_hand
    }


def _circle(circle: Circle | NotAssessable, face: FaceImage) -> CircleDocument | None:
    if isinstance(circle, NotAssessable):
        return None
    (centre,) = line(face.to_pixel(circle.centre[None]))
    return CircleDocument(centre=centre, radius=round(circle.radius / float(np.mean(face.face_px_per_pixel)), 2))


def _line(contour: Contour | NotAssessable, face: FaceImage) -> Line | None:
    return None if isinstance(contour, NotAssessable) else line(face.to_pixel(contour.points))
