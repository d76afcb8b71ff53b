"""Giving out what may be published: files, drafts, and how fair a pair is. Consent is asked for each time."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from sqlalchemy.orm import Session

from models.consent import Purpose
from models.publishing import Layout
from service.analysing import Analyser
from service.audit import Action, record
from service.blobs.vault import SubjectVault, Vaults
from service.consents.permission import require_consent
from service.database import Database
from service.database.base import now
from service.database.export_tables import Export
from service.documents.publishing import HonestyDocument
from service.errors import ProblemCode, ServiceError
from service.exports.desk import require_format
from service.exports.ordering import PairToPublish, composed_texts
from service.exports.repository import Exports, ExportStatus, ended_of
from service.exports.schemas import ExportOptions, ExportTexts
from service.sandbox import PublishOutcome, WorkerCrashed
from service.subjects.repository import Subjects
from service.tenancy.tenant import Actor

ENDINGS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "text/html": "html",
    "application/zip": "zip",
}
_PLAIN: Final = ExportOptions(format=Layout.PAIR, caption=False)
_NO_TEXTS: Final = ExportTexts(before="", after="")


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A finished file; its name names nobody."""

    name: str
    media_type: str
    content: bytes


class ExportViewer:
    """Gives out files to an actor."""

    def __init__(self, database: Database, vaults: Vaults, archivist: Analyser) -> None:
        self._database = database
        self._vaults = vaults
        self._archivist = archivist

    def file(self, actor: Actor, export_id: str) -> ExportFile:
        """The file of an export.

        Raises
        ------
        ServiceError
            ``export_ended`` once the consent has ended, ``not_ready`` or ``no_export`` where there is no file.
        """
        return self._files(actor, [export_id])[0]

    def bundle(self, actor: Actor, export_ids: Sequence[str]) -> bytes:
        """The files of several exports as one zip: all of them, or ServiceError as of :meth:`file` and none."""
        return zipped(entry for file in self._files(actor, export_ids) for entry in _entries(file))

    def thumbnail(self, actor: Actor, export_id: str) -> bytes:
        """A small picture (JPEG) of what the file shows, under the same conditions."""
        with self._database.writing(actor.tenant) as session:
            export, vault = self._open(session, actor, export_id, Action.EXPORT_PREVIEWED)
        return vault.get(export.draft_blob or "")

    def preview(self, actor: Actor, comparison_id: str, purpose: Purpose, options: ExportOptions) -> bytes:
        """A small picture (JPEG) of what an export would be, or ServiceError where it would be refused."""
        require_format(options.format)
        with self._database.reading(actor.tenant) as session:
            pair = PairToPublish.of(session, actor.tenant, self._vaults, comparison_id)
            texts = composed_texts(session, actor.tenant, pair.comparison, options)
        with self._database.writing(actor.tenant) as session:
            require_consent(session, actor.tenant, pair.comparison.subject_id, purpose, options.region, now())
            record(session, actor, Action.EXPORT_PREVIEWED, comparison_id)
        drawn = self._drawn(pair, options, texts)
        if drawn.draft_jpeg is None:
            raise ServiceError(ProblemCode.NOT_PUBLISHABLE, drawn.document.refused)
        return drawn.draft_jpeg

    def honesty(self, actor: Actor, comparison_id: str) -> HonestyDocument:
        """How fair the pair is; no picture leaves with it, so no consent is needed."""
        with self._database.writing(actor.tenant) as session:
            pair = PairToPublish.of(session, actor.tenant, self._vaults, comparison_id)
            record(session, actor, Action.HONEST_PAIR_READ, comparison_id)
        told = self._drawn(pair, _PLAIN, _NO_TEXTS).document
        if told.honesty is None:
            raise ServiceError(ProblemCode.NOT_PUBLISHABLE, told.refused)
        return told.honesty

    def _drawn(self, pair: PairToPublish, options: ExportOptions, texts: ExportTexts) -> PublishOutcome:
        try:
            return pair.drawn_by(self._archivist, options, texts, draft=True)
        except WorkerCrashed:
            raise ServiceError(ProblemCode.NOT_PUBLISHABLE) from None

    def _files(self, actor: Actor, export_ids: Sequence[str]) -> list[ExportFile]:
        with self._database.writing(actor.tenant) as session:
            opened = [self._open(session, actor, one, Action.EXPORT_FILE_READ) for one in dict.fromkeys(export_ids)]
        return [_file(export, vault) for export, vault in opened]

    def _open(self, session: Session, actor: Actor, export_id: str, action: Action) -> tuple[Export, SubjectVault]:
        export = Exports(session, actor.tenant).get(export_id)
        if ended_of(session, actor.tenant, [export], now()):
            raise ServiceError(ProblemCode.EXPORT_ENDED)
        if export.status != ExportStatus.MADE:
            queued = export.status == ExportStatus.QUEUED
            raise ServiceError(ProblemCode.NOT_READY if queued else ProblemCode.NO_EXPORT, export.failure)
        record(session, actor, action, export.id)
        return export, self._vaults.of(Subjects(session, actor.tenant).get(export.subject_id))


def zipped(entries: Iterator[tuple[str, bytes]]) -> bytes:
    """A zip of what is compressed already, the same bytes for the same content."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as bundle:
        for name, content in entries:
            bundle.writestr(zipfile.ZipInfo(name), content)
    return written.getvalue()


def _entries(file: ExportFile) -> Iterator[tuple[str, bytes]]:
    """The file under its name; what is a zip itself as a folder."""
    if file.media_type != "application/zip":
        yield file.name, file.content
        return
    with zipfile.ZipFile(BytesIO(file.content)) as inner:
        for name in inner.namelist():
            yield f"{file.name.removesuffix('.zip')}/{name}", inner.read(name)


def _file(export: Export, vault: SubjectVault) -> ExportFile:
    media_type, options = export.media_type or "", ExportOptions.model_validate_json(export.options)
    name = f"{options.format}-{options.region}-{export.id}.{ENDINGS[media_type]}"
    return ExportFile(name, media_type, vault.get(export.file_blob or ""))
