"""The audit trail: one row per making, reading or erasing, in the transaction of the deed where it writes."""

from enum import StrEnum

from sqlalchemy.orm import Session

from service.database.tables import AuditRow
from service.tenancy.tenant import Actor


class Action(StrEnum):
    """What was done."""

    SUBJECT_MADE = "subject_made"
    SUBJECT_ERASED = "subject_erased"
    COURSE_MADE = "course_made"
    COURSE_CHANGED = "course_changed"
    COURSE_DELETED = "course_deleted"
    CONFOUNDER_MADE = "confounder_made"
    CONFOUNDER_CHANGED = "confounder_changed"
    CONFOUNDER_DELETED = "confounder_deleted"
    CONFOUNDERS_READ = "confounders_read"
    VISIT_MADE = "visit_made"
    VISIT_CHANGED = "visit_changed"
    VISIT_DELETED = "visit_deleted"
    PHOTO_DELETED = "photo_deleted"
    PHOTO_UPLOADED = "photo_uploaded"
    PHOTO_READ = "photo_read"
    FILE_READ = "file_read"
    OVERLAY_READ = "overlay_read"
    COMPARISON_MADE = "comparison_made"
    COMPARISON_READ = "comparison_read"
    ALIGNED_READ = "aligned_read"
    REPORT_READ = "report_read"
    REPORT_PDF_READ = "report_pdf_read"
    SERIES_READ = "series_read"
    SERIES_REPORT_READ = "series_report_read"
    SERIES_CSV_READ = "series_csv_read"
    SERIES_PDF_READ = "series_pdf_read"
    LINK_MADE = "link_made"
    IRIS_DIAMETER_SET = "iris_diameter_set"
    IRIS_DIAMETER_READ = "iris_diameter_read"
    IRIS_DIAMETER_WITHDRAWN = "iris_diameter_withdrawn"
    CORRECTION_PLACED = "correction_placed"
    CORRECTION_WITHDRAWN = "correction_withdrawn"
    CORRECTIONS_READ = "corrections_read"
    PICTURE_READ = "picture_read"
    COHORT_READ = "cohort_read"
    STUDY_MADE = "repeatability_study_made"
    STUDY_READ = "repeatability_study_read"
    STUDY_WITHDRAWN = "repeatability_study_withdrawn"


def record(session: Session, actor: Actor, action: Action, target: str) -> None:
    """Write one row of ids; never a reference, note or name."""
    session.add(AuditRow(tenant_id=actor.tenant, actor=actor.name, action=action, target=target))
