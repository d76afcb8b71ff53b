"""HTTP: confounders, and the catalogue of their kinds."""

from fastapi import APIRouter

from models.confounder import CONFOUNDERS
from service.confounders.desk import ConfounderDesk
from service.confounders.schemas import ConfounderAnswer, ConfounderKindAnswer, ConfounderPatch, NewConfounder
from service.dependencies import Ingester, Reader, RequestKey, TheService
from service.errors import ProblemCode, problems
from service.paging import After, Limit, Page

router = APIRouter(prefix="/v1", tags=["confounders"])

_C = ProblemCode


@router.post(
    "/subjects/{subject_id}/confounders",
    status_code=201,
    responses=problems(_C.SUBJECT_NOT_FOUND, _C.INVALID_JSON, _C.KEY_REUSED),
)
def make_confounder(
    subject_id: str, new: NewConfounder, actor: Ingester, service: TheService, key: RequestKey = None
) -> ConfounderAnswer:
    """Record something beside the course that may explain a change. The series marks it, or stops before it."""
    return ConfounderAnswer.of(ConfounderDesk(service.database, service.jobs).make(actor, subject_id, new, key))


@router.get("/subjects/{subject_id}/confounders", responses=problems(_C.SUBJECT_NOT_FOUND))
def list_confounders(
    subject_id: str, actor: Reader, service: TheService, after: After = None, limit: Limit = 50
) -> Page[ConfounderAnswer]:
    """List a subject's confounders."""
    rows = ConfounderDesk(service.database, service.jobs).page(actor, subject_id, after, limit)
    return Page.of(rows, limit, ConfounderAnswer.of)


@router.get("/confounders/{confounder_id}", responses=problems(_C.CONFOUNDER_NOT_FOUND))
def get_confounder(confounder_id: str, actor: Reader, service: TheService) -> ConfounderAnswer:
    """See a confounder."""
    return ConfounderAnswer.of(ConfounderDesk(service.database, service.jobs).see(actor, confounder_id))


@router.patch("/confounders/{confounder_id}", responses=problems(_C.CONFOUNDER_NOT_FOUND, _C.INVALID_JSON))
def change_confounder(
    confounder_id: str, patch: ConfounderPatch, actor: Ingester, service: TheService
) -> ConfounderAnswer:
    """Change what is sent of a confounder, for instance that it ended; the rest stays."""
    return ConfounderAnswer.of(ConfounderDesk(service.database, service.jobs).change(actor, confounder_id, patch))


@router.delete("/confounders/{confounder_id}", status_code=204, responses=problems(_C.CONFOUNDER_NOT_FOUND))
def delete_confounder(confounder_id: str, actor: Ingester, service: TheService) -> None:
    """Delete a confounder that was recorded by mistake. One that ended is changed instead."""
    ConfounderDesk(service.database, service.jobs).delete(actor, confounder_id)


@router.get("/confounder-kinds", responses=problems())
def list_confounder_kinds(_actor: Reader) -> list[ConfounderKindAnswer]:
    """See which kinds of confounders there are, what each does to a series, and for how long."""
    return [ConfounderKindAnswer.of(entry) for entry in CONFOUNDERS.values()]
