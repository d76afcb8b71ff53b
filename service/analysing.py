"""What the service asks of whoever looks at photos; the sandbox's worker processes answer it."""

from collections.abc import Sequence
from typing import Protocol

from models.anatomy import View
from service.documents import GivenFloor, GivenSubject, PlacedContour, RefusedDocument, Shot
from service.documents.pose_hints import HeldHeadDocument, PoseHintsDocument
from service.documents.publishing import PublishingOrder
from service.sandbox import CompareOutcome, MeasureOutcome, PublishOutcome, WholePicture


class Analyser(Protocol):
    """Looks at uploads without being harmed by them. Each call may raise WorkerCrashed."""

    def check(self, upload: bytes) -> RefusedDocument | None:
        """Why the upload would be refused, judged by its header; None when it may be analysed."""

    def picture(self, upload: bytes) -> bytes | None:
        """The photo upright as JPEG, without metadata; None when it cannot be opened."""

    def whole_picture(self, upload: bytes) -> WholePicture | None:
        """The photo upright at its full size, without metadata; None when it cannot be opened."""

    def pose_hints(self, preview: bytes, held: HeldHeadDocument | None) -> PoseHintsDocument | None:
        """What to change before the photo is taken that ``preview`` is of; None where it cannot be opened."""

    def logo(self, upload: bytes) -> bytes | None:
        """A PNG or JPEG drawn anew as a small PNG; None when it is neither, or cannot be opened."""

    def measure(
        self,
        upload: bytes,
        view: View = ...,
        corrections: Sequence[PlacedContour] = (),
        subject: GivenSubject | None = None,
        *,
        checked: bool = False,
    ) -> MeasureOutcome:
        """Measure one photo, taken from where ``view`` says."""

    def compare_shots(
        self,
        before: Sequence[Shot],
        after: Sequence[Shot],
        subject: GivenSubject | None = None,
        view: View = ...,
        *,
        checked: bool = False,
        floors: Sequence[GivenFloor] = (),
    ) -> CompareOutcome:
        """Compare two visits of one or several photos each, all of one view; no change surer than ``floors``."""

    def publish(self, order: PublishingOrder, before: bytes, after: bytes, logo: bytes | None = None) -> PublishOutcome:
        """Draw a pair for publishing, or say why it cannot be."""
