"""Keeping a link when it is made, and finding out whether it still runs when it is opened."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from models.consent import Consent, Purpose, Region
from service.consents.permission import require_consent
from service.consents.repository import Consents
from service.database.base import new_id, now
from service.database.sharing_tables import ShareLink
from service.subjects.repository import Subjects
from service.tenancy.keys import opens_still
from service.tenancy.links import NO_COURSE, CohortLink, CorrectionLink, Link, ReportLink, SeriesLink
from service.tenancy.share_links import LinkKind, ShareLinks, is_running
from service.tenancy.tenant import Actor

AnyLink = TypeVar("AnyLink", ReportLink, SeriesLink, CohortLink, CorrectionLink)


@dataclass(frozen=True, slots=True)
class About:
    """Whom a link shows, and for which purpose; a cohort's shows nobody."""

    subject_id: str
    purpose: Purpose


def keep(session: Session, actor: Actor, link: AnyLink, about: About | None = None) -> AnyLink:
    """The link as it is to be signed: kept under an id, and ending with the consent that it rests on at the latest.

    Raises
    ------
    ServiceError
        Where consent to the purpose does not allow the whole face to be shown. To be shown in the clinic's own
        business nobody has to have agreed on record; once there is a record, it counts.
    """
    consent = None if about is None else _consent(session, actor, about)
    ends_at = None if consent is None else consent.ends_at
    expires_at = link.expires_at if ends_at is None else min(link.expires_at, ends_at)
    row = ShareLink(id=new_id(), made_by=actor.name, expires_at=expires_at, **_columns(link))
    if about is not None:
        row.subject_id, row.purpose = about.subject_id, about.purpose
    row.consent_id = None if consent is None else consent.id
    ShareLinks(session, actor.tenant).add(row)
    return replace(link, expires_at=expires_at, hangs_on=row.id)


def runs(session: Session, link: Link, at: datetime, *, opens: bool) -> bool:
    """Whether what the link hangs on is still there."""
    links = ShareLinks(session, link.tenant)
    row = links.find(link.hangs_on)
    if row is None:
        return isinstance(link, CorrectionLink) and opens_still(session, link.tenant, link.hangs_on)
    if not is_running(row, at):
        return False
    if opens and row.kind == _columns(link)["kind"]:  # a report's links to correct are no openings of the report
        links.note_opening(row, at)
    return True


def _consent(session: Session, actor: Actor, about: About) -> Consent | None:
    Subjects(session, actor.tenant).get_alone(about.subject_id)  # a withdrawal waits, then ends this link too
    latest = Consents(session, actor.tenant).latest(about.subject_id, about.purpose)
    if latest is None and about.purpose is Purpose.CLINICAL:
        return None
    return require_consent(session, actor.tenant, about.subject_id, about.purpose, Region.FACE, now())


def _columns(link: Link) -> dict[str, Any]:
    if isinstance(link, CohortLink):
        return {"kind": LinkKind.COHORT, "choice": link.choice, "may_correct": False}
    if isinstance(link, SeriesLink):
        course_id = None if link.course_id == NO_COURSE else link.course_id
        return {"kind": LinkKind.SERIES, "course_id": course_id, "may_correct": False}
    if isinstance(link, CorrectionLink):
        return {"kind": LinkKind.CORRECTION, "photo_id": link.photo_id, "may_correct": True}
    corrects = link.corrector is not None
    return {"kind": LinkKind.COMPARISON, "comparison_id": link.comparison_id, "may_correct": corrects}
