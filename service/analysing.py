"""What the service asks of whoever looks at photos; the sandbox's worker processes answer it."""

from typing import Protocol

from models.anatomy import View
from service.documents import RefusedDocument
from service.sandbox import CompareOutcome, MeasureOutcome


class Analyser(Protocol):
    """Looks at uploads without being harmed by them. Each call may raise WorkerCrashed."""

    def check(self, upload: bytes) -> RefusedDocument | None:
        """Why the upload would be refused, judged by its header; None when it may be analysed."""

    def measure(self, upload: bytes, view: View = ...) -> MeasureOutcome:
        """Measure one photo, taken from where ``view`` says."""

    def compare(self, before: bytes, after: bytes, view: View = ...) -> CompareOutcome:
        """Compare two photos of one view."""
