"""The queue's figures, asked of the database when they are wanted, so that every process tells the same."""

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from service.jobs import JobEngine, JobKind, Queue
from service.observing.metrics import REGISTRY

_EMPTY: Final = 0


class QueueFigures(Collector):
    """One look at the queues of all kinds."""

    def __init__(self, jobs: JobEngine) -> None:
        self._jobs = jobs

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Nought for a kind that has no jobs."""
        found = {queue.kind: queue for queue in self._jobs.queues()}
        queues = [found.get(kind, Queue(kind, _EMPTY, _EMPTY, None)) for kind in JobKind]
        yield _gauge("liftmark_jobs_queued", "Jobs that no living worker holds.", {q.kind: q.queued for q in queues})
        yield _gauge("liftmark_jobs_leased", "Jobs that a worker is at.", {q.kind: q.leased for q in queues})
        yield _gauge(
            "liftmark_jobs_oldest_waiting_seconds",
            "For how long the job that is due longest has been due.",
            {q.kind: q.waiting_s or 0 for q in queues},
        )


def figures(jobs: JobEngine) -> bytes:
    """All figures of this process and of the queue, as Prometheus reads them."""
    queues = CollectorRegistry(auto_describe=False)
    queues.register(QueueFigures(jobs))
    return generate_latest(REGISTRY) + generate_latest(queues)


def _gauge(name: str, says: str, values: dict[JobKind, float]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, says, labels=["kind"])
    for kind, value in values.items():
        gauge.add_metric([str(kind)], value)
    return gauge
