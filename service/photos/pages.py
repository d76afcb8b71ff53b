"""Pages: uploading photos."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from service.assembly import Service
from service.audit import Action, record
from service.dependencies import TheService
from service.people.member import Member
from service.screens.shell import IngestingMember, show
from service.screens.tiles import PHASES, VIEWS
from service.subjects.repository import Subjects

router = APIRouter(prefix="/app", include_in_schema=False)

OfSubject = Annotated[str | None, Query(max_length=64, pattern="^[0-9a-f]*$")]


@router.get("/upload")
def see_upload(
    request: Request, member: IngestingMember, service: TheService, subject_id: OfSubject = None
) -> HTMLResponse:
    """Where photos are dropped, chosen or taken."""
    reference = "" if subject_id is None else _reference(service, member, subject_id)
    return show(request, member, "upload.html", reference=reference, phases=PHASES, views=VIEWS)


def _reference(service: Service, member: Member, subject_id: str) -> str:
    actor = member.actor
    with service.database.writing(actor.tenant) as session:
        subject = Subjects(session, actor.tenant).get(subject_id)
        record(session, actor, Action.SUBJECT_READ, subject.id)
        return subject.reference
