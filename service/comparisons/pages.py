"""Pages: a comparison, wherever it stands."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from service.comparisons.repository import ComparisonStatus
from service.comparisons.viewing import ComparisonViewer
from service.database.tables import Comparison
from service.dependencies import TheService
from service.documents import ComparisonDocument, RefusedDocument
from service.reports.flags import told
from service.screens.shell import ReadingMember, show
from service.screens.tiles import Reason

router = APIRouter(prefix="/app/comparisons", include_in_schema=False)


@router.get("/{comparison_id}")
def see_comparison(comparison_id: str, request: Request, member: ReadingMember, service: TheService) -> Response:
    """The report; until there is one, that it is being made; where there is none, why."""
    viewer = ComparisonViewer(service.database, service.vaults)
    pair = viewer.see(member.actor, comparison_id)
    if pair.aligned_before_blob is not None and pair.status == ComparisonStatus.COMPARED:
        return RedirectResponse(f"/v1/comparisons/{pair.id}/report", 303)
    waiting = pair.status == ComparisonStatus.QUEUED
    return show(request, member, "comparison.html", pair=pair, waiting=waiting, reasons=_why(pair))


def _why(pair: Comparison) -> tuple[Reason, ...]:
    if pair.document is None or pair.status in {ComparisonStatus.QUEUED, ComparisonStatus.FAILED}:
        return () if pair.failure is None else (Reason(pair.failure, ""),)
    if pair.status == ComparisonStatus.REFUSED:
        refused = RefusedDocument.model_validate_json(pair.document).refused
        return (Reason(*told(refused)),)
    flags = ComparisonDocument.model_validate_json(pair.document).comparability.flags
    return tuple(Reason(*told(flag)) for flag in flags)
