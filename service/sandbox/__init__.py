"""Decoding and analysis run here, in processes without network, with bounded memory and time."""

from service.sandbox.child_process import Limits
from service.sandbox.errors import (
    CorrectionRefusedError,
    CrashKind,
    SandboxError,
    SandboxUnavailableError,
    WorkerCrashed,
)
from service.sandbox.workers import (
    LOOKS_ALONE,
    AnalysisWorkers,
    CompareOutcome,
    MeasureOutcome,
    PublishOutcome,
    WholePicture,
)

__all__ = [
    "LOOKS_ALONE",
    "AnalysisWorkers",
    "CompareOutcome",
    "CorrectionRefusedError",
    "CrashKind",
    "Limits",
    "MeasureOutcome",
    "PublishOutcome",
    "SandboxError",
    "SandboxUnavailableError",
    "WholePicture",
    "WorkerCrashed",
]
