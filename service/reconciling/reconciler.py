"""Walks over all rows and blobs, a subject at a time.

Uploads and jobs put a blob first and write its row after it. So a subject's rows are read before its blobs are listed,
and what a row misses is looked for in the rows once more: a picture may have been replaced, a photo erased.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from service.audit.rows import clinics_of
from service.blobs.store import StoredBlob
from service.blobs.vault import Vaults, blob_prefix
from service.database import Database
from service.database.base import now
from service.database.tables import Subject
from service.jobs import JobEngine, JobKind
from service.reconciling.claims import JUDGED, Claim, claims_of
from service.reconciling.comparing import broken_claims
from service.reconciling.findings import Finding, FindingKind, Report
from service.reconciling.orphans import SAFE_AGE, Orphans, StoppedError, Wait
from service.subjects.repository import Subjects
from service.tenancy.tenant import TenantId

_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Compares rows and blobs, and repairs what can be repaired.

    Parameters
    ----------
    wait : as :data:`service.reconciling.orphans.Wait`.
    older_than : blobs without a row are judged from this age on; zero is right where nothing else is at work.
    deep : open each blob, and compare each upload with the digest in its row.
    rest_s : waited after each subject, so that the walk is in nobody's way.
    """

    database: Database
    vaults: Vaults
    jobs: JobEngine
    wait: Wait
    older_than: timedelta = SAFE_AGE
    deep: bool = False
    rest_s: float = 0.0

    def reconcile(self, *, repair: bool) -> Report:
        """Walk over all clinics.

        Raises
        ------
        StoppedError
            When ``wait`` said so.
        BlobsUnavailableError
            When the keeper of blobs does not work.
        """
        report, orphans = Report(), Orphans(self.database, self.vaults.store, self.older_than)
        for tenant in self._clinics():
            for subject in self._subjects(tenant):
                self._check(subject, report, orphans, repair=repair)
                if self.wait(self.rest_s):
                    raise StoppedError
            self._check_gone(tenant, report, orphans)
        if repair:
            orphans.erase(self.wait, report)
            report.unfinished = self.vaults.store.tidy(now() - self.older_than)
        return report

    def _clinics(self) -> list[TenantId]:
        with self.database.reading_across() as session:
            return [tenant for tenant, _ in clinics_of(session)]

    def _subjects(self, tenant: TenantId) -> Iterator[Subject]:
        page: list[Subject] | None = None
        while page is None or page:
            with self.database.reading(tenant) as session:
                page = Subjects(session, tenant).page_of_clinic(page[-1].id if page else None, _AT_ONCE)
            yield from page

    def _check(self, subject: Subject, report: Report, orphans: Orphans, *, repair: bool) -> None:
        tenant, prefix = TenantId(subject.tenant_id), blob_prefix(TenantId(subject.tenant_id), subject.id)
        claims = self._claims(tenant, subject.id)
        listed = self.vaults.store.blobs_under(prefix)
        stored = {blob.name.removeprefix(f"{prefix}/"): blob for blob in listed}
        report.count(len(claims), len(stored))
        broken = self._broken(subject, claims, stored)
        for claim, kind in broken.items():
            report.add(Finding(kind, f"{prefix}/{claim.blob}", claim.row))
        if repair:
            self._make_again(subject, broken, report)
        claimed = {claim.blob for claim in claims}
        unclaimed = (blob for name, blob in stored.items() if name.startswith(JUDGED) and name not in claimed)
        orphans.judge(tenant, subject.id, unclaimed, report)

    def _broken(
        self, subject: Subject, claims: Sequence[Claim], stored: Mapping[str, StoredBlob]
    ) -> dict[Claim, FindingKind]:
        """What does not hold, and is still claimed after that was seen."""
        opened = (lambda name: self.vaults.of(subject).get(name)) if self.deep else None
        broken = broken_claims(claims, stored, opened)
        still = set(self._claims(TenantId(subject.tenant_id), subject.id)) if broken else set()
        return {claim: kind for claim, kind in broken.items() if claim in still}

    def _make_again(self, subject: Subject, broken: Mapping[Claim, FindingKind], report: Report) -> None:
        """Queue what makes the pictures, where the uploads that they are made of are there."""
        lost = {claim.row for claim in broken if claim.made_by is None}
        for claim, kind in broken.items():
            is_of_lost = bool(lost) if claim.made_by is JobKind.COMPARE_PHOTOS else claim.row in lost
            if claim.made_by is not None and not is_of_lost:
                tenant = TenantId(subject.tenant_id)
                with self.database.writing(tenant) as session:
                    self.jobs.enqueue_once(session, tenant, claim.made_by, claim.row, subject.id)
                report.repaired[kind] += 1

    def _check_gone(self, tenant: TenantId, report: Report, orphans: Orphans) -> None:
        """Blobs of subjects that were erased: a killed process can leave some, or put one there late."""
        for ids in _in_groups(self.vaults.store.folders_under(tenant)):
            with self.database.reading(tenant) as session:
                known = {subject.id for subject in Subjects(session, tenant).every(Subject.id.in_(ids))}
            for subject_id in sorted(set(ids) - known):
                blobs = list(self.vaults.store.blobs_under(blob_prefix(tenant, subject_id)))
                report.blobs += len(blobs)
                orphans.judge(tenant, subject_id, blobs, report)

    def _claims(self, tenant: TenantId, subject_id: str) -> list[Claim]:
        with self.database.reading(tenant) as session:
            return claims_of(session, tenant, subject_id)


def _in_groups(ids: Iterable[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for one in ids:
        group.append(one)
        if len(group) == _AT_ONCE:
            yield group
            group = []
    yield group
