"""The audit trail: one row per making, reading or erasing, in the transaction of the deed where it writes."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sqlalchemy import event
from sqlalchemy.orm import Session

from service.audit.chain import seal
from service.audit.rows import AuditRows, Head
from service.database import AUDIT_KEY
from service.database.base import now
from service.database.tables import AuditRow
from service.tenancy.tenant import Actor, TenantId

_WAITING: Final = "audit_rows"


class Action(StrEnum):
    """What was done."""

    SUBJECTS_LISTED = "subjects_listed"
    SUBJECT_READ = "subject_read"
    SUBJECT_MADE = "subject_made"
    SUBJECT_ERASED = "subject_erased"
    COURSE_MADE = "course_made"
    COURSE_CHANGED = "course_changed"
    COURSE_DELETED = "course_deleted"
    COURSES_READ = "courses_read"
    CONFOUNDER_MADE = "confounder_made"
    CONFOUNDER_CHANGED = "confounder_changed"
    CONFOUNDER_DELETED = "confounder_deleted"
    CONFOUNDERS_READ = "confounders_read"
    VISITS_READ = "visits_read"
    VISIT_MADE = "visit_made"
    VISIT_CHANGED = "visit_changed"
    VISIT_DELETED = "visit_deleted"
    PHOTO_DELETED = "photo_deleted"
    PHOTO_UPLOADED = "photo_uploaded"
    PHOTOS_LISTED = "photos_listed"
    PHOTO_READ = "photo_read"
    FILE_READ = "file_read"
    OVERLAY_READ = "overlay_read"
    THUMBNAIL_READ = "thumbnail_read"
    POSE_HINTS_READ = "pose_hints_read"
    COMPARISON_MADE = "comparison_made"
    COMPARISONS_LISTED = "comparisons_listed"
    COMPARISON_READ = "comparison_read"
    ALIGNED_READ = "aligned_read"
    REPORT_READ = "report_read"
    REPORT_PDF_READ = "report_pdf_read"
    SERIES_READ = "series_read"
    SERIES_REPORT_READ = "series_report_read"
    SERIES_CSV_READ = "series_csv_read"
    SERIES_PDF_READ = "series_pdf_read"
    COMPARISON_FHIR_READ = "comparison_fhir_read"
    PHOTO_FHIR_READ = "photo_fhir_read"
    PHOTO_DICOM_READ = "photo_dicom_read"
    DUE_READ = "due_read"
    LINK_MADE = "link_made"
    LINKS_READ = "links_read"
    LINK_REVOKED = "link_revoked"
    EXPORT_MADE = "export_made"
    EXPORTS_LISTED = "exports_listed"
    EXPORT_READ = "export_read"
    EXPORT_FILE_READ = "export_file_read"
    EXPORT_PREVIEWED = "export_previewed"
    HONEST_PAIR_READ = "honest_pair_read"
    PUBLICATION_NOTED = "publication_noted"
    PUBLICATION_CHANGED = "publication_changed"
    CONSENT_RECORDED = "consent_recorded"
    CONSENT_REPLACED = "consent_replaced"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENTS_READ = "consents_read"
    IRIS_DIAMETER_SET = "iris_diameter_set"
    IRIS_DIAMETER_READ = "iris_diameter_read"
    IRIS_DIAMETER_WITHDRAWN = "iris_diameter_withdrawn"
    CORRECTION_PLACED = "correction_placed"
    CORRECTION_WITHDRAWN = "correction_withdrawn"
    CORRECTIONS_READ = "corrections_read"
    PICTURE_READ = "picture_read"
    COHORT_READ = "cohort_read"
    STUDY_MADE = "repeatability_study_made"
    STUDIES_LISTED = "repeatability_studies_listed"
    STUDY_READ = "repeatability_study_read"
    STUDY_WITHDRAWN = "repeatability_study_withdrawn"
    ERASURE_READ = "erasure_read"
    WEBHOOK_MADE = "webhook_made"
    WEBHOOKS_LISTED = "webhooks_listed"
    WEBHOOK_READ = "webhook_read"
    WEBHOOK_TESTED = "webhook_tested"
    WEBHOOK_DELIVERIES_READ = "webhook_deliveries_read"
    WEBHOOK_DISABLED = "webhook_disabled"
    WEBHOOK_REMOVED = "webhook_removed"
    PERSON_MADE = "person_made"
    PERSON_CHANGED = "person_changed"
    PERSON_ENDED = "person_ended"
    PEOPLE_LISTED = "people_listed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  what was done
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    INVITATION_MADE = "invitation_made"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    KEY_MADE = "key_made"
    KEY_REVOKED = "key_revoked"
    CLINIC_CHANGED = "clinic_changed"
    AUDIT_READ = "audit_read"
    AUDIT_VERIFIED = "audit_verified"


class Whole(StrEnum):
    """What the audit calls that which has no id: a list over the whole clinic, and what is made of it."""

    SUBJECTS = "subjects"
    PHOTOS = "photos"
    COMPARISONS = "comparisons"
    DUE = "due"
    STUDIES = "repeatability_studies"
    COHORT = "cohort"
    WEBHOOKS = "webhooks"
    PEOPLE = "people"
    CLINIC = "clinic"
    LINKS = "links"
    EXPORTS = "exports"
    CONSENTS = "consents"
    AUDIT = "audit"


def record(
    session: Session, actor: Actor, action: Action, target: str, counts: Mapping[str, int] | None = None
) -> None:
    """Write one row of ids; never a reference, note or name.

    The row is put into the chain last of all, when the transaction is about to be committed: the chain's head is then
    held for the commit alone, and no other lock is ever waited for while it is held.

    Parameters
    ----------
    counts : of an erasure, how many rows of each table went.
    """
    told = None if counts is None else json.dumps(counts, sort_keys=True)
    row = AuditRow(tenant_id=actor.tenant, at=now(), actor=actor.name, action=action, target=target, counts=told)
    if _WAITING not in session.info:
        session.info[_WAITING] = []
        event.listen(session, "before_commit", _append)
        event.listen(session, "after_rollback", _forget)
    session.info[_WAITING].append(row)


def _append(session: Session) -> None:
    waiting: list[AuditRow] = session.info[_WAITING]
    for tenant in sorted({row.tenant_id for row in waiting}):
        _append_to(session, TenantId(tenant), [row for row in waiting if row.tenant_id == tenant])
    waiting.clear()


def _append_to(session: Session, tenant: TenantId, rows: list[AuditRow]) -> None:
    chain, key = AuditRows(session, tenant), session.info[AUDIT_KEY]
    head = chain.hold_head()
    for row in rows:
        seal(key, row, head.count + 1, head.hash)
        head = Head(row.number, row.hash)
    session.add_all(rows)
    chain.move_head(head)


def _forget(session: Session) -> None:
    session.info[_WAITING].clear()
