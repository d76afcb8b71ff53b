"""Having a subject's series brought up to date, in the transaction of what made that necessary."""

from sqlalchemy.orm import Session

from service.jobs import JobEngine, JobKind
from service.tenancy.tenant import TenantId


def update_series(session: Session, tenant: TenantId, jobs: JobEngine, subject_id: str) -> None:
    """Queue the update, unless one is queued that will see what this transaction writes."""
    jobs.enqueue_once(session, tenant, JobKind.UPDATE_SERIES, subject_id, subject_id)
