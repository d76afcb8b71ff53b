"""The figures of this process, in Prometheus' terms.

Every label's values come from our own code (a route's template, a kind, a code): never an id, a reference, an address
or anything else that a client sent. So the number of series is bounded, and nobody can be found in them.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from service.jobs.engine import JobKind
from service.reconciling.findings import FindingKind
from service.sandbox.errors import CrashKind

REGISTRY: Final = CollectorRegistry()
"""All counters of this process. Those of the queue are asked of the database when they are wanted."""

ProcessCollector(registry=REGISTRY)

_LATENCIES_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120)
"""Up to the longest wait that a client may ask for."""
_ANALYSES_S: Final = (0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 20, 30)
"""Up to the limit of one analysis, where the sandbox ends it."""

REQUESTS: Final = Counter(
    "liftmark_http_requests",
    "Requests answered; status 'aborted' where the client left before the answer began.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
LATENCY: Final = Histogram(
    "liftmark_http_request_seconds",
    "From the request's first line to the answer's end, in seconds.",
    ("method", "route"),
    buckets=_LATENCIES_S,
    registry=REGISTRY,
)
UPLOADS_ACCEPTED: Final = Counter(
    "liftmark_uploads_accepted",
    "Photos that were stored durably, requests that were sent again included.",
    registry=REGISTRY,
)
UPLOADS_REFUSED: Final = Counter(
    "liftmark_uploads_refused",
    "Uploads that were not stored, by the problem's code.",
    ("reason",),
    registry=REGISTRY,
)
JOBS_FINISHED: Final = Counter(
    "liftmark_jobs_finished", "Jobs that this process did to their end.", ("kind",), registry=REGISTRY
)
JOBS_FAILED: Final = Counter(
    "liftmark_jobs_failed", "Jobs that were given up after all their attempts.", ("kind",), registry=REGISTRY
)
ATTEMPTS_FAILED: Final = Counter(
    "liftmark_job_attempts_failed",
    "Attempts after which the job went back: 'crashed' counts against the job, 'postponed' was not its fault.",
    ("kind", "reason"),
    registry=REGISTRY,
)
ANALYSIS: Final = Histogram(
    "liftmark_analysis_seconds",
    "One analysis, the wait for a free process included, in seconds.",
    ("what",),
    buckets=_ANALYSES_S,
    registry=REGISTRY,
)
CRASHES: Final = Counter(
    "liftmark_sandbox_crashes",
    "Analysis processes that were stopped by a photo, by how they ended.",
    ("kind",),
    registry=REGISTRY,
)
DATABASE_ERRORS: Final = Counter(
    "liftmark_database_errors",
    "Statements and connections that failed, by kind; clashes that are tried again are 'IntegrityError'.",
    ("error",),
    registry=REGISTRY,
)
BLOB_STORE_ERRORS: Final = Counter(
    "liftmark_blob_store_errors",
    "Operations that the blob store could not do.",
    ("operation",),
    registry=REGISTRY,
)
RECONCILE_FOUND: Final = Gauge(
    "liftmark_reconcile_found",
    "What was wrong between rows and blobs at this process's last comparison.",
    ("kind",),
    registry=REGISTRY,
)
RECONCILE_REPAIRED: Final = Counter(
    "liftmark_reconcile_repaired", "Of that, what was put right.", ("kind",), registry=REGISTRY
)
RECONCILED_AT: Final = Gauge(
    "liftmark_reconcile_last_timestamp_seconds",
    "When this process compared rows and blobs last; 0 where it never did, for one process does it for all.",
    registry=REGISTRY,
)


def _begin_at_zero() -> None:
    """Show each series whose labels are known before its first event: a rate begins at nought, not at one."""
    for kind in JobKind:
        JOBS_FINISHED.labels(kind)
        JOBS_FAILED.labels(kind)
        for reason in ("crashed", "postponed"):
            ATTEMPTS_FAILED.labels(kind, reason)
    for crash in CrashKind:
        CRASHES.labels(crash)
    for finding in FindingKind:
        RECONCILE_FOUND.labels(finding)
        RECONCILE_REPAIRED.labels(finding)
    for operation in ("put", "get", "delete", "list", "check"):
        BLOB_STORE_ERRORS.labels(operation)


_begin_at_zero()
