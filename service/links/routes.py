"""HTTP: links that were made."""

from typing import Annotated

from fastapi import APIRouter, Query

from service.database.base import now
from service.dependencies import Exporter, TheService
from service.errors import ProblemCode, problems
from service.fields import RecordId
from service.links.desk import LinkDesk
from service.links.schemas import ShareLinkAnswer
from service.paging import After, Limit, Page
from service.tenancy.share_links import LinkFilter

router = APIRouter(prefix="/v1/links", tags=["links"])

_C = ProblemCode

OfSubject = Annotated[RecordId | None, Query(description="Those that show this subject.")]
OfComparison = Annotated[RecordId | None, Query(description="Those that show this comparison's report.")]
Running = Annotated[bool, Query(description="Those alone that open something now.")]


@router.get("", responses=problems(_C.SUBJECT_NOT_FOUND, _C.COMPARISON_NOT_FOUND))
def list_links(
    actor: Exporter,
    service: TheService,
    subject_id: OfSubject = None,
    comparison_id: OfComparison = None,
    running: Running = False,  # noqa: FBT002  a query's parameter
    after: After = None,
    limit: Limit = 50,
) -> Page[ShareLinkAnswer]:
    """List the clinic's links: who shared what, until when, and how often it was opened."""
    at = now()
    wanted = LinkFilter(subject_id, comparison_id, at if running else None)
    rows = LinkDesk(service.database).page(actor, wanted, after, limit)
    return Page.of(rows, limit, lambda row: ShareLinkAnswer.of(row, at))


@router.delete("/{link_id}", status_code=204, responses=problems(_C.LINK_NOT_FOUND))
def revoke_link(link_id: str, actor: Exporter, service: TheService) -> None:
    """End a link now, and all that hangs on it. Ending it twice is the same as once."""
    LinkDesk(service.database).revoke(actor, link_id)
