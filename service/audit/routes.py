"""HTTP: the clinic's audit, its verification, and the proof of an erasure."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query

from service.audit.anchor import AnchorError
from service.audit.anchoring import kept_anchors
from service.audit.desk import AuditDesk
from service.audit.rows import AuditFilter
from service.audit.schemas import AuditAnswer, ErasureAnswer, VerificationAnswer
from service.audit.trail import Action
from service.dependencies import Administrator, TheService
from service.errors import ProblemCode, ServiceError, problems
from service.fields import From, RecordId, Until, ends_before, starts_at
from service.paging import Page

router = APIRouter(prefix="/v1", tags=["audit"])

_LAST_NUMBER: Final = 2**31 - 1
_DAMAGED: Final = "The anchors of the audit are damaged; the operator's 'liftmark audit verify' says where."

Name = Annotated[str | None, Query(max_length=200, pattern="^[0-9a-z:/_-]*$")]
AfterNumber = Annotated[int, Query(ge=0, le=_LAST_NUMBER, description="`next` of the page before.")]
ManyRows = Annotated[int, Query(ge=10, le=1000, description="Rows on the page. Each page read is itself a row.")]


def _wanted(
    action: Action | None = None, target: Name = None, actor: Name = None, since: From = None, until: Until = None
) -> AuditFilter:
    return AuditFilter(
        action,
        target,
        actor,
        None if since is None else starts_at(since),
        None if until is None else ends_before(until),
    )


@router.get("/audit", responses=problems())
def list_audit(
    admin: Administrator,
    service: TheService,
    wanted: Annotated[AuditFilter, Depends(_wanted)],
    after: AfterNumber = 0,
    limit: ManyRows = 100,
) -> Page[AuditAnswer]:
    """See who did what to which of the clinic's records, and when."""
    rows = AuditDesk(service.database).page(admin, wanted, after, limit)
    following = str(rows[-1].number) if len(rows) == limit else None
    return Page(items=[AuditAnswer.of(row) for row in rows], next=following)


@router.get("/audit/verification", responses=problems(ProblemCode.UNAVAILABLE))
def verify_audit(admin: Administrator, service: TheService) -> VerificationAnswer:
    """Walk along the clinic's audit and say whether a row was edited, deleted, moved or forged, or its end cut off."""
    try:
        anchors = kept_anchors(service.settings.audit_anchors)
    except AnchorError as error:
        raise ServiceError(ProblemCode.UNAVAILABLE, _DAMAGED) from error
    return VerificationAnswer.of(AuditDesk(service.database).verify(admin, anchors))


@router.get("/erasures/{subject_id}", responses=problems(ProblemCode.ERASURE_NOT_FOUND, ProblemCode.UNAVAILABLE))
def get_erasure(subject_id: RecordId, admin: Administrator, service: TheService) -> ErasureAnswer:
    """Get the proof that a subject was erased: when, by whom, how much, and that nothing is left now."""
    return AuditDesk(service.database).erasure(admin, subject_id, service.vaults.store)
