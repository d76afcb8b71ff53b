"""HTTP: the first page after signing in."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from service.screens.shell import TheMember, show

router = APIRouter(include_in_schema=False)


@router.get("/app")
def home(request: Request, member: TheMember) -> HTMLResponse:
    """Where one lands."""
    return show(request, member, "home.html")
