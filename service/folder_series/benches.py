"""A few analysis processes, each with a queue of its own, so that one does the photos that belong together."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self, TypeVar

from service.sandbox import AnalysisWorkers

_MOST: Final = 2
"""A process takes up to 3 GB and a core; a third gains little on the machines that clinics have."""

Task = TypeVar("Task")
Result = TypeVar("Result")


class Benches:
    """Analysis processes that work side by side.

    A process remembers the photos it looked at last (:mod:`service.sandbox.child`). Tasks that follow each other share
    photos, so each process gets a part of them in one piece, and in order.
    """

    def __init__(self, count: int | None = None) -> None:
        cores = len(os.sched_getaffinity(0))
        self._workers = [AnalysisWorkers() for _ in range(count or min(_MOST, cores))]
        self._queues = [ThreadPoolExecutor(1, "bench") for _ in self._workers]

    def __enter__(self) -> Self:
        for workers in self._workers:
            workers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for queue in self._queues:
            queue.shutdown(cancel_futures=True)
        for workers in self._workers:
            workers.close()

    def done(self, tasks: Sequence[Task], do: Callable[[AnalysisWorkers, Task], Result]) -> list[Result]:
        """The result of each task, in their order."""
        started = [self._started(place * len(self._queues) // len(tasks), do, task) for place, task in enumerate(tasks)]
        return [one.result() for one in started]

    def _started(self, bench: int, do: Callable[[AnalysisWorkers, Task], Result], task: Task) -> "Future[Result]":
        return self._queues[bench].submit(do, self._workers[bench], task)
