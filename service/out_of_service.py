"""What a caller is told while database, disk, blob store or sandbox do not work: try again, nothing is done twice."""

import logging
from typing import Final

from fastapi import FastAPI, Request
from starlette.responses import Response

from service.blobs.master_key import UnknownMasterKeyError
from service.blobs.store import FULL, BlobDamagedError, BlobMissingError, BlobsFullError, BlobsUnavailableError
from service.database import OUT_OF_SERVICE, has_no_room
from service.error_answers import unexpected
from service.errors import ProblemCode, problem_response
from service.observing.logs import told_of
from service.sandbox.errors import SandboxUnavailableError

_log = logging.getLogger(__name__)

_NO_ROOM: Final = (
    "There is no room left here. Send the request again later, with the same Idempotency-Key; whoever runs the "
    "service must make room."
)
_NOT_TO_BE_HAD: Final = (
    "What is kept of this could not be read. Send the request again later; if that does not help, tell whoever runs "
    "the service."
)


_FAILURES: Final[tuple[type[Exception], ...]] = (
    *OUT_OF_SERVICE,
    BlobsUnavailableError,
    SandboxUnavailableError,
    UnknownMasterKeyError,
    OSError,
)


def answer_while_out_of_service(app: FastAPI) -> None:
    """Make ``unavailable`` of what is wrong with this machine or its neighbours."""
    for failure in _FAILURES:
        app.add_exception_handler(failure, _unavailable)
    app.add_exception_handler(BlobMissingError, _not_to_be_had)
    app.add_exception_handler(BlobDamagedError, _not_to_be_had)


def answer_on_the_way(request: Request, error: Exception) -> Response:
    """The same where the framework asks no handler: on the way to the routes, when a key is looked up."""
    return _unavailable(request, error) if isinstance(error, _FAILURES) else unexpected(error)


def _unavailable(_request: Request, error: Exception) -> Response:
    _log.error("out of service: %s", told_of(error))
    return problem_response(ProblemCode.UNAVAILABLE, _NO_ROOM if _is_full(error) else None)


def _is_full(error: Exception) -> bool:
    full_disk = isinstance(error, OSError) and error.errno in FULL
    return full_disk or isinstance(error, BlobsFullError) or has_no_room(error)


def _not_to_be_had(_request: Request, error: Exception) -> Response:
    """A blob is missing, or not what it was: perhaps for now, where a store is being restored or tells lies."""
    _log.error("a blob that a record names is missing or damaged: %s", told_of(error))
    return problem_response(ProblemCode.UNAVAILABLE, _NOT_TO_BE_HAD)
