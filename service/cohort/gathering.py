"""Gathering the clinic's stored series into a cohort."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from analysis.cohort import summarise
from models.cohort import FEWEST_SUBJECTS, CohortMember
from service.audit import Action, Whole, record
from service.cohort.members import StoredCourse, TakenPart, latest_of_each
from service.database import Database
from service.documents.cohort import CohortDocument, CohortFilters, cohort_document
from service.series.repository import StoredSeries
from service.tenancy.keeping_links import keep
from service.tenancy.links import CohortLink
from service.tenancy.scope import Scope
from service.tenancy.tenant import Actor, TenantId

_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class SeenCohort:
    """A cohort as it was asked for, and the kinds of protocol that the reader may choose from."""

    document: CohortDocument
    kinds: tuple[str, ...]


class CohortViewer:
    """Reads the cohort for an actor."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def see(self, actor: Actor, filters: CohortFilters) -> SeenCohort:
        """The cohort of the series as they are stored now; the reading is audited."""
        with self._database.writing(actor.tenant) as session:
            record(session, actor, Action.COHORT_READ, Whole.COHORT)
        with self._database.reading(actor.tenant) as session:
            courses = list(_stored(session, actor.tenant))
        chosen, all_of_them = latest_of_each(courses, filters), CohortFilters()
        everybody = chosen if filters == all_of_them else latest_of_each(courses, all_of_them)
        return SeenCohort(_document(chosen, filters), _choice(everybody.members))

    def link(self, actor: Actor, choice: str, expires_at: datetime) -> CohortLink:
        """Permission to read the page of this choice; ServiceError where the actor may not read it themselves."""
        actor.require(Scope.READ)
        with self._database.writing(actor.tenant) as session:
            record(session, actor, Action.LINK_MADE, Whole.COHORT)
            return keep(session, actor, CohortLink(actor.tenant, choice, expires_at))


def cohort_now(session: Session, tenant: TenantId) -> CohortDocument:
    """All of the clinic's subjects, for a sentence that another record tells; that record has the audit."""
    return _document(latest_of_each(_stored(session, tenant), CohortFilters()), CohortFilters())


def _document(chosen: TakenPart, filters: CohortFilters) -> CohortDocument:
    return cohort_document(summarise(chosen.members), filters, sorted(chosen.method_versions))


def _choice(members: Iterable[CohortMember]) -> tuple[str, ...]:
    """Kinds of protocol that enough subjects had, the commonest first."""
    counts = Counter(member.kind for member in members)
    return tuple(kind for kind, count in counts.most_common() if count >= FEWEST_SUBJECTS)


def _stored(session: Session, tenant: TenantId) -> Iterator[tuple[str, StoredCourse]]:
    """Each stored series with whose it is, a few at a time."""
    after: str | None = None
    stored = StoredSeries(session, tenant)
    while rows := stored.page(after=after, limit=_AT_ONCE):
        for row in rows:
            yield row.subject_id, StoredCourse.read(row.cohort or stored.document_of(row))
        after = rows[-1].id
        session.expunge_all()
