"""Where an id, and where a text, can stand in a request: read from the OpenAPI document, so that no place is forgotten.

Whoever adds a parameter or a field for free text meets a failing test until its name stands in one of these tables.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

METHODS = frozenset({"get", "post", "put", "patch", "delete"})

IDS = {
    **{
        f"{kind}_id": f"{kind}_id"
        for kind in ("subject", "visit", "photo", "course", "confounder", "comparison", "study", "webhook", "link")
    },
    "baseline_photo_id": "photo_id",
    **{f"{which}_{kind}": kind for which in ("before", "after") for kind in ("photo_id", "visit_id")},
    **{f"{which}_photo_ids[]": "photo_id" for which in ("before", "after")},
    "photo_ids[][]": "photo_id",
    "visit_ids[]": "visit_id",
    "export_id": "export_id",
    "publication_id": "publication_id",
    "ids": "export_id",
    "before": "subject_id",  # a place in a list, as ``after``
    "target": "photo_id",  # of the audit's rows
    "actor": "actor",
    "after": "subject_id",  # a place in a list: any id is one
}
"""Places of ids, by name, and what kind of record is named there."""

TEXTS = frozenset(
    {
        *("reference", "q", "name", "notes", "room", "camera", "operator", "kind", "claim_percent", "where"),
        *("recorded_by", "paper", "why"),
        *("corrected_by", "measured_by", "instrument", "url", "Idempotency-Key"),
    }
)
"""Places of a person's or a client's own words."""


@dataclass(frozen=True)
class Place:
    """A place for free text in the requests of a route.

    Parameters
    ----------
    where : path, query, header, json or form.
    name : of lists with brackets: ``photo_ids[][]``; within an object with a dot.
    """

    route: str
    where: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({self.where}) of {self.route}"


def places(document: dict[str, Any]) -> Iterator[Place]:
    """Every place for free text that the service declares; words that it lists itself, days and numbers are none."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield from _of_operation(document, f"{method.upper()} {path}", operation)


def _of_operation(document, route: str, operation) -> Iterator[Place]:
    found = [
        Place(route, parameter["in"], name)
        for parameter in operation.get("parameters", ())
        for name in _free(document, parameter["schema"], parameter["name"])
    ]
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        where = "json" if kind == "application/json" else "form"
        found += [Place(route, where, name) for name in _free(document, content["schema"], "")]
    yield from dict.fromkeys(found)


def _free(document, schema, name: str) -> Iterator[str]:
    """Names under which a string may stand that is not one of a list, nor a day, a moment or a file."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _free(document, part, name)
    for key, value in schema.get("properties", {}).items():
        yield from _free(document, value, f"{name}.{key}" if name else key)
    for item in (schema.get("items"), schema.get("additionalProperties"), *schema.get("prefixItems", ())):
        if isinstance(item, dict):
            yield from _free(document, item, f"{name}[]")
    if schema.get("type") == "string" and not schema.keys() & {"enum", "const", "format"}:
        yield name
