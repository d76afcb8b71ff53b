"""Every error a caller can meet, with its HTTP status and its advice: decided here and nowhere else.

The rest of the service raises :class:`ServiceError` with a code from the catalogue; what went unexpectedly wrong
becomes ``internal``. Answers are problem+json (RFC 9457).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from models.errors import LiftmarkError
from service.observing.note import note_of
from service.texts import N_

PROBLEM_TYPE: Final = "application/problem+json"
_NOT_FOUND: Final = 404
_RETRY_AFTER: Final = {"description": "Seconds.", "required": True, "schema": {"type": "integer", "minimum": 1}}


class ProblemCode(StrEnum):
    """The stable code of each problem."""

    INVALID_JSON = "invalid_json"
    INVALID_FORM = "invalid_form"
    UNAUTHENTICATED = "unauthenticated"
    LINK_ENDED = "link_ended"
    SCOPE_MISSING = "scope_missing"
    FOREIGN_PAGE = "foreign_page"
    SIGN_IN_REFUSED = "sign_in_refused"
    INVALID_PASSWORD = "invalid_password"  # noqa: S105  a problem's code
    INVITATION_ENDED = "invitation_ended"
    PERSON_NOT_FOUND = "person_not_found"
    INVITATION_NOT_FOUND = "invitation_not_found"
    KEY_NOT_FOUND = "key_not_found"
    LAST_OWNER = "last_owner"
    WELCOME_ENDED = "welcome_ended"
    ROUTE_NOT_FOUND = "route_not_found"
    SUBJECT_NOT_FOUND = "subject_not_found"
    VISIT_NOT_FOUND = "visit_not_found"
    PHOTO_NOT_FOUND = "photo_not_found"
    COMPARISON_NOT_FOUND = "comparison_not_found"
    COURSE_NOT_FOUND = "course_not_found"
    CONFOUNDER_NOT_FOUND = "confounder_not_found"
    PICTURE_NOT_FOUND = "picture_not_found"
    IRIS_DIAMETER_NOT_FOUND = "iris_diameter_not_found"
    CORRECTION_NOT_FOUND = "correction_not_found"
    STUDY_NOT_FOUND = "repeatability_study_not_found"
    ERASURE_NOT_FOUND = "erasure_not_found"
    CONSENT_NOT_FOUND = "consent_not_found"
    CONSENT_MISSING = "consent_missing"
    EXPORT_NOT_FOUND = "export_not_found"
    EXPORT_ENDED = "export_ended"
    NO_EXPORT = "no_export"
    NOT_PUBLISHABLE = "not_publishable"
    FORMAT_MISSING = "format_missing"
    LINK_NOT_FOUND = "link_not_found"
    WEBHOOK_NOT_FOUND = "webhook_not_found"
    WEBHOOK_NOT_ALLOWED = "webhook_not_allowed"
    WEBHOOK_EXISTS = "webhook_exists"
    TOO_MANY_WEBHOOKS = "too_many_webhooks"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    TOO_SLOW = "too_slow"
    KEY_REUSED = "idempotency_key_reused"
    NOT_READY = "not_ready"
    NO_REPORT = "no_report"
    NO_FIGURES = "no_figures"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXCEEDED = "quota_exceeded"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOT_AN_IMAGE = "not_an_image"
    UNSUPPORTED_FORMAT = "unsupported_format"
    EMPTY_FILE = "empty_file"
    UNREADABLE_PHOTO = "unreadable_photo"
    DIFFERENT_SUBJECTS = "different_subjects"
    DIFFERENT_VIEWS = "different_views"
    NO_PHOTOS = "no_photos"
    TOO_MANY_PHOTOS = "too_many_photos"
    INVALID_STUDY = "invalid_repeatability_study"
    INVALID_CORRECTION = "invalid_correction"
    NO_CONTOURS = "no_contours"
    INVALID_REQUEST = "invalid_request"
    INTERNAL = "internal"
    EXTRA_MISSING = "extra_missing"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class ProblemEntry:
    """One entry of the catalogue: the HTTP status, what happened, and what to do about it."""

    status: int
    title: str
    detail: str


_C = ProblemCode
PROBLEMS: Final[Mapping[ProblemCode, ProblemEntry]] = MappingProxyType(
    {
        _C.INVALID_JSON: ProblemEntry(400, "The request's body is not JSON", "Send UTF-8 JSON."),
        _C.INVALID_FORM: ProblemEntry(
            400, "The request's body is not a form", "Send multipart/form-data with the photo in the field 'file'."
        ),
        _C.UNAUTHENTICATED: ProblemEntry(
            401, "No valid API key", "Send 'Authorization: Bearer lm_…' with a key made by 'liftmark key create'."
        ),
        _C.LINK_ENDED: ProblemEntry(401, "This link is no longer valid", "Ask for a new link to the report."),
        _C.SCOPE_MISSING: ProblemEntry(
            403, N_("Not within what this key or role may do"), "Use a key with the scope that this call needs."
        ),
        _C.FOREIGN_PAGE: ProblemEntry(
            403,
            N_("The request came from no page of this service"),
            N_("Load the page again, then repeat what you did."),
        ),
        _C.SIGN_IN_REFUSED: ProblemEntry(
            403, N_("E-mail address and password do not belong together"), N_("Check both; capital letters count.")
        ),
        _C.INVALID_PASSWORD: ProblemEntry(422, N_("This password cannot be used"), N_("Choose another one.")),
        _C.INVITATION_ENDED: ProblemEntry(
            404, N_("This invitation is no longer valid"), N_("Ask whoever sent it for a new one.")
        ),
        _C.PERSON_NOT_FOUND: ProblemEntry(404, N_("No such person"), N_("Check the person's id.")),
        _C.INVITATION_NOT_FOUND: ProblemEntry(404, N_("No such invitation"), N_("Check the invitation's id.")),
        _C.KEY_NOT_FOUND: ProblemEntry(404, N_("No such key"), N_("Check the key's id.")),
        _C.LAST_OWNER: ProblemEntry(
            409, N_("The clinic's last owner has to stay"), N_("Make somebody else an owner first.")
        ),
        _C.WELCOME_ENDED: ProblemEntry(
            404, N_("This page is not in use"), N_("Sign in; 'liftmark person add' makes further people.")
        ),
        _C.QUOTA_EXCEEDED: ProblemEntry(
            403,
            "The clinic's storage is full",
            "Erase photos, or ask whoever runs the service for more; GET /v1/usage tells what is used.",
        ),
        _C.ROUTE_NOT_FOUND: ProblemEntry(404, "No such address", "See /docs for the calls there are."),
        _C.SUBJECT_NOT_FOUND: ProblemEntry(404, "No such subject", "Check the subject's id."),
        _C.VISIT_NOT_FOUND: ProblemEntry(404, "No such visit", "Check the visit's id."),
        _C.PHOTO_NOT_FOUND: ProblemEntry(404, "No such photo", "Check the photo's id."),
        _C.COMPARISON_NOT_FOUND: ProblemEntry(404, "No such comparison", "Check the comparison's id."),
        _C.COURSE_NOT_FOUND: ProblemEntry(
            404, "No such course", "Check the course's id, and that it is a course of this subject."
        ),
        _C.CONFOUNDER_NOT_FOUND: ProblemEntry(404, "No such confounder", "Check the confounder's id."),
        _C.PICTURE_NOT_FOUND: ProblemEntry(
            404, "No such picture", "The analysis made no such picture; its status says why."
        ),
        _C.IRIS_DIAMETER_NOT_FOUND: ProblemEntry(
            404, "No iris diameter was given for this subject", "PUT one, or rely on the average person's."
        ),
        _C.CORRECTION_NOT_FOUND: ProblemEntry(
            404, "This contour was not placed by hand", "What the program found is in use."
        ),
        _C.STUDY_NOT_FOUND: ProblemEntry(404, "No such repeatability study", "Check the study's id."),
        _C.ERASURE_NOT_FOUND: ProblemEntry(
            404, "No subject was erased under this id", "Check the subject's id, and that it was erased."
        ),
        _C.CONSENT_NOT_FOUND: ProblemEntry(
            404, "No consent to this purpose was ever recorded", "See the subject's consents."
        ),
        _C.CONSENT_MISSING: ProblemEntry(
            403, "The subject's consent does not allow this", "See the subject's consents, and record what was signed."
        ),
        _C.EXPORT_NOT_FOUND: ProblemEntry(404, "No such export", "Check the export's id."),
        _C.EXPORT_ENDED: ProblemEntry(
            410,
            "This export has ended",
            "The consent that it rested on was withdrawn or ran out. Record a new one first.",
        ),
        _C.NO_EXPORT: ProblemEntry(409, "There is no file of this export", "See the export for the reason."),
        _C.NOT_PUBLISHABLE: ProblemEntry(
            422, "The pair cannot be published like this", "Choose another shape or part of the face, or another pair."
        ),
        _C.FORMAT_MISSING: ProblemEntry(
            422,
            "This service makes no MP4 files",
            "Take 'gif' or 'webp', or turn one of them into MP4 with a program of your own.",
        ),
        _C.LINK_NOT_FOUND: ProblemEntry(404, "No such link", "Check the link's id."),
        _C.WEBHOOK_NOT_FOUND: ProblemEntry(404, "No such webhook", "Check the webhook's id."),
        _C.WEBHOOK_NOT_ALLOWED: ProblemEntry(
            403,
            "The operator allows no webhooks to this address",
            "Have whoever runs the service add its 'https://host' to LIFTMARK_WEBHOOK_HOSTS; give no user name.",
        ),
        _C.WEBHOOK_EXISTS: ProblemEntry(
            409, "This address has a webhook already", "Delete it first to get a new secret."
        ),
        _C.TOO_MANY_WEBHOOKS: ProblemEntry(409, "The clinic has ten webhooks already", "Delete one first."),
        _C.METHOD_NOT_ALLOWED: ProblemEntry(
            405, "This address does not take that method", "See /docs for the calls there are."
        ),
        _C.TOO_SLOW: ProblemEntry(
            408, "The request took too long to arrive", "Send it again, over a better connection."
        ),
        _C.KEY_REUSED: ProblemEntry(
            409, "The Idempotency-Key belongs to another request", "Use a new key for each new request."
        ),
        _C.NOT_READY: ProblemEntry(409, "The analysis has not ended", "Ask again in a few seconds."),
        _C.NO_REPORT: ProblemEntry(409, "There is no report on this pair", "See the comparison for the reason."),
        _C.NO_FIGURES: ProblemEntry(409, "There are no figures to tell", "See the record's status for the reason."),
        _C.TOO_LARGE: ProblemEntry(413, N_("The request is too large"), N_("Send a smaller file.")),
        _C.TOO_MANY_PIXELS: ProblemEntry(
            413, "The picture has too many pixels", "Save it smaller, or as an ordinary JPEG."
        ),
        _C.NOT_AN_IMAGE: ProblemEntry(415, "The file is not a picture", "Send a JPEG, PNG, WebP, TIFF or HEIC photo."),
        _C.UNSUPPORTED_FORMAT: ProblemEntry(
            415, N_("This picture format is not accepted"), N_("Save the photo as JPEG, PNG, WebP, TIFF or HEIC.")
        ),
        _C.EMPTY_FILE: ProblemEntry(422, "The file is empty", "Send the photo again."),
        _C.UNREADABLE_PHOTO: ProblemEntry(422, "The picture cannot be read", "Send the original file again."),
        _C.DIFFERENT_SUBJECTS: ProblemEntry(
            422, "The photos are of two subjects", "Compare two photos of one subject."
        ),
        _C.DIFFERENT_VIEWS: ProblemEntry(
            422, "The photos were taken from different sides", "Compare two photos of the same view."
        ),
        _C.NO_PHOTOS: ProblemEntry(
            422, "There is no frontal photo in one of the visits", "Upload one, or name the photos."
        ),
        _C.TOO_MANY_PHOTOS: ProblemEntry(
            422, "There are too many photos in one of the visits", "Name at most six photos of each visit."
        ),
        _C.INVALID_STUDY: ProblemEntry(
            422,
            "These photos make no repeatability study",
            "Name frontal photos of unchanged faces: at least three of one person, a list for each person.",
        ),
        _C.INVALID_CORRECTION: ProblemEntry(
            422, "The contour cannot be what it says", "Place its points on the contour, in its order."
        ),
        _C.NO_CONTOURS: ProblemEntry(
            409, "There are no contours in this photo", "Only a photo that could be measured has contours to correct."
        ),
        _C.INVALID_REQUEST: ProblemEntry(
            422, N_("The request is not complete or not valid"), N_("See /docs for what is expected.")
        ),
        _C.RATE_LIMITED: ProblemEntry(
            429,
            N_("Too many requests"),
            N_("Wait as many seconds as Retry-After says, then send it again, with the same Idempotency-Key."),
        ),
        _C.INTERNAL: ProblemEntry(
            500, "Something went wrong here", "Send the request again; the same Idempotency-Key does nothing twice."
        ),
        _C.EXTRA_MISSING: ProblemEntry(
            501,
            "This service was installed without what this call needs",
            "Have whoever runs it install 'liftmark[interop]'.",
        ),
        _C.UNAVAILABLE: ProblemEntry(
            503, "The service cannot do its work now", "Send the request again later, with the same Idempotency-Key."
        ),
    }
)


class ServiceError(LiftmarkError):
    """A request that cannot be answered as asked; ``detail`` replaces the catalogue's advice."""

    def __init__(self, code: ProblemCode, detail: str | None = None) -> None:
        super().__init__(detail or PROBLEMS[code].title)
        self.code = code
        self.title = PROBLEMS[code].title
        self.status = PROBLEMS[code].status
        self.detail = detail or PROBLEMS[code].detail


class Problem(BaseModel):
    """The body of every error answer (RFC 9457).

    ``request_id`` is what the log calls this request. A 404 has it in the header ``X-Request-ID`` alone: whether an id
    belongs to another clinic or to nobody, the bodies are equal.
    """

    type: str
    title: str
    status: int
    detail: str
    code: ProblemCode
    request_id: str | None = None


class _ProblemResponse(Response):
    """A problem, which notes its code for the log and says the request's id when it is sent."""

    def __init__(self, code: ProblemCode, body: Mapping[str, str | int], headers: Mapping[str, str] | None) -> None:
        self._code = code
        self._problem = body
        super().__init__(_json(body), PROBLEMS[code].status, headers, PROBLEM_TYPE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        note = note_of(scope)
        if note is not None:
            note.problem = str(self._code)
        if note is not None and self.status_code != _NOT_FOUND:
            self.body = self.render(_json({**self._problem, "request_id": note.request_id}))
            self.headers["Content-Length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def _json(body: Mapping[str, str | int]) -> str:
    return json.dumps(body, ensure_ascii=False)


def problem_response(code: ProblemCode, detail: str | None = None) -> Response:
    """The answer for ``code``; equal codes and details give equal bytes but for the request's id."""
    entry = PROBLEMS[code]
    body: dict[str, str | int] = {
        "type": f"urn:liftmark:problem:{code}",
        "title": entry.title,
        "status": entry.status,
        "detail": detail or entry.detail,
        "code": str(code),
    }
    headers = {"WWW-Authenticate": "Bearer"} if entry.status == 401 else None  # noqa: PLR2004  RFC 9110, 15.5.2
    return _ProblemResponse(code, body, headers)


def problems(*codes: ProblemCode) -> dict[int | str, dict[str, Any]]:
    """What a route declares in OpenAPI: the problems it can answer with, grouped by status."""
    always = (_C.UNAUTHENTICATED, _C.SCOPE_MISSING, _C.TOO_SLOW, _C.TOO_LARGE, _C.INVALID_REQUEST, _C.RATE_LIMITED)
    by_status: dict[int | str, list[str]] = {}
    for code in dict.fromkeys((*codes, *always)):
        by_status.setdefault(PROBLEMS[code].status, []).append(f"`{code}`: {PROBLEMS[code].title}.")
    return {status: _declared(status, " ".join(says)) for status, says in by_status.items()}


def _declared(status: int | str, says: str) -> dict[str, Any]:
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    headers = {"headers": {"Retry-After": _RETRY_AFTER}} if status == PROBLEMS[_C.RATE_LIMITED].status else {}
    return {"description": says, "content": content, **headers}
