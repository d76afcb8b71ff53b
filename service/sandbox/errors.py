"""What can go wrong between the service and its analysis processes."""

from enum import StrEnum


class SandboxError(Exception):
    """The analysis processes cannot do what was asked."""


class SandboxUnavailableError(SandboxError):
    """Photos cannot be analysed on this machine as it is; the message says what is missing."""


class CrashKind(StrEnum):
    """How an analysis process ended."""

    ABORTED = "aborted"
    MEMORY = "memory"
    TIME = "time"


class WorkerCrashed(SandboxError):  # noqa: N818  named for what happened
    """The analysis of this file was stopped; the service goes on. The same file will most likely do it again."""

    def __init__(self, kind: CrashKind) -> None:
        super().__init__(f"the analysis process was stopped: {kind}")
        self.kind = kind


class BrokenMessageError(SandboxError):
    """The other end of the pipe did not keep to the protocol."""


class CorrectionRefusedError(SandboxError):
    """A contour placed by hand cannot be what it says; the message is for whoever placed it."""
