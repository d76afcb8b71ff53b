"""The extra's libraries, loaded at first use: whoever does without them neither installs nor waits for them."""

from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import ProblemCode, ServiceError


@contextmanager
def extra_needed() -> Iterator[None]:
    """Import the extra's libraries in here; ServiceError where they are not installed."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise ServiceError(ProblemCode.EXTRA_MISSING) from missing
