"""The web application: parts, routes, and what stands around them."""

import logging
import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Lifespan, Scope

from models.provenance import METHOD_VERSION
from service.analysing import Analyser
from service.assembly import Service, open_service
from service.audit.pages import router as audit_pages
from service.audit.routes import router as audit
from service.cohort.routes import router as cohort
from service.comparisons.pages import router as comparison_pages
from service.comparisons.routes import router as comparisons
from service.confounders.routes import router as confounders
from service.consents.pages import router as consents_pages
from service.consents.routes import router as consents
from service.corrections.routes import router as corrections
from service.courses.routes import router as courses
from service.error_answers import answer_with_problems
from service.errors import Problem
from service.exports.pages import router as export_pages
from service.exports.routes import router as exports
from service.health.routes import router as health
from service.interop.routes import router as interop
from service.limiting.proxies import ClientBehindProxy
from service.limiting.turnstile import Turnstile
from service.links.pages import router as links_pages
from service.links.routes import router as links
from service.observing.logs import told_of
from service.observing.request_record import RequestRecord
from service.observing.routes import router as metrics
from service.out_of_service import answer_while_out_of_service
from service.pages.routes import STATIC as PAGES_STATIC
from service.pages.routes import router as pages
from service.people.door import router as door
from service.people.settings_pages import router as personal_settings
from service.photos.pages import router as upload_page
from service.photos.routes import router as photos
from service.pose_hints.pages import router as camera_page
from service.pose_hints.routes import router as pose_hints
from service.repeatability.pages import router as study_pages
from service.repeatability.routes import router as repeatability
from service.sandbox import SandboxError
from service.screens.language import SpokenLanguage
from service.screens.refusals import show_refusals_on_pages
from service.series.pages import router as series_pages
from service.series.routes import router as series
from service.settings import MEGABYTE, Settings
from service.subjects.pages import router as subject_pages
from service.subjects.routes import router as subjects
from service.tenancy.authentication import Authentication, Gate
from service.usage.routes import router as usage
from service.visits.routes import router as visits
from service.web_safety import ReceiveLimits, SafetyHeaders
from service.webhooks.routes import router as webhooks
from service.worklist.pages import router as worklist

_log = logging.getLogger(__name__)

_WEB_STATIC: Final = Path(__file__).parent / "web" / "static"
_FORM_OVERHEAD_BYTES: Final = MEGABYTE
_DESCRIBING: Final = Lock()

_ABOUT: Final = (
    "Aligns before and after photos of a face and measures jawline, nasolabial fold and eyelids, with error bars. "
    "Left and right are the subject's. Lengths are in mm, angles in degrees, times ISO 8601 with zone. "
    "A figure that could not be had is null with a reason."
)


def _routes_of(*routers: APIRouter) -> list[Route]:
    return [route for router in routers for route in router.routes if isinstance(route, Route)]


_ROUTES: Final = _routes_of(
    *(subjects, courses, visits, confounders, photos, pose_hints, corrections, comparisons),
    *(series, repeatability, cohort, consents, exports, links),
    *(interop, webhooks, usage, audit, health, metrics, pages),
    *(door, personal_settings, worklist, subject_pages, upload_page, camera_page),
    *(comparison_pages, series_pages, study_pages, audit_pages),
    *(consents_pages, links_pages, export_pages),
)

mimetypes.add_type("text/javascript", ".js")  # some systems' tables say otherwise, and browsers insist
mimetypes.add_type("text/javascript", ".mjs")


def create_app(settings: Settings | None = None, analyser: Analyser | None = None) -> FastAPI:
    """The service as an ASGI application.

    Parameters
    ----------
    analyser : in place of the sandbox, for tests.
    """
    settings = settings or Settings()
    app = _Liftmark(
        title="Liftmark",
        description=_ABOUT,
        version=METHOD_VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # FastAPI's own route would have all other requests wait while the document is made
        lifespan=_lifespan(settings, analyser),
        middleware=_around(settings),
    )
    # The routes as they are: `include_router` has each of them built again, at the first request of every start.
    app.router.routes.extend(_ROUTES)
    app.mount("/static/pages", _RevalidatedFiles(directory=PAGES_STATIC))
    app.mount("/static", _RevalidatedFiles(directory=_WEB_STATIC, check_dir=False))
    answer_with_problems(app, _ROUTES)
    show_refusals_on_pages(app)
    answer_while_out_of_service(app)
    return app


def _lifespan(settings: Settings, analyser: Analyser | None) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with open_service(settings, analyser) as service:
            app.state.service = service
            app.state.gate = Gate(service.database, service.links, service.limits.guesses, service.sign_ins)
            Thread(target=_warm_up, args=(service,), name="warm-up").start()
            yield

    return lifespan


def create_telling_app(service: Service) -> FastAPI:
    """What a worker process tells of itself: figures and health, nothing of the clinics."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, middleware=[Middleware(SafetyHeaders)])
    app.state.service = service
    routes = _routes_of(health, metrics)
    app.router.routes.extend(routes)
    answer_with_problems(app, routes)
    answer_while_out_of_service(app)
    return app


def _warm_up(service: Service) -> None:
    """Have the doorkeeper's process started while the service already answers."""
    try:
        service.doorkeeper.check(b"")
    except SandboxError as error:
        _log.warning("photos cannot be analysed now: %s", told_of(error))


def _around(settings: Settings) -> list[Middleware]:
    """What a request passes on its way in, outermost first."""
    limit_bytes = settings.upload_limit_bytes + _FORM_OVERHEAD_BYTES
    return [
        Middleware(ClientBehindProxy, settings.trusted_proxies),
        Middleware(SafetyHeaders),
        Middleware(RequestRecord, _ROUTES),
        Middleware(ReceiveLimits, limit_bytes, settings.receive_idle_s, settings.receive_deadline_s),
        Middleware(SpokenLanguage),
        Middleware(Authentication),
        Middleware(Turnstile, _ROUTES, settings.requests_at_once),
    ]


class _RevalidatedFiles(StaticFiles):
    """Files that browsers keep and ask about before each use, so that an update shows at once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


class _Liftmark(FastAPI):
    """An application whose OpenAPI document also tells what its middleware does."""

    def openapi(self) -> dict[str, Any]:
        """The document, made when it is first asked for; whoever asks meanwhile gets it whole."""
        with _DESCRIBING:
            if self.openapi_schema is None:
                _declare_security(super().openapi())
            return super().openapi()


def _declare_security(document: dict[str, Any]) -> None:
    """Say that every call under /v1 needs a key, and what a problem looks like."""
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "lm_…"}}
    components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    for path, item in document["paths"].items():
        if path.startswith("/v1/"):
            for operation in item.values():
                operation["security"] = [{"key": []}]
