"""Whether a picture may be shown: what exports and links ask, each time anew."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.consent import Consent, ConsentState, Purpose, Region
from service.consents.repository import Consents, consent_of
from service.errors import ProblemCode, ServiceError
from service.tenancy.tenant import TenantId


def require_consent(
    session: Session, tenant: TenantId, subject_id: str, purpose: Purpose, region: Region, at: datetime
) -> Consent:
    """The consent on which a picture of ``region`` for ``purpose`` rests; whoever shows it keeps the consent's id.

    Raises
    ------
    ServiceError
        ``consent_missing``, with what is missing, where none allows it at this moment.
    """
    row = Consents(session, tenant).latest(subject_id, purpose)
    consent = None if row is None else consent_of(row)
    if consent is None or not consent.allows(region, at):
        raise ServiceError(ProblemCode.CONSENT_MISSING, _what_is_missing(consent, purpose, region, at))
    return consent


def still_given(
    session: Session, tenant: TenantId, consent_id: str, at: datetime, region: Region | None = None
) -> bool:
    """Whether what rests on this consent may still be shown.

    A record that was replaced counts as the one that took its place; one that was withdrawn ends for good, whatever is
    agreed to later. Without ``region``, all that the record allowed must still be allowed.
    """
    consents = Consents(session, tenant)
    row = consents.find(consent_id)
    if row is None:
        return False
    now_in_force = consent_of(consents.successor(row))
    wanted = consent_of(row).regions if region is None else {region}
    return all(now_in_force.allows(one, at) for one in wanted)


def _what_is_missing(consent: Consent | None, purpose: Purpose, region: Region, at: datetime) -> str:
    about = f"purpose '{purpose}'"
    if consent is None:
        return f"No consent to the {about} is recorded for this subject. Record it first."
    if consent.state(at) is ConsentState.WITHDRAWN:
        return f"Consent to the {about} was withdrawn."
    if consent.state(at) is ConsentState.EXPIRED:
        return f"Consent to the {about} ended on {consent.expires_on}. Record a new one first."
    return f"Consent to the {about} does not cover the region '{region}'."
