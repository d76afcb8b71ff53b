"""Putting all that is under another master key under the present one, beside the running service.

Only the keys that open blobs are wrapped anew, never the blobs: whoever had a copy of the database and the former key
has the subjects' own keys, and what they have read cannot be taken back from them.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from service.audit.rows import clinics_of
from service.blobs.key_ring import KeyRing, Sealed
from service.blobs.master_key import MasterKeyError, UnknownMasterKeyError
from service.database import Database
from service.database.engine import LogInUseError
from service.database.tables import Subject
from service.master_keys.secrets import reseal
from service.subjects.repository import Subjects
from service.tenancy.tenant import TenantId

_AT_ONCE: Final = 100

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a pass over all keys did.

    Parameters
    ----------
    rewrapped : keys of subjects, and secrets of the service, that are under the present key now and were not.
    unreadable : subjects whose key opens with none of the master keys; they were so before.
    left : subjects that came under another key meanwhile, by a process that does not know the present one yet.
    """

    rewrapped: int
    unreadable: int
    left: int


def rotate(database: Database, ring: KeyRing, advance: Advance = lambda _: None) -> Rotation:
    """Wrap in small transactions, each of which leaves every key readable; whoever is stopped begins anew.

    Parameters
    ----------
    advance : is told how many subjects were looked at since the last time.
    """
    seen = _Pass(database, ring, advance)
    for tenant in _clinics(database):
        seen.walk(tenant)
    with database.writing_across() as session:
        secrets = reseal(session, ring)
    with suppress(LogInUseError):  # the former wrapped keys go from SQLite's log when it is next emptied
        database.scrub()
    left = sum(under_others(database, ring).values()) - seen.unreadable
    return Rotation(seen.rewrapped + secrets, seen.unreadable, left)


def under_others(database: Database, ring: KeyRing) -> dict[str, int]:
    """How many subjects' keys are under each other key than the present one, by the key's id."""
    found: dict[str, int] = {}
    for tenant in _clinics(database):
        with database.reading(tenant) as session:
            for by, count in Subjects(session, tenant).counts_by_master_key().items():
                found[by] = found.get(by, 0) + count
    found.pop(ring.present.id, None)
    return found


def require_keys(database: Database, ring: KeyRing) -> None:
    """Raise MasterKeyError where a subject's key is under a master key that is not here, or opens with none."""
    unknown = set(under_others(database, ring)) - {key.id for key in ring.keys} - {""}
    if unknown:
        raise UnknownMasterKeyError(
            f"Photos here are under the master key {', '.join(sorted(unknown))}, which is not set. "
            "Name it in LIFTMARK_OTHER_MASTER_KEYS, or put it back into other-master.keys."
        )


class _Pass:
    """Goes over the subjects of one clinic after the other."""

    def __init__(self, database: Database, ring: KeyRing, advance: Advance) -> None:
        self._database = database
        self._ring = ring
        self._advance = advance
        self.rewrapped = 0
        self.unreadable = 0

    def walk(self, tenant: TenantId) -> None:
        after: str | None = ""
        while after is not None:
            with self._database.writing(tenant) as session:
                after = self._wrap_some(session, tenant, after)

    def _wrap_some(self, session: Session, tenant: TenantId, after: str) -> str | None:
        """The last subject's id; None where there was none."""
        subjects = Subjects(session, tenant).wrapped_by_others(self._ring.present.id, after, _AT_ONCE)
        for subject in subjects:
            self._wrap(subject)
        self._advance(len(subjects))
        return subjects[-1].id if subjects else None

    def _wrap(self, subject: Subject) -> None:
        try:
            key = self._ring.open(Sealed(subject.wrapped_key, subject.wrapped_by), subject.id)
        except MasterKeyError:
            self.unreadable += 1
            return
        sealed = self._ring.seal(key, subject.id)
        subject.wrapped_key, subject.wrapped_by = sealed.content, sealed.by
        self.rewrapped += 1


def _clinics(database: Database) -> list[TenantId]:
    with database.reading_across() as session:
        return [tenant for tenant, _ in clinics_of(session)]
