"""Placing corrections, withdrawing them, and reading them."""

import numpy as np
from sqlalchemy.orm import Session

from analysis.correction_checks import FaceGeometry, refusal
from models.anatomy import Side
from models.arrays import FloatArray
from models.correction import ContourName, CorrectionRefused
from models.measurement import Circle
from service.audit import Action, record
from service.corrections.repository import Corrections
from service.corrections.schemas import NewCorrection, measured_document
from service.database import Database, retry_on_clash
from service.database.base import new_id, now
from service.database.tables import ContourCorrection, Photo
from service.documents import MeasurementDocument, PlacedContour
from service.documents.records import CircleDocument, SideContoursDocument
from service.errors import ProblemCode, ServiceError
from service.jobs import JobEngine
from service.measuring.anew import measure_anew
from service.photos.repository import Photos, PhotoStatus
from service.tenancy.tenant import Actor


class CorrectionDesk:
    """What is done with corrections. Each change has the photo and its comparisons measured anew."""

    def __init__(self, database: Database, jobs: JobEngine) -> None:
        self._database = database
        self._jobs = jobs

    def place(
        self, actor: Actor, photo_id: str, side: Side, contour: ContourName, new: NewCorrection
    ) -> ContourCorrection:
        """The correction, in use from now on; the same shape by the same person again changes nothing.

        Raises
        ------
        ServiceError
            Where the photo has no contours, or this cannot be one of them.
        """
        return retry_on_clash(lambda: self._place(actor, photo_id, side, contour, new))

    def withdraw(self, actor: Actor, photo_id: str, side: Side, contour: ContourName) -> None:
        """Take what the program found again; ServiceError where nothing was placed."""
        with self._database.writing(actor.tenant) as session:
            photo = Photos(session, actor.tenant).get(photo_id)
            corrections = Corrections(session, actor.tenant)
            current = corrections.current(photo.id, side, contour)
            if current is None:
                raise ServiceError(ProblemCode.CORRECTION_NOT_FOUND)
            _end(session, actor, current)
            record(session, actor, Action.CORRECTION_WITHDRAWN, current.id)
            measure_anew(session, actor.tenant, self._jobs, [photo])

    def see(self, actor: Actor, photo_id: str) -> tuple[Photo, list[ContourCorrection]]:
        """The photo, and every correction there was."""
        with self._database.writing(actor.tenant) as session:
            photo = Photos(session, actor.tenant).get(photo_id)
            record(session, actor, Action.CORRECTIONS_READ, photo_id)
            return photo, Corrections(session, actor.tenant).history_of(photo_id)

    def _place(
        self, actor: Actor, photo_id: str, side: Side, contour: ContourName, new: NewCorrection
    ) -> ContourCorrection:
        with self._database.writing(actor.tenant) as session:
            photo = Photos(session, actor.tenant).get(photo_id)
            _check(photo, _placed(side, contour, new))
            corrections, shape = Corrections(session, actor.tenant), new.shape.model_dump_json()
            current = corrections.current(photo.id, side, contour)
            if current is not None and (current.shape, current.corrected_by) == (shape, new.corrected_by):
                record(session, actor, Action.CORRECTIONS_READ, photo.id)
                return current
            if current is not None:
                _end(session, actor, current)
            row = corrections.add(
                ContourCorrection(
                    id=new_id(),
                    subject_id=photo.subject_id,
                    photo_id=photo.id,
                    side=side,
                    contour=contour,
                    shape=shape,
                    corrected_by=new.corrected_by,
                    set_by=actor.name,
                )
            )
            record(session, actor, Action.CORRECTION_PLACED, row.id)
            measure_anew(session, actor.tenant, self._jobs, [photo])
            return row


def _end(session: Session, actor: Actor, row: ContourCorrection) -> None:
    row.ended_at, row.ended_by = now(), actor.name
    session.flush()


def _placed(side: Side, contour: ContourName, new: NewCorrection) -> PlacedContour:
    if (contour is ContourName.IRIS) != (new.points is None):
        wanted = "centre and radius" if contour is ContourName.IRIS else "points"
        raise ServiceError(ProblemCode.INVALID_CORRECTION, f"Give the {wanted} of the {contour.replace('_', ' ')}.")
    return PlacedContour(**new.model_dump(), side=side, contour=contour)


def _check(photo: Photo, placed: PlacedContour) -> None:
    document = measured_document(photo)
    if document is None:
        queued = photo.status == PhotoStatus.QUEUED
        raise ServiceError(ProblemCode.NOT_READY if queued else ProblemCode.NO_CONTOURS)
    refused = refusal(placed.correction, _geometry(document))
    if isinstance(refused, CorrectionRefused):
        raise ServiceError(ProblemCode.INVALID_CORRECTION, refused.reason)


def _geometry(document: MeasurementDocument) -> FaceGeometry:
    contours = {side: _shapes(found) for side, found in document.contours_px.items()}
    assert document.scale is not None  # noqa: S101  documents without a scale have no contours
    return FaceGeometry(document.size_px, document.scale.mm_per_px, {side: contours.get(side, {}) for side in Side})


def _shapes(found: SideContoursDocument) -> dict[ContourName, Circle | FloatArray]:
    """What the program found; where it found nothing, what a person placed before."""
    shapes: dict[ContourName, Circle | FloatArray] = {}
    for name in ContourName:
        shape = found.found.get(name) or getattr(found, name)
        if isinstance(shape, CircleDocument):
            shapes[name] = Circle(*shape.centre, shape.radius)
        elif shape is not None:
            shapes[name] = np.array(shape, dtype=np.float64)
    return shapes
