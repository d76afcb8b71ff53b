"""Waiting for a job's result without holding a thread."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from starlette.concurrency import run_in_threadpool

from service.blobs.store import BlobStore

Looked = TypeVar("Looked")

_LOOK_EVERY_S: Final = 0.1
_ERASURE_WAIT_S: Final = 20.0


async def wait_until(ended: Callable[[Looked], bool], look: Callable[[], Looked], timeout_s: float) -> Looked:
    """What ``look`` sees once it has ``ended``, or when the time is over."""
    deadline = time.monotonic() + timeout_s
    seen = await run_in_threadpool(look)
    while not ended(seen) and time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_EVERY_S)
        seen = await run_in_threadpool(look)
    return seen


async def wait_until_erased(store: BlobStore, prefixes: Sequence[str]) -> None:
    """Wait until no blob is left under any of ``prefixes``, but not longer than an answer may take."""
    await wait_until(
        lambda left: left is None,
        lambda: next((name for prefix in prefixes for name in store.names_under(prefix)), None),
        _ERASURE_WAIT_S,
    )
