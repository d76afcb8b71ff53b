"""Exports of one clinic, and where they were published."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from models.consent import Region
from service.consents.permission import still_given
from service.consents.withdrawal import Publication
from service.database.export_tables import Export, ExportPublication
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository
from service.tenancy.tenant import TenantId


class ExportStatus(StrEnum):
    """What became of an export."""

    QUEUED = "queued"
    MADE = "made"
    REFUSED = "refused"
    """The pair cannot be published like this; ``failure`` says why."""
    FAILED = "failed"
    """It could not be drawn or signed; ``failure`` says what to do."""


class Exports(TenantRepository[Export]):
    """The clinic's exports."""

    row = Export
    absent = ProblemCode.EXPORT_NOT_FOUND

    def newest(self, before: str | None, limit: int, subject_id: str | None = None) -> list[Export]:
        """Up to ``limit`` exports older than the one called ``before``, the newest first."""
        query = self._select().order_by(Export.id.desc()).limit(limit)
        query = query if before is None else query.where(Export.id < before)
        return list(self.session.scalars(query if subject_id is None else query.where(Export.subject_id == subject_id)))

    def of_comparison(self, comparison_id: str) -> list[Export]:
        """All of one pair."""
        return self.every(Export.comparison_id == comparison_id)

    def on(self, consent_ids: Collection[str]) -> list[Export]:
        """All that rest on one of these records of consent."""
        return self.every(Export.consent_id.in_(consent_ids))


class ExportPublications(TenantRepository[ExportPublication]):
    """Where the clinic's exports were published."""

    row = ExportPublication
    absent = ProblemCode.EXPORT_NOT_FOUND

    def of(self, export_ids: Collection[str]) -> list[ExportPublication]:
        """Those of some exports, the oldest first."""
        return self.every(ExportPublication.export_id.in_(export_ids))


def ended_of(session: Session, tenant: TenantId, exports: Iterable[Export], at: datetime) -> frozenset[str]:
    """Ids of those whose consent was withdrawn or ran out, or no longer covers what they show."""
    wanted = {(export.consent_id, export.region) for export in exports}
    given = {one: still_given(session, tenant, one[0], at, Region(one[1])) for one in wanted}
    return frozenset(export.id for export in exports if not given[export.consent_id, export.region])


class ExportsOnConsents:
    """What rests on consents among the exports, for whoever withdraws one."""

    def exports_on(self, session: Session, tenant: TenantId, consent_ids: Collection[str]) -> list[str]:
        """Ids of the exports that rest on these records, whether they are shut by now or not."""
        return [export.id for export in Exports(session, tenant).on(consent_ids)]

    def publications_of(self, session: Session, tenant: TenantId, consent_ids: Collection[str]) -> list[Publication]:
        """Where those exports were published, the oldest first."""
        consents = {export.id: export.consent_id for export in Exports(session, tenant).on(consent_ids)}
        return [
            Publication(
                one.id, one.export_id, consents[one.export_id], one.where, one.url, one.published_on, one.taken_down_on
            )
            for one in ExportPublications(session, tenant).of(consents)
        ]
