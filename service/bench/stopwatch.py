"""CPU time by step."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import wraps
from types import ModuleType
from typing import Any
from unittest.mock import patch


class Stopwatch:
    """Adds up the CPU time of each named step, all threads of the process included."""

    def __init__(self) -> None:
        self._cpu_s: defaultdict[str, float] = defaultdict(float)

    @property
    def cpu_s(self) -> Mapping[str, float]:
        """Seconds by step, in the order in which the steps were first taken."""
        return self._cpu_s

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        started = time.process_time()
        try:
            yield
        finally:
            self._cpu_s[name] += time.process_time() - started

    @contextmanager
    def timing(self, *functions: tuple[ModuleType, str]) -> Iterator[None]:
        """Time each call of these functions, named by the module that calls them and their name, as a step."""
        with ExitStack() as all_of_them:
            for caller, name in functions:
                all_of_them.enter_context(patch.object(caller, name, self._timed(getattr(caller, name), name)))
            yield

    def _timed(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        @wraps(function)
        def timed(*arguments: object, **named: object) -> object:
            with self.step(name):
                return function(*arguments, **named)

        return timed
