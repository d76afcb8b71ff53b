"""The OpenAPI document in the order and words of the documentation page."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_METHODS: Final = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One call, as the page shows it.

    Parameters
    ----------
    parameters : (name, where, description) of each.
    example : of the request's JSON, None where there is none.
    answers : (status, description) of each.
    """

    method: str
    path: str
    tag: str
    summary: str
    description: str
    parameters: tuple[tuple[str, str, str], ...]
    example: str | None
    answers: tuple[tuple[str, str], ...]


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Every call of an OpenAPI document, in its order."""
    return list(_operations(document))


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield _operation(document, path, method, item[method])


def _operation(document: Mapping[str, Any], path: str, method: str, call: Mapping[str, Any]) -> Operation:
    return Operation(
        method=method.upper(),
        path=path,
        tag=next(iter(call.get("tags", [])), "other"),
        summary=call.get("summary", ""),
        description=call.get("description", ""),
        parameters=tuple((p["name"], p["in"], p.get("description", "")) for p in call.get("parameters", [])),
        example=_example(document, call),
        answers=tuple((status, answer.get("description", "")) for status, answer in call.get("responses", {}).items()),
    )


def _example(document: Mapping[str, Any], call: Mapping[str, Any]) -> str | None:
    content = call.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = _schema(document, content.get("schema", {})).get("examples", [])
    return json.dumps(examples[0], indent=2) if examples else None


def _schema(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference; of alternatives, the first."""
    chosen: Mapping[str, Any] = next(iter(schema.get("anyOf", [])), schema)
    name = chosen.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = document["components"]["schemas"].get(name, chosen)
    return found
