"""HTTP: the cohort, its page, table and link."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import HTMLResponse

from models.course import Phase
from service.cohort.claim import MAKERS, ClaimText, read_claim
from service.cohort.gathering import CohortViewer
from service.cohort.page import render_cohort_page
from service.cohort.schemas import NewCohortLink
from service.cohort.table import cohort_csv
from service.comparisons.schemas import LinkAnswer
from service.dependencies import Exporter, Reader, TheService
from service.documents.cohort import CohortDocument, CohortFilters
from service.errors import ProblemCode, ServiceError, problems
from service.fields import Day
from service.screens.way_back import way_back
from service.tenancy.links import choice_of
from service.texts import _

router = APIRouter(prefix="/v1", tags=["cohort"])

_C = ProblemCode


def _filters(
    kind: Annotated[str | None, Query(max_length=100, description="Kind of protocol.")] = None,
    since: Annotated[Day | None, Query(alias="from", description="First day of the end of the course.")] = None,
    until: Annotated[Day | None, Query(description="Last day of the end of the course.")] = None,
    phase: Annotated[Phase | None, Query(description="Phase of the visit at which the end is told.")] = None,
) -> CohortFilters:
    if since is not None and until is not None and since > until:
        raise ServiceError(_C.INVALID_REQUEST, "'from' must not lie after 'until'.")
    return CohortFilters(kind=kind, since=since, until=until, phase=phase)


Filters = Annotated[CohortFilters, Depends(_filters)]


@router.get("/cohort", responses=problems())
def get_cohort(actor: Reader, service: TheService, filters: Filters) -> CohortDocument:
    """See what courses changed over the clinic's subjects, without any of them being named.

    Of each subject the latest stored series counts, which a series becomes when its photos are compared. Of fewer than
    five subjects nothing is shown but how many are missing.
    """
    return CohortViewer(service.database).see(actor, filters).document


@router.get(
    "/cohort.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "The table."}, **problems()},
)
def get_cohort_csv(actor: Reader, service: TheService, filters: Filters) -> Response:
    """Get the cohort as one table for a spreadsheet."""
    text = cohort_csv(CohortViewer(service.database).see(actor, filters).document)
    headers = {"Content-Disposition": 'attachment; filename="cohort.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/cohort/report", response_class=HTMLResponse, responses=problems(_C.LINK_ENDED))
def get_cohort_report(
    request: Request, actor: Reader, service: TheService, filters: Filters, claim_percent: ClaimText = MAKERS
) -> HTMLResponse:
    """Open the cohort as a page, beside a claim of your choice. A browser comes here through a link."""
    seen = CohortViewer(service.database).see(actor, filters)
    claim, chooses = read_claim(claim_percent), not actor.comes_by_link
    home = way_back(request, "/app", _("Today"))
    return HTMLResponse(render_cohort_page(seen.document, claim, kinds=seen.kinds if chooses else None, home=home))


@router.post("/cohort/link", status_code=201, responses=problems(_C.INVALID_JSON))
def make_cohort_link(
    actor: Exporter, service: TheService, request: Request, new: NewCohortLink | None = None
) -> LinkAnswer:
    """Make a link that shows the page of this choice in a browser, nothing else, for 12 hours unless told otherwise.

    Its holder may hold another claim beside it, but not choose other subjects: two choices could tell of one.
    """
    wanted = new or NewCohortLink()
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=wanted.hours)
    link = CohortViewer(service.database).link(actor, choice_of(wanted.query), expires_at)
    page = request.url_for("get_cohort_report")
    url = page.include_query_params(**wanted.query, token=service.links.sign(link))
    return LinkAnswer(id=link.hangs_on, url=str(url), expires_at=link.expires_at)
