"""Pages: the subjects, and one subject."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from models.confounder import CONFOUNDERS
from models.course import MICROCURRENT
from service.database.tables import SubjectSeries
from service.dependencies import TheService
from service.documents.series import SeriesDocument
from service.reports.series import sparkline
from service.reports.series.first_screen import headline
from service.reports.series.tables import Table, tables
from service.screens.days import clock_of
from service.screens.shell import ReadingMember, show
from service.screens.tiles import PHASES
from service.subjects.history import HistoryDesk
from service.subjects.listing import SubjectLister
from service.tenancy.scope import Scope

router = APIRouter(prefix="/app/subjects", include_in_schema=False)

Part = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
After = Annotated[str | None, Query(max_length=64, pattern="^[0-9a-f]*$")]


@router.get("")
def see_subjects(
    request: Request, member: ReadingMember, service: TheService, q: Part = "", after: After = None
) -> HTMLResponse:
    """The clinic's subjects, or those whose reference contains what is searched for."""
    part = q.strip()
    seen = SubjectLister(service.database).page(member.actor, part or None, after, clock_of(request))
    return show(request, member, "subjects.html", seen=seen, part=part, first=after is None)


@router.get("/{subject_id}")
def see_subject(subject_id: str, request: Request, member: ReadingMember, service: TheService) -> HTMLResponse:
    """One subject: visits and photos in time, what the series says, and what can be done."""
    clock = clock_of(request)
    history = HistoryDesk(service.database).see(member.actor, subject_id, clock)
    found = _document(history.series)
    return show(
        request,
        member,
        "subject.html",
        subject=history,
        zone=clock.name,
        told=clock.told,
        headline="" if found is None else headline(found),
        tables=() if found is None else _told(tables(found)),
        spark_px=(sparkline.WIDTH, sparkline.HEIGHT),
        phases=PHASES,
        kinds=CONFOUNDERS,
        usual=MICROCURRENT,
        may_change=Scope.INGEST in member.actor.scopes,
        may_erase=Scope.ADMIN in member.actor.scopes,
    )


def _document(series: SubjectSeries | None) -> SeriesDocument | None:
    return None if series is None else SeriesDocument.model_validate_json(series.document)


def _told(found: tuple[Table, ...]) -> tuple[Table, ...]:
    """What a small chart can show; why others are missing is told by the report."""
    return tuple(table for table in found if table.slug != "missing")
