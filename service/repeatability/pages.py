"""Pages: repeatability studies, and the choice of visits for a new one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.anatomy import View
from models.measurand import MEASURANDS, MeasurandCode
from service.assembly import Service
from service.audit import Action, Whole, record
from service.database.tables import RepeatabilityStudy, Visit
from service.dependencies import TheService
from service.people.member import Member
from service.photos.repository import Photos, PhotoStatus
from service.repeatability.desk import StudyDesk
from service.repeatability.repository import Studies, StudyStatus, read_floors
from service.reports.words import figure, with_unit
from service.screens.days import Clock, clock_of
from service.screens.shell import IngestingMember, ReadingMember, show
from service.screens.tiles import visit_words
from service.subjects.repository import Subjects
from service.texts import N_, _
from service.visits.repository import Visits

router = APIRouter(prefix="/app/studies", include_in_schema=False)

_SHOWN: Final = 200
_STATES: Final = {
    StudyStatus.QUEUED: N_("Being compared"),
    StudyStatus.STUDIED: N_("Done"),
    StudyStatus.FAILED: N_("Failed"),
}

Reference = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True, slots=True)
class StudyLine:
    """A study in the list.

    Parameters
    ----------
    floors : what later comparisons count on: each measure with its SEM.
    """

    id: str
    name: str
    made: str
    place: str
    state: str
    usable: bool
    withdrawn: bool
    reported: bool
    floors: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VisitChoice:
    """A visit that a study may be made of, with the number of its frontal photos that were measured."""

    id: str
    words: str
    photos: int


@router.get("")
def see_studies(request: Request, member: ReadingMember, service: TheService) -> HTMLResponse:
    """The clinic's studies, the newest first, and what they say."""
    clock = clock_of(request)
    with service.database.writing(member.tenant) as session:
        record(session, member.actor, Action.STUDIES_LISTED, Whole.STUDIES)
        rows = Studies(session, member.tenant).page(limit=_SHOWN)
    return show(request, member, "studies.html", studies=[_line(row, clock) for row in reversed(rows)])


@router.get("/new")
def choose_visits(
    request: Request, member: IngestingMember, service: TheService, reference: Reference = ""
) -> HTMLResponse:
    """Whose visits, and which of them."""
    known, choices = _choices(service, member, reference.strip(), clock_of(request))
    return show(request, member, "study_new.html", reference=reference.strip(), known=known, choices=choices)


@router.get("/{study_id}")
def see_study(study_id: str, request: Request, member: ReadingMember, service: TheService) -> Response:
    """The study's report; until there is one, how much is still to come."""
    study = StudyDesk(service.database, service.jobs).see(member.actor, study_id)
    if study.result is not None:
        return RedirectResponse(f"/v1/repeatability-studies/{study.id}/report", 303)
    return show(request, member, "study.html", study=study, waiting=study.status == StudyStatus.QUEUED)


def _line(row: RepeatabilityStudy, clock: Clock) -> StudyLine:
    floors = read_floors(row).items()
    return StudyLine(
        id=row.id,
        name=row.name,
        made=clock.day(row.created_at),
        place=", ".join(word for word in (row.room, row.camera, row.operator) if word),
        state=_(_STATES[StudyStatus(row.status)]),
        usable=row.floors is not None and row.ended_at is None,
        withdrawn=row.ended_at is not None,
        reported=row.status == StudyStatus.STUDIED,
        floors=tuple((MEASURANDS[code].name, _with_unit(code, sem)) for code, sem in floors),
    )


def _with_unit(code: MeasurandCode, sem: float) -> str:
    unit = MEASURANDS[code].change_unit
    return with_unit(figure(sem, unit), unit)


def _choices(service: Service, member: Member, reference: str, clock: Clock) -> tuple[bool, list[VisitChoice]]:
    """Whether there is such a subject, and its visits that have photos, the newest first."""
    if not reference:
        return False, []
    with service.database.writing(member.tenant) as session:
        subject = Subjects(session, member.tenant).by_reference(reference)
        if subject is None:
            return False, []
        record(session, member.actor, Action.VISITS_READ, subject.id)
        record(session, member.actor, Action.PHOTOS_LISTED, subject.id)
        visits = Visits(session, member.tenant).of_subject(subject.id)
        photos = Photos(session, member.tenant).of_subject(subject.id)
    measured = Counter(
        photo.visit_id for photo in photos if photo.view == View.FRONTAL and photo.status == PhotoStatus.ANALYSED
    )
    return True, [_choice(visit, measured, clock) for visit in reversed(visits) if measured[visit.id]]


def _choice(visit: Visit, measured: Mapping[str, int], clock: Clock) -> VisitChoice:
    return VisitChoice(visit.id, f"{clock.day(visit.taken_at)}, {visit_words(visit)}", measured[visit.id])
