"""What all calls of the client have in common: from arguments to a request, from an answer to a model."""

import secrets
from collections.abc import Mapping
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode

from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypeForm

from models.errors import LiftmarkError
from service.client.transport import Api, Response

__all__ = ["Calls", "ProblemError", "read", "shapes"]

Answered = TypeVar("Answered")

if TYPE_CHECKING:
    from service.client import shapes
else:

    class _Shapes:
        """The models, loaded when the first of them is asked for, so that importing the client takes no time."""

        def __getattr__(self, name: str) -> object:
            return getattr(import_module("service.client.shapes"), name)

    shapes = _Shapes()


class ProblemError(LiftmarkError):
    """The service said no; the message says what is wrong and what to do about it.

    Parameters
    ----------
    status : of HTTP.
    code : stable, for a program.
    """

    def __init__(self, status: int, code: str, says: str) -> None:
        super().__init__(says)
        self.status = status
        self.code = code


def read(kind: TypeForm[Answered], response: Response) -> Answered:
    """The answer as a model of this kind, or one of these kinds."""
    return TypeAdapter(kind).validate_json(response.content)


class Calls:
    """Asks the API."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def _ask(
        self,
        method: str,
        path: str,
        kind: TypeForm[Answered],
        *,
        body: BaseModel | None = None,
        query: Mapping[str, object] | None = None,
        **headers: str | None,
    ) -> Answered:
        """The answer as a model of this kind."""
        return read(kind, self._asked(method, path, body, query, headers))

    def _bytes(self, method: str, path: str, *, query: Mapping[str, object] | None = None) -> bytes:
        return self._asked(method, path, None, query, {}).content

    def _do(self, method: str, path: str, *, query: Mapping[str, object] | None = None) -> None:
        self._asked(method, path, None, query, {})

    def _asked(
        self,
        method: str,
        path: str,
        body: BaseModel | None,
        query: Mapping[str, object] | None,
        headers: Mapping[str, str | None],
    ) -> Response:
        content = None if body is None else body.model_dump_json(by_alias=True, exclude_unset=True).encode()
        said = {"Content-Type": "application/json"} if content is not None else {}
        if "key" in headers:
            said["Idempotency-Key"] = headers["key"] or secrets.token_hex(16)
        return self._sent(method, path, query or {}, content, said)

    def _sent(
        self,
        method: str,
        path: str,
        query: Mapping[str, object],
        content: bytes | None,
        headers: Mapping[str, str],
    ) -> Response:
        """The answer.

        Raises
        ------
        ProblemError, ServerTroubleError
        """
        response = self._api.send(method, f"/v1{quote(path)}{_query(query)}", content, headers)
        if response.problem is not None:
            raise ProblemError(response.status, response.problem.code, response.problem.says)
        return response


def _query(asked: Mapping[str, object]) -> str:
    told = {name: _word(value) for name, value in asked.items() if value is not None}
    return f"?{urlencode(told)}" if told else ""


def _word(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
