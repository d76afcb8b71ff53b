"""The client has a method for each call of the API, with its parameters, its body and its answer, and no other."""

import inspect
import subprocess
import sys
from datetime import date
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from service.app import create_app
from service.client import Liftmark

DOCUMENT = create_app().openapi()
PYTHONS_NAMES = {"from": "since", "Idempotency-Key": "key"}
NO_CALL = {"text/html": "a page is for a browser, which opens it by the link that a make_…link call gives"}
OWN = {"close": "of the client itself", "download_file": "get_file, checked and written to a file"}


def operations():
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            answer = next(told for status, told in operation["responses"].items() if status.startswith("2"))
            content = answer.get("content", {}).keys()
            if path.startswith("/v1/") and not (content and content <= NO_CALL.keys()):
                yield pytest.param(method, path, operation, answer, id=name_of(operation))


def name_of(operation) -> str:
    return operation["operationId"].partition("_v1_")[0]


def words(told: dict[str, Any]) -> set[str]:
    """What a JSON schema says that a value is, in Python's names; of models, enumerations and pages theirs."""
    if "anyOf" in told:
        return set().union(*(words(one) for one in told["anyOf"]))
    if "$ref" in told:
        return {told["$ref"].rpartition("/")[2].rstrip("_").replace("Page_", "Page of ")}
    if told["type"] == "array":
        return {f"list of {one}" for one in words(told["items"])}
    if told.get("format") in {"date", "date-time"}:
        return {"date"}
    return {{"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}[told["type"]]}


def words_of(hint: object) -> set[str]:
    """The same of a Python type."""
    if get_origin(hint) in {Union, UnionType}:
        return set().union(*(words_of(one) for one in get_args(hint)))
    if get_origin(hint) is list:
        return {f"list of {one}" for one in words_of(get_args(hint)[0])}
    if hint is date or hint is NoneType:
        return {"date" if hint is date else "None"}
    return {hint.__name__.replace("[", " of ").replace("]", "")}


@pytest.mark.parametrize("method,path,operation,answer", list(operations()))
def test_a_call_has_its_method_with_exactly_its_parameters(method, path, operation, answer):
    call = getattr(Liftmark, name_of(operation))
    hints = get_type_hints(call)
    returned = words_of(hints.pop("return"))
    content = answer.get("content", {})
    assert returned == (
        words(content["application/json"]["schema"])
        if "application/json" in content
        else {"bytes"}
        if content
        else {"None"}
    )
    wanted = {
        PYTHONS_NAMES.get(one["name"], one["name"]): words(one["schema"]) for one in operation.get("parameters", [])
    }
    body = operation.get("requestBody", {}).get("content", {})
    if "application/json" in body:
        wanted["new"] = words(body["application/json"]["schema"])
    if "multipart/form-data" in body:
        wanted |= {"photo": {"Path", "bytes"}, "view": {"View"}}
    if "image/jpeg" in body:
        wanted["preview"] = {"bytes"}
    assert {name: words_of(hint) for name, hint in hints.items()} == wanted
    needed = {name for name, one in inspect.signature(call).parameters.items() if one.default is one.empty}
    assert needed - {"self"} == {
        *(PYTHONS_NAMES.get(one["name"], one["name"]) for one in operation.get("parameters", []) if one["required"]),
        *(["new"] if "application/json" in body and operation["requestBody"].get("required") else []),
        *(["photo"] if "multipart/form-data" in body else []),
        *(["preview"] if "image/jpeg" in body else []),
    }
    defaults = {name: one.default for name, one in inspect.signature(call).parameters.items()}
    for one in operation.get("parameters", []):
        if not one["required"]:
            assert defaults[PYTHONS_NAMES.get(one["name"], one["name"])] == one["schema"].get("default")


def test_the_client_has_no_call_that_the_api_has_not():
    public = {name for name, one in inspect.getmembers(Liftmark, inspect.isfunction) if not name.startswith("_")}
    assert public - OWN.keys() == {one.id for one in operations()}


def test_importing_the_client_loads_neither_the_web_stack_nor_what_measures():
    heavy = "{'fastapi', 'starlette', 'sqlalchemy', 'uvicorn', 'cv2', 'mediapipe', 'numpy', 'scipy', 'skimage'}"
    told = f"import sys, service.client; print(sorted({heavy} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


def test_reading_answers_loads_nothing_that_measures():
    heavy = "{'uvicorn', 'cv2', 'mediapipe', 'scipy', 'skimage'}"
    told = f"import sys, service.client.shapes; print(sorted({heavy} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
