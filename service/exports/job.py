"""The job that draws an export, signs it and keeps it."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from models.publishing import Layout
from service.analysing import Analyser
from service.blobs.vault import SubjectVault, Vaults
from service.database import Database
from service.database.base import now
from service.database.export_tables import Export
from service.documents.publishing import PublishedDocument
from service.errors import PROBLEMS, ServiceError
from service.exports.certificate import CertificateError
from service.exports.credentials import Credentials, Provenance, manifests
from service.exports.ordering import PairToPublish
from service.exports.repository import Exports, ExportStatus, ended_of
from service.exports.schemas import ExportOptions, ExportTexts
from service.exports.slider import slider_page
from service.exports.viewing import ENDINGS, zipped
from service.jobs import Job, JobEngine
from service.sandbox import PublishOutcome
from service.subjects.repository import Subjects

_log = logging.getLogger(__name__)

_GIVEN_UP: Final = "The picture could not be drawn. Try another size or another pair."
_NO_CONSENT: Final = "The consent ended before the picture was drawn."
_NOT_SIGNED: Final = (
    "The content credentials could not be signed. Whoever runs the service has to look at the certificate."
)


@dataclass(frozen=True, slots=True)
class _Made:
    """What an attempt came to; without a file ``status`` and ``failure`` say why."""

    status: ExportStatus
    failure: str | None = None
    document: PublishedDocument | None = None
    media_type: str | None = None
    content: bytes = b""
    draft_jpeg: bytes = b""


class MakeExport:
    """Draws, signs and keeps. Consent is asked for before drawing, and again by whoever gives the file out."""

    def __init__(
        self, database: Database, vaults: Vaults, jobs: JobEngine, analyser: Analyser, credentials: Credentials
    ) -> None:
        self._database = database
        self._vaults = vaults
        self._jobs = jobs
        self._analyser = analyser
        self._credentials = credentials

    def __call__(self, job: Job) -> None:
        """Make it; or say that it failed, when each earlier attempt crashed."""
        with self._database.reading(job.tenant) as session:
            export = Exports(session, job.tenant).get(job.target)
            vault = self._vaults.of(Subjects(session, job.tenant).get(export.subject_id))
        self._keep(job, vault, _Made(ExportStatus.FAILED, _GIVEN_UP) if job.is_poison else self._attempt(job, export))

    def _attempt(self, job: Job, export: Export) -> _Made:
        with self._database.reading(job.tenant) as session:
            if ended_of(session, job.tenant, [export], now()):
                return _Made(ExportStatus.FAILED, _NO_CONSENT)
            try:
                pair = PairToPublish.of(session, job.tenant, self._vaults, export.comparison_id)
            except ServiceError as error:  # it is being compared anew, or was refused since
                return _Made(ExportStatus.FAILED, f"{PROBLEMS[error.code].title}. {error.detail}")
        return self._made(export, pair)

    def _made(self, export: Export, pair: PairToPublish) -> _Made:
        options = ExportOptions.model_validate_json(export.options)
        texts = ExportTexts.model_validate_json(export.texts)
        drawn = pair.drawn_by(self._analyser, options, texts)
        if drawn.document.refused is not None:
            return _Made(ExportStatus.REFUSED, drawn.document.refused, drawn.document)
        told = Provenance(
            options, export.purpose, (pair.document.before.sha256, pair.document.after.sha256), drawn.document
        )
        try:
            signed = list(self._signed(told, drawn))
        except CertificateError:
            _log.error("content credentials were not signed", exc_info=True)
            return _Made(ExportStatus.FAILED, _NOT_SIGNED, drawn.document)
        media_type, content = _packed(signed, options, texts, drawn.document)
        return _Made(ExportStatus.MADE, None, drawn.document, media_type, content, drawn.draft_jpeg or b"")

    def _signed(self, told: Provenance, drawn: PublishOutcome) -> Iterator[bytes]:
        media_type = _picture_type(told.options)
        for picture, manifest in zip(drawn.files, manifests(told, media_type, len(drawn.files)), strict=True):
            yield self._credentials.sign(picture, media_type, manifest)

    def _keep(self, job: Job, vault: SubjectVault, made: _Made) -> None:
        blobs = (_kept(job, vault, "file", made.content), _kept(job, vault, "draft", made.draft_jpeg))
        with self._database.writing(job.tenant) as session:
            if self._jobs.finish(session, job):
                export = Exports(session, job.tenant).get(job.target)
                replaced = export.file_blob, export.draft_blob
                _write(export, made, blobs)
                blobs = replaced
        vault.delete(*blobs)


def _kept(job: Job, vault: SubjectVault, what: str, content: bytes) -> str | None:
    """Under a name of this attempt's own, so that a late attempt cannot replace another's."""
    return vault.put(f"exports/{job.target}/{what}-{job.id}-{job.attempts}", content) if content else None


def _write(export: Export, made: _Made, blobs: tuple[str | None, str | None]) -> None:
    export.status, export.failure, export.made_at = made.status, made.failure, now()
    export.document = None if made.document is None else made.document.model_dump_json()
    export.file_blob, export.draft_blob = blobs
    export.media_type = made.media_type
    export.sha256 = hashlib.sha256(made.content).hexdigest() if made.content else None
    export.size_bytes = len(made.content) or None


def _picture_type(options: ExportOptions) -> str:
    animated = {Layout.GIF: "image/gif", Layout.WEBP: "image/webp"}
    return animated.get(options.format, f"image/{options.image_type}")


def _packed(
    signed: Sequence[bytes], options: ExportOptions, texts: ExportTexts, document: PublishedDocument
) -> tuple[str, bytes]:
    """The file's type and content; pictures that stand alone have their caption beside them."""
    media_type = _picture_type(options)
    if options.format is Layout.SLIDER:
        assert document.size_px is not None  # noqa: S101  it was drawn
        return "text/html", slider_page(signed[0], signed[1], media_type, document.size_px, texts)
    if options.format is not Layout.PAIR:
        return media_type, signed[0]
    names = [f"{photo}.{ENDINGS[media_type]}" for photo in ("before", "after")]
    caption = [("caption.txt", "\n".join(texts.caption).encode())] if texts.caption else []
    return "application/zip", zipped(iter([*zip(names, signed, strict=True), *caption]))
