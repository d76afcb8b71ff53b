"""Every error that reaches the edge of the service, made a problem document."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from service.errors import ProblemCode, ServiceError, problem_response

_log = logging.getLogger(__name__)

_NOT_ALLOWED: Final = 405
_C = ProblemCode


def answer_with_problems(app: FastAPI, routes: Sequence[Route]) -> None:
    """Make every error of ``app``, which has these routes, a problem document."""
    app.add_exception_handler(_NOT_ALLOWED, _not_allowed(routes))
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected_error)


def _service_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)  # noqa: S101  registered for this class alone
    return problem_response(error.code, error.detail)


def _validation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this class alone
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return problem_response(_C.INVALID_JSON)
    where = ".".join(str(part) for part in first["loc"])
    return problem_response(_C.INVALID_REQUEST, f"{where}: {first['msg']}.")


_BY_STATUS: Final = {400: _C.INVALID_JSON, 404: _C.ROUTE_NOT_FOUND, 413: _C.TOO_LARGE}


def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this class alone
    response = problem_response(_BY_STATUS.get(error.status_code, _C.INVALID_REQUEST))
    response.headers.update(error.headers or {})
    return response


def _not_allowed(routes: Sequence[Route]) -> Callable[[Request, Exception], Response]:
    """Tells all methods of the address: the framework knows those of the first route that it is like."""

    def answer(request: Request, _error: Exception) -> Response:
        here = [route.methods or () for route in routes if route.path_regex.fullmatch(request.url.path)]
        response = problem_response(_C.METHOD_NOT_ALLOWED)
        response.headers["Allow"] = ", ".join(sorted({method for methods in here for method in methods}))
        return response

    return answer


def _unexpected_error(_request: Request, error: Exception) -> Response:
    return unexpected(error)


def unexpected(error: Exception) -> Response:
    """The answer where the code failed; the log says how."""
    _log.error("the request failed", exc_info=error)
    return problem_response(_C.INTERNAL)
