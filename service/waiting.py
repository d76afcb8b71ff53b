"""Waiting for a job's result without holding a thread."""

import asyncio
import time
from collections.abc import Callable
from typing import Final, TypeVar

from starlette.concurrency import run_in_threadpool

Looked = TypeVar("Looked")

_LOOK_EVERY_S: Final = 0.1


async def wait_until(ended: Callable[[Looked], bool], look: Callable[[], Looked], timeout_s: float) -> Looked:
    """What ``look`` sees once it has ``ended``, or when the time is over."""
    deadline = time.monotonic() + timeout_s
    seen = await run_in_threadpool(look)
    while not ended(seen) and time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_EVERY_S)
        seen = await run_in_threadpool(look)
    return seen
