"""Blobs that no row names: judged by their age, erased once nobody has claimed them for a while more."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from service.blobs import BlobStore, StoredBlob
from service.blobs.vault import blob_prefix
from service.database import Database
from service.database.base import now
from service.reconciling.claims import claims_of
from service.reconciling.findings import Finding, FindingKind, Report
from service.tenancy.tenant import TenantId

SAFE_AGE: Final = timedelta(days=1)
"""No upload or job takes so long from its blob to its row."""
LAST_WAIT_S: Final = 60.0
_ERASED_AT_MOST: Final = 10_000

Wait = Callable[[float], bool]
"""Waits for so many seconds; True when the process is to end."""


class StoppedError(Exception):
    """The process is to end; the walk begins anew another time."""


class Orphans:
    """Those that a walk finds.

    The age is told by the keeper's clock and held against ours, and clocks jump. So what is old enough is erased only
    when it still has no row after a wait, which no clock shortens; without an age nobody else is at work, and it does
    not wait.
    """

    def __init__(self, database: Database, store: BlobStore, older_than: timedelta) -> None:
        self._database = database
        self._store = store
        self._older_than = older_than
        self._found: dict[tuple[TenantId, str], list[str]] = defaultdict(list)
        self._count = 0

    def judge(self, tenant: TenantId, subject_id: str, blobs: Iterable[StoredBlob], report: Report) -> None:
        """Put down those that are old enough."""
        young_from = now() - self._older_than
        for blob in blobs:
            if blob.kept_at > young_from:
                report.young += 1
            else:
                report.add(Finding(FindingKind.ORPHAN, blob.name))
                self._put_down(tenant, subject_id, blob.name)

    def erase(self, wait: Wait, report: Report) -> None:
        """Delete those that nobody has claimed meanwhile; at most ten thousand at once, the others another time."""
        if self._found and wait(min(LAST_WAIT_S, self._older_than.total_seconds())):
            raise StoppedError
        for (tenant, subject_id), names in self._found.items():
            claimed = self._claimed(tenant, subject_id)
            for name in names:
                if name not in claimed:
                    self._store.delete_under(name)
                report.repaired[FindingKind.ORPHAN] += 1

    def _put_down(self, tenant: TenantId, subject_id: str, name: str) -> None:
        if self._count < _ERASED_AT_MOST:
            self._found[tenant, subject_id].append(name)
            self._count += 1

    def _claimed(self, tenant: TenantId, subject_id: str) -> set[str]:
        with self._database.reading(tenant) as session:
            claims = claims_of(session, tenant, subject_id)
        return {f"{blob_prefix(tenant, subject_id)}/{claim.blob}" for claim in claims}
