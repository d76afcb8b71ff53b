"""Counts what is asked of others: each part wrapped in one that does the same and counts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from models.anatomy import View
from service.analysing import Analyser
from service.blobs import BlobStore, BlobsUnavailableError, StoredBlob
from service.documents import GivenFloor, GivenSubject, PlacedContour, RefusedDocument, Shot
from service.documents.pose_hints import HeldHeadDocument, PoseHintsDocument
from service.documents.publishing import PublishingOrder
from service.jobs import Doer, Job
from service.jobs.runner import TRANSIENT
from service.observing.metrics import (
    ANALYSIS,
    ATTEMPTS_FAILED,
    BLOB_STORE_ERRORS,
    CRASHES,
    DATABASE_ERRORS,
    JOBS_FAILED,
    JOBS_FINISHED,
)
from service.sandbox import CompareOutcome, MeasureOutcome, PublishOutcome, WholePicture, WorkerCrashed

_OTHER: Final = "other"


class WatchedAnalyser:
    """Times analyses and counts crashes."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser

    def check(self, upload: bytes) -> RefusedDocument | None:
        """As the analyser's own."""
        with _crashes_counted():
            return self._analyser.check(upload)

    def picture(self, upload: bytes) -> bytes | None:
        """As the analyser's own."""
        with _crashes_counted():
            return self._analyser.picture(upload)

    def whole_picture(self, upload: bytes) -> WholePicture | None:
        """As the analyser's own."""
        with _crashes_counted():
            return self._analyser.whole_picture(upload)

    def pose_hints(self, preview: bytes, held: HeldHeadDocument | None) -> PoseHintsDocument | None:
        """As the analyser's own."""
        with _crashes_counted():
            return self._analyser.pose_hints(preview, held)

    def logo(self, upload: bytes) -> bytes | None:
        """As the analyser's own."""
        with _crashes_counted():
            return self._analyser.logo(upload)

    def measure(
        self,
        upload: bytes,
        view: View = View.FRONTAL,
        corrections: Sequence[PlacedContour] = (),
        subject: GivenSubject | None = None,
        *,
        checked: bool = False,
    ) -> MeasureOutcome:
        """As the analyser's own."""
        with _crashes_counted(), ANALYSIS.labels("measure").time():
            return self._analyser.measure(upload, view, corrections, subject, checked=checked)

    def compare_shots(
        self,
        before: Sequence[Shot],
        after: Sequence[Shot],
        subject: GivenSubject | None = None,
        view: View = View.FRONTAL,
        *,
        checked: bool = False,
        floors: Sequence[GivenFloor] = (),
    ) -> CompareOutcome:
        """As the analyser's own."""
        with _crashes_counted(), ANALYSIS.labels("compare").time():
            return self._analyser.compare_shots(before, after, subject, view, checked=checked, floors=floors)

    def publish(self, order: PublishingOrder, before: bytes, after: bytes, logo: bytes | None = None) -> PublishOutcome:
        """As the analyser's own."""
        with _crashes_counted(), ANALYSIS.labels("publish").time():
            return self._analyser.publish(order, before, after, logo)


class WatchedStore:
    """Counts what a blob store could not do; that a blob is missing is an answer, not an error."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    def put(self, name: str, content: bytes) -> None:
        """As the store's own."""
        with _failures_counted("put"):
            self._store.put(name, content)

    def get(self, name: str) -> bytes:
        """As the store's own."""
        with _failures_counted("get"):
            return self._store.get(name)

    def delete_under(self, prefix: str) -> None:
        """As the store's own."""
        with _failures_counted("delete"):
            self._store.delete_under(prefix)

    def names_under(self, prefix: str) -> Iterator[str]:
        """As the store's own."""
        with _failures_counted("list"):
            yield from self._store.names_under(prefix)

    def blobs_under(self, prefix: str) -> Iterator[StoredBlob]:
        """As the store's own."""
        with _failures_counted("list"):
            yield from self._store.blobs_under(prefix)

    def folders_under(self, prefix: str) -> Iterator[str]:
        """As the store's own."""
        with _failures_counted("list"):
            yield from self._store.folders_under(prefix)

    def tidy(self, before: datetime) -> int:
        """As the store's own."""
        with _failures_counted("delete"):
            return self._store.tidy(before)

    def check(self) -> None:
        """As the store's own."""
        with _failures_counted("check"):
            self._store.check()


def watched_doer(do: Doer) -> Doer:
    """``do``, with its ends counted."""

    def watched(job: Job) -> None:
        try:
            do(job)
        except Exception as error:
            reason = "postponed" if isinstance(error, TRANSIENT) else "crashed"
            ATTEMPTS_FAILED.labels(job.kind, reason).inc()
            raise
        (JOBS_FAILED if job.is_poison else JOBS_FINISHED).labels(job.kind).inc()

    return watched


def count_database_errors(engine: Engine) -> None:
    """Count every error of the driver by its kind, of which there are nine (PEP 249)."""

    def count(context: ExceptionContext) -> None:
        error = context.sqlalchemy_exception
        DATABASE_ERRORS.labels(_OTHER if error is None else type(error).__name__).inc()

    event.listen(engine, "handle_error", count)


@contextmanager
def _crashes_counted() -> Iterator[None]:
    try:
        yield
    except WorkerCrashed as crash:
        CRASHES.labels(crash.kind).inc()
        raise


@contextmanager
def _failures_counted(operation: str) -> Iterator[None]:
    try:
        yield
    except BlobsUnavailableError:
        BLOB_STORE_ERRORS.labels(operation).inc()
        raise
