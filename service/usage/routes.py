"""HTTP: a clinic's use of the service."""

from fastapi import APIRouter

from service.dependencies import Reader, TheService
from service.errors import problems
from service.limiting.storage import stored_by
from service.usage.schemas import UsageAnswer

router = APIRouter(prefix="/v1", tags=["usage"])


@router.get("/usage", responses=problems())
def get_usage(actor: Reader, service: TheService) -> UsageAnswer:
    """See how much the clinic stores and sends, and how much it may."""
    with service.database.reading(actor.tenant) as session:
        stored = stored_by(session, actor.tenant)
    return UsageAnswer.of(stored, service.limits.allowances.of(actor.tenant), service.limits.left(actor))
