"""HTTP: consents."""

from fastapi import APIRouter

from models.consent import Purpose
from service.consents.desk import ConsentDesk
from service.consents.schemas import ConsentAnswer, ConsentsAnswer, NewConsent, Withdrawal, WithdrawalAnswer
from service.dependencies import Ingester, Reader, TheService
from service.errors import ProblemCode, problems

router = APIRouter(prefix="/v1/subjects/{subject_id}/consents", tags=["consents"])

_C = ProblemCode


@router.get("", responses=problems(_C.SUBJECT_NOT_FOUND))
def list_consents(subject_id: str, actor: Reader, service: TheService) -> ConsentsAnswer:
    """See what the subject agreed to: for each purpose whether it is given, expired, withdrawn or never was."""
    return ConsentDesk(service.database, service.resting_exports).see(actor, subject_id)


@router.put("/{purpose}", responses=problems(_C.SUBJECT_NOT_FOUND, _C.INVALID_JSON))
def give_consent(
    subject_id: str, purpose: Purpose, new: NewConsent, actor: Ingester, service: TheService
) -> ConsentAnswer:
    """Record the subject's consent to one purpose. It takes the place of the record before it, which is kept.

    Links that rest on it end with its last day; those that show more than it covers end now.
    """
    return ConsentDesk(service.database, service.resting_exports).give(actor, subject_id, purpose, new)


@router.delete("/{purpose}", responses=problems(_C.SUBJECT_NOT_FOUND, _C.CONSENT_NOT_FOUND, _C.INVALID_JSON))
def withdraw_consent(
    subject_id: str, purpose: Purpose, actor: Ingester, service: TheService, withdrawal: Withdrawal | None = None
) -> WithdrawalAnswer:
    """Withdraw the consent to one purpose. Each link and export that rests on it shows nothing from now on.

    The answer lists what was published before, and where: that, the clinic has to take down itself. Withdrawing twice
    is the same as once.
    """
    why = None if withdrawal is None else withdrawal.why
    return ConsentDesk(service.database, service.resting_exports).withdraw(actor, subject_id, purpose, why)
