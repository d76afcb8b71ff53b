"""Repeating erasures and withdrawals that a restored copy does not know of, from an export of the audit that does."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pydantic import ValidationError

from models.errors import LiftmarkError
from service.audit.chain import is_genuine
from service.audit.schemas import AuditAnswer
from service.audit.trail import Action
from service.blobs.vault import Vaults
from service.consents.desk import ConsentDesk
from service.database import Database
from service.database.tables import AuditRow
from service.errors import ServiceError
from service.exports.repository import ExportsOnConsents
from service.jobs import JobEngine
from service.links.desk import LinkDesk
from service.photos.erasing import PhotoEraser
from service.subjects.registry import SubjectRegistry
from service.tenancy.tenant import Actor, TenantId
from service.visits.diary import Diary

BY: Final = "system:erase-again"

Erase = Callable[[Actor, str], object]


class NoExportError(LiftmarkError):
    """The file is no export of this service's audit."""


class ErasingAgain:
    """Erases what the rows of an export say was erased, and ends what they say was withdrawn, replaced or revoked.

    The record that took a consent's place is not in the copy; so the older one ends, and has to be recorded anew.

    Each row must carry the seal of this service's own audit: nobody else can have anything erased by a file.
    """

    def __init__(self, database: Database, vaults: Vaults, jobs: JobEngine) -> None:
        self._key = database.audit_key
        self._how: Mapping[str, Erase] = MappingProxyType(
            {
                Action.SUBJECT_ERASED: SubjectRegistry(database, vaults, jobs).erase,
                Action.VISIT_DELETED: Diary(database, jobs).delete,
                Action.PHOTO_DELETED: PhotoEraser(database, jobs).erase,
                Action.CONSENT_WITHDRAWN: ConsentDesk(database, ExportsOnConsents()).withdraw_record,
                Action.CONSENT_REPLACED: ConsentDesk(database, ExportsOnConsents()).withdraw_record,
                Action.LINK_REVOKED: LinkDesk(database).revoke,
            }
        )

    def erase_all(self, export: Path) -> Counter[str]:
        """Erase what is still there, once the whole file was read; how many of each kind that were.

        Raises
        ------
        NoExportError
            Where a line is no row of this service's audit. Nothing was erased then.
        """
        done: Counter[str] = Counter()
        for actor, action, target in self._erasures(export):
            try:
                self._how[action](actor, target)
            except ServiceError:  # it is not there: erased before the copy was made, or with what it hung on
                continue
            done[action] += 1
        return done

    def _erasures(self, export: Path) -> list[tuple[Actor, str, str]]:
        rows = _rows(export.read_text(encoding="utf-8").splitlines())
        return [
            (Actor(TenantId(row.tenant_id), BY, frozenset()), row.action, row.target)
            for row in self._genuine(rows)
            if row.action in self._how
        ]

    def _genuine(self, rows: Iterable[AuditRow]) -> Iterable[AuditRow]:
        for row in rows:
            if not is_genuine(self._key, row):
                raise NoExportError(f"Row {row.number} was not written by this service, or was changed.")
            yield row


def _rows(lines: Iterable[str]) -> Iterable[AuditRow]:
    for number, line in enumerate(lines, 1):
        try:
            told = AuditAnswer.model_validate_json(line)
            clinic = json.loads(line)["clinic"]
        except (ValidationError, KeyError) as error:
            raise NoExportError(f"Line {number} is no row of an export of the audit.") from error
        counts = None if told.counts is None else json.dumps(told.counts, sort_keys=True)
        yield AuditRow(tenant_id=clinic, **{**told.model_dump(), "counts": counts})
