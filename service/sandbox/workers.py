"""The analysis processes as the service uses them: give bytes, get a document and pictures."""

import os
import queue
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Final, Self, TypeVar

from pydantic import TypeAdapter, ValidationError

from models.anatomy import View
from service.documents import (
    ComparisonDocument,
    Given,
    GivenFloor,
    GivenSubject,
    MeasurementDocument,
    PlacedContour,
    RefusedDocument,
    Shot,
)
from service.documents.pose_hints import HeldHeadDocument, PoseHintsDocument
from service.documents.publishing import PublishedDocument, PublishingOrder
from service.sandbox import lockdown
from service.sandbox.child_process import ChildProcess, Limits
from service.sandbox.errors import (
    BrokenMessageError,
    CorrectionRefusedError,
    CrashKind,
    SandboxUnavailableError,
    WorkerCrashed,
)
from service.sandbox.messages import Message

_CHILD: Final = "service.sandbox.child"
LOOKS_ALONE: Final = "service.sandbox.looks"
"""The module of processes that only look at files: quick to start, without the face model."""
_CHECK_SECONDS: Final = 5.0
_JPEG: Final = b"\xff\xd8\xff"
_PNG: Final = b"\x89PNG"
_SIZE: Final = re.compile(rb"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})")
_MEASURED: Final = TypeAdapter[MeasurementDocument | RefusedDocument](MeasurementDocument | RefusedDocument)
_COMPARED: Final = TypeAdapter[ComparisonDocument | RefusedDocument](ComparisonDocument | RefusedDocument)
_HINTS: Final = TypeAdapter[PoseHintsDocument](PoseHintsDocument)
_PUBLISHED: Final = TypeAdapter[PublishedDocument](PublishedDocument)
_REFUSED: Final = TypeAdapter[RefusedDocument](RefusedDocument)
REFUSED_CORRECTION: Final = b"correction refused: "
"""Begins the child's answer where a contour placed by hand cannot be; the sentence follows."""
_LONGEST_SENTENCE: Final = 500

Document = TypeVar("Document")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class MeasureOutcome:
    """What one photo gave.

    Parameters
    ----------
    overlay_jpeg : shows what was measured; None where the photo was refused.
    thumbnail_jpeg : the photo, small; None where it cannot be opened.
    """

    document: MeasurementDocument | RefusedDocument
    overlay_jpeg: bytes | None
    thumbnail_jpeg: bytes | None = None


@dataclass(frozen=True, slots=True)
class CompareOutcome:
    """What a pair gave; the pictures are None where a photo was refused or the pair could not be aligned."""

    document: ComparisonDocument | RefusedDocument
    aligned_before_jpeg: bytes | None
    aligned_after_jpeg: bytes | None


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """What became of a pair. Where it was refused there is neither a small picture nor a file; a draft has no file.

    Of ``files`` there are two where each photo has its own.
    """

    document: PublishedDocument
    draft_jpeg: bytes | None
    files: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class WholePicture:
    """A photo upright at its full size, as JPEG (baseline, 4:2:2) without metadata."""

    jpeg: bytes
    width: int
    height: int


class AnalysisWorkers:
    """A few analysis processes, started when first needed, replaced when they crash or are worn out; thread-safe.

    Each method takes the upload's bytes and waits for a free process. What a hostile file does to the process becomes
    WorkerCrashed, and the next file gets a new one.

    Parameters
    ----------
    count : how many files may be analysed at the same time.
    """

    def __init__(self, count: int = 1, limits: Limits | None = None, module: str = _CHILD) -> None:
        self._limits = limits or Limits()
        self._module = module
        self._slots: queue.LifoQueue[ChildProcess | None] = queue.LifoQueue()
        self._count = count
        self._closed = False
        for _ in range(count):
            self._slots.put(None)

    def __enter__(self) -> Self:
        """Refuse to begin where processes cannot be locked in.

        Raises
        ------
        SandboxUnavailableError
            Unless LIFTMARK_ALLOW_UNSANDBOXED=1 takes that upon itself.
        """
        why = lockdown.why_unsupported()
        if why and os.environ.get(lockdown.ALLOW_UNSANDBOXED) != "1":
            raise SandboxUnavailableError(f"{why} {lockdown.ALLOW_UNSANDBOXED}=1 analyses photos without it.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm_up(self) -> None:
        """Start all processes now, so that the first photo need not wait for it."""
        with ExitStack() as all_of_them:
            for _ in range(self._count):
                all_of_them.enter_context(self._child())

    def close(self) -> None:
        """Wait for the jobs that run, then end all processes; later jobs are refused."""
        children = [self._slots.get() for _ in range(self._count)]
        self._closed = True
        for child in children:
            if child:
                child.close()
            self._slots.put(None)

    def check(self, upload: bytes) -> RefusedDocument | None:
        """Why ``upload`` would be refused, judged by its header; None when it may be analysed."""
        return self._do(Message("check", (upload,)), _read_check, _CHECK_SECONDS)

    def capture_time(self, upload: bytes) -> datetime | None:
        """When the camera says that the photo was taken; None where it does not say."""
        return self._do(Message("capture_time", (upload,)), _read_time, _CHECK_SECONDS)

    def picture(self, upload: bytes) -> bytes | None:
        """The photo upright as JPEG, without metadata; None when it cannot be opened."""
        return self._do(Message("picture", (upload,)), lambda answer: _picture(answer, 0))

    def whole_picture(self, upload: bytes) -> WholePicture | None:
        """The photo upright at its full size, without metadata; None when it cannot be opened."""
        return self._do(Message("whole_picture", (upload,)), _read_whole_picture)

    def pose_hints(self, preview: bytes, held: HeldHeadDocument | None) -> PoseHintsDocument | None:
        """What to change before the photo is taken that ``preview`` is of; None where it cannot be opened."""
        told = () if held is None else (held.model_dump_json().encode(),)
        return self._do(Message("pose_hints", (preview, *told)), _read_hints, _CHECK_SECONDS)

    def logo(self, upload: bytes) -> bytes | None:
        """A PNG or JPEG drawn anew as a small PNG; None when it is neither, or cannot be opened."""
        return self._do(Message("logo", (upload,)), _read_logo, _CHECK_SECONDS)

    def measure(
        self,
        upload: bytes,
        view: View = View.FRONTAL,
        corrections: Sequence[PlacedContour] = (),
        subject: GivenSubject | None = None,
        *,
        checked: bool = False,
    ) -> MeasureOutcome:
        """Measure one photo, taken from where ``view`` says.

        Raises
        ------
        CorrectionRefusedError
            When a correction cannot be and was not ``checked`` before.
        """
        given = Given(corrections=(tuple(corrections),), subject=subject or GivenSubject(), checked=checked)
        told = () if given == Given(corrections=((),), checked=checked) else (_json(given),)
        return self._do(Message("measure", (upload, view.encode(), *told)), _read_measure)

    def compare(self, before: bytes, after: bytes, view: View = View.FRONTAL) -> CompareOutcome:
        """Compare two photos of one view."""
        return self._do(Message("compare", (before, after, view.encode())), _read_compare)

    def publish(self, order: PublishingOrder, before: bytes, after: bytes, logo: bytes | None = None) -> PublishOutcome:
        """Draw a pair for publishing."""
        blobs = (order.model_dump_json().encode(), before, after, *(() if logo is None else (logo,)))
        return self._do(Message("publish", blobs), _read_publish)

    def ask(self, name: str, *blobs: bytes) -> Sequence[bytes]:
        """What a process of another ``module`` answers to one of its own jobs."""
        return self._do(Message(name, blobs), lambda answer: answer)

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
        """Compare two visits of one view, each of one photo or a burst of them, with all that is known of them."""
        shots = (*before, *after)
        given = Given(
            corrections=tuple(shot.corrections for shot in shots),
            subject=subject or GivenSubject(),
            view=view,
            befores=len(before),
            checked=checked,
            floors=tuple(floors),
        )
        return self._do(Message("compare_shots", (_json(given), *(shot.upload for shot in shots))), _read_compare)

    def _do(self, job: Message, read: Callable[[Sequence[bytes]], Outcome], seconds: float | None = None) -> Outcome:
        with self._child() as child:
            try:
                return read(child.do(job, seconds))
            except BrokenMessageError:
                raise WorkerCrashed(CrashKind.ABORTED) from None

    @contextmanager
    def _child(self) -> Iterator[ChildProcess]:
        slot = self._slots.get()
        try:
            slot = slot or self._started()
            yield slot
            if slot.worn_out:
                slot.close()
                slot = None
        except BaseException:
            if slot:
                slot.close()
            slot = None
            raise
        finally:
            self._slots.put(slot)

    def _started(self) -> ChildProcess:
        if self._closed:
            raise SandboxUnavailableError("The analysis is shutting down.")
        return ChildProcess.started(self._module, self._limits)


def _read_check(answer: Sequence[bytes]) -> RefusedDocument | None:
    return _document(_REFUSED, answer) if answer else None


def _read_hints(answer: Sequence[bytes]) -> PoseHintsDocument | None:
    return _document(_HINTS, answer) if answer else None


def _read_time(answer: Sequence[bytes]) -> datetime | None:
    try:
        return datetime.fromisoformat(answer[0].decode("ascii")) if answer else None
    except ValueError as error:
        raise BrokenMessageError("the answer is not a time") from error


def _read_measure(answer: Sequence[bytes]) -> MeasureOutcome:
    return MeasureOutcome(_document(_MEASURED, answer), _picture(answer, 1), _picture(answer, 2))


def _read_whole_picture(answer: Sequence[bytes]) -> WholePicture | None:
    jpeg = _picture(answer, 0)
    if jpeg is None:
        return None
    size = _SIZE.fullmatch(answer[1]) if len(answer) > 1 else None
    if size is None:
        raise BrokenMessageError("the answer has no size")
    return WholePicture(jpeg, int(size[1]), int(size[2]))


def _read_logo(answer: Sequence[bytes]) -> bytes | None:
    if answer and not answer[0].startswith(_PNG):
        raise BrokenMessageError("the answer is not a picture")
    return answer[0] if answer else None


def _read_compare(answer: Sequence[bytes]) -> CompareOutcome:
    return CompareOutcome(_document(_COMPARED, answer), _picture(answer, 1), _picture(answer, 2))


def _read_publish(answer: Sequence[bytes]) -> PublishOutcome:
    document = _document(_PUBLISHED, answer)
    if (document.refused is None) != bool(answer[1:]):
        raise BrokenMessageError("the answer has no pictures, or some that it refused")
    return PublishOutcome(document, _picture(answer, 1), tuple(answer[2:]))


def _json(given: Given) -> bytes:
    return given.model_dump_json().encode()


def _document(kind: TypeAdapter[Document], answer: Sequence[bytes]) -> Document:
    if answer and answer[0].startswith(REFUSED_CORRECTION):
        says = answer[0][len(REFUSED_CORRECTION) :][:_LONGEST_SENTENCE]
        raise CorrectionRefusedError(says.decode(errors="replace"))
    try:
        return kind.validate_json(answer[0])
    except (ValidationError, IndexError) as error:
        raise BrokenMessageError("the answer is not the document that was asked for") from error


def _picture(answer: Sequence[bytes], position: int) -> bytes | None:
    if len(answer) <= position or not answer[position]:
        return None
    if not answer[position].startswith(_JPEG):
        raise BrokenMessageError("the answer's picture is not a JPEG")
    return answer[position]
