"""What the service asks of whoever looks at photos; the sandbox's worker processes answer it."""

from typing import Protocol

from service.documents import RefusedDocument
from service.sandbox import CompareOutcome, MeasureOutcome


class Analyser(Protocol):
    """Looks at uploads without being harmed by them. Each call may raise WorkerCrashed."""

    def check(self, upload: bytes) -> RefusedDocument | None:
        """Why the upload would be refused, judged by its header; None when it may be analysed."""

    def measure(self, upload: bytes) -> MeasureOutcome:
        """Measure one photo."""

    def compare(self, before: bytes, after: bytes) -> CompareOutcome:
        """Compare two photos."""
