"""Pages: the camera."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from service.audit import Action, record
from service.database import Database
from service.database.tables import Photo, Visit
from service.dependencies import TheService
from service.documents import MeasurementDocument
from service.documents.records import SideContoursDocument
from service.photos.repository import Photos
from service.screens.days import Clock, clock_of
from service.screens.shell import IngestingMember, show
from service.screens.tiles import PHASES, visit_words
from service.subjects.history import baseline_photo_id
from service.subjects.repository import Subjects
from service.tenancy.tenant import Actor
from service.visits.repository import Visits

router = APIRouter(prefix="/app/camera", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Guide:
    """The photo that the new one shall match.

    Parameters
    ----------
    outline : the lines of its contours, each the points of an SVG polyline in the photo's pixels.
    """

    photo_id: str
    day: str
    size_px: tuple[int, int]
    outline: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits before the camera: the subject, the guide where there is one, and today's visits with their words."""

    subject_id: str
    reference: str
    guide: Guide | None
    today: Mapping[str, str]


@router.get("/{subject_id}")
def see_camera(subject_id: str, request: Request, member: IngestingMember, service: TheService) -> HTMLResponse:
    """A camera with the baseline photo laid over what it sees."""
    seat = seat_of(service.database, member.actor, subject_id, clock_of(request))
    return show(request, member, "camera.html", seat=seat, phases=PHASES)


def seat_of(database: Database, actor: Actor, subject_id: str, clock: Clock) -> Seat:
    """What the page needs to know, or ServiceError where there is no such subject."""
    with database.writing(actor.tenant) as session:
        photos = Photos(session, actor.tenant)
        subject = Subjects(session, actor.tenant).get(subject_id)
        visits = Visits(session, actor.tenant).of_subject(subject.id)
        chosen = baseline_photo_id(visits, photos.of_subject(subject.id))
        guide = photos.whole(chosen) if chosen else None
        record(session, actor, Action.PHOTO_READ if guide else Action.SUBJECT_READ, chosen or subject.id)
    begins = clock.begins(clock.today())
    today = {visit.id: visit_words(visit) for visit in visits if visit.taken_at >= begins}
    return Seat(subject.id, subject.reference, None if guide is None else _guide(guide, visits, clock), today)


def _guide(photo: Photo, visits: list[Visit], clock: Clock) -> Guide | None:
    if photo.document is None:
        return None
    document = MeasurementDocument.model_validate_json(photo.document)
    taken_at = next(visit.taken_at for visit in visits if visit.id == photo.visit_id)
    lines = (line for side in document.contours_px.values() for line in _lines(side))
    return Guide(photo.id, clock.day(taken_at), document.size_px, tuple(lines))


def _lines(side: SideContoursDocument) -> Iterator[str]:
    for line in (side.upper_lid, side.lower_lid, side.jawline, side.nasolabial_fold):
        if line is not None:
            yield " ".join(f"{x:.0f},{y:.0f}" for x, y in line)
