"""A subject's iris diameter as the clinic measured it, and all that rests on it."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from service.audit import Action, record
from service.database import Database, retry_on_clash
from service.database.base import new_id, now
from service.database.tables import IrisDiameter, Photo
from service.documents.given import RULER_MM, Placer
from service.errors import ProblemCode, ServiceError
from service.jobs import JobEngine
from service.measuring.anew import measure_anew
from service.photos.repository import Photos
from service.subjects.iris_repository import IrisDiameters
from service.subjects.repository import Subjects
from service.tenancy.tenant import Actor

_Millimetres = Annotated[float, Field(ge=9, le=15, description="Horizontal visible iris diameter, mm.")]


class NewIrisDiameter(BaseModel):
    """The horizontal visible iris diameter, mean of both eyes. Without an uncertainty it counts as read on a ruler."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"mm": 11.9, "measured_by": "Dr. A.", "instrument": "ruler"}]}
    )

    mm: _Millimetres
    measured_by: Placer
    standard_uncertainty_mm: float = Field(default=RULER_MM, ge=0.01, le=1)
    instrument: str | None = Field(default=None, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")


class IrisDiameterAnswer(BaseModel):
    """An iris diameter; ``key`` is the key it was set with. Ended when it was replaced or withdrawn."""

    id: str
    subject_id: str
    mm: float
    standard_uncertainty_mm: float
    measured_by: str
    instrument: str | None
    set_at: datetime
    key: str
    ended_at: datetime | None
    ended_by: str | None

    @classmethod
    def of(cls, row: IrisDiameter) -> Self:
        """From the row."""
        return cls(
            id=row.id,
            subject_id=row.subject_id,
            mm=row.mm,
            standard_uncertainty_mm=row.standard_uncertainty_mm,
            measured_by=row.measured_by,
            instrument=row.instrument,
            set_at=row.created_at,
            key=row.set_by,
            ended_at=row.ended_at,
            ended_by=row.ended_by,
        )


class IrisDiameterHistory(IrisDiameterAnswer):
    """The diameter in use, and every one there was, oldest first."""

    history: list[IrisDiameterAnswer]


class IrisDesk:
    """What is done with iris diameters. Each change has all of the subject's figures made anew."""

    def __init__(self, database: Database, jobs: JobEngine) -> None:
        self._database = database
        self._jobs = jobs

    def set_to(self, actor: Actor, subject_id: str, new: NewIrisDiameter) -> IrisDiameter:
        """The diameter, in use from now on; the same again changes nothing."""
        return retry_on_clash(lambda: self._set_to(actor, subject_id, new))

    def withdraw(self, actor: Actor, subject_id: str) -> None:
        """Take the average person's again; ServiceError where none was given."""
        with self._database.writing(actor.tenant) as session:
            current = _current(session, actor, subject_id)
            _end(session, actor, current)
            record(session, actor, Action.IRIS_DIAMETER_WITHDRAWN, current.id)
            self._rescale(session, actor, subject_id)

    def see(self, actor: Actor, subject_id: str) -> IrisDiameterHistory:
        """The diameter in use with its history, or ServiceError."""
        with self._database.writing(actor.tenant) as session:
            current = _current(session, actor, subject_id)
            record(session, actor, Action.IRIS_DIAMETER_READ, current.id)
            history = [
                IrisDiameterAnswer.of(row) for row in IrisDiameters(session, actor.tenant).history_of(subject_id)
            ]
            return IrisDiameterHistory(**IrisDiameterAnswer.of(current).model_dump(), history=history)

    def _set_to(self, actor: Actor, subject_id: str, new: NewIrisDiameter) -> IrisDiameter:
        with self._database.writing(actor.tenant) as session:
            subject, diameters = Subjects(session, actor.tenant).get(subject_id), IrisDiameters(session, actor.tenant)
            current, given = diameters.current(subject.id), new.model_dump()
            if current is not None and all(getattr(current, name) == value for name, value in given.items()):
                record(session, actor, Action.IRIS_DIAMETER_READ, current.id)
                return current
            if current is not None:
                _end(session, actor, current)
            row = diameters.add(IrisDiameter(id=new_id(), subject_id=subject.id, set_by=actor.name, **given))
            record(session, actor, Action.IRIS_DIAMETER_SET, row.id)
            self._rescale(session, actor, subject.id)
            return row

    def _rescale(self, session: Session, actor: Actor, subject_id: str) -> None:
        photos = Photos(session, actor.tenant).every(Photo.subject_id == subject_id)
        measure_anew(session, actor.tenant, self._jobs, photos)


def _current(session: Session, actor: Actor, subject_id: str) -> IrisDiameter:
    current = IrisDiameters(session, actor.tenant).current(Subjects(session, actor.tenant).get(subject_id).id)
    if current is None:
        raise ServiceError(ProblemCode.IRIS_DIAMETER_NOT_FOUND)
    return current


def _end(session: Session, actor: Actor, row: IrisDiameter) -> None:
    row.ended_at, row.ended_by = now(), actor.name
    session.flush()
