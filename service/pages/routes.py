"""HTTP: the page about this service, the documentation, and the style sheet of both."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.templating import Jinja2Templates
from starlette.responses import HTMLResponse, JSONResponse, Response

from models.provenance import METHOD_VERSION
from service.dependencies import TheService
from service.health.checks import readiness
from service.pages.operations import operations

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"

router = APIRouter(include_in_schema=False)
_templates: Final = Jinja2Templates(_HERE / "templates")


@router.get("/about", response_class=HTMLResponse)
def front_page(request: Request, service: TheService) -> Response:
    """What this is, whether it works, and where to read on."""
    found = readiness(service)
    context = {"readiness": found, "method_version": METHOD_VERSION}
    return _templates.TemplateResponse(request, "front.html", context)


@router.get("/docs", response_class=HTMLResponse)
def documentation(request: Request) -> Response:
    """Every call, made from the OpenAPI document; it needs nothing from the network."""
    calls = operations(request.app.openapi())
    return _templates.TemplateResponse(request, "docs.html", {"operations": calls})


@router.get("/openapi.json")
def openapi_document(request: Request) -> JSONResponse:
    """Every call for machines; made when first asked for, on a thread of its own, so that nobody else waits for it."""
    return JSONResponse(request.app.openapi())
