"""What routes ask for in their signatures."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Header, Query, Request

from service.assembly import Service
from service.errors import ProblemCode, ServiceError
from service.people.member import Member
from service.people.own_pages import READS, proves_its_page
from service.tenancy.scope import Scope
from service.tenancy.tenant import Actor


def _service(request: Request) -> Service:
    service = request.app.state.service
    assert isinstance(service, Service)  # noqa: S101  put there at start
    return service


def _actor_with(scope: Scope) -> Callable[[Request], Actor]:
    def actor(request: Request) -> Actor:
        found: Actor | None = request.scope.get("actor")
        if found is None:
            raise ServiceError(ProblemCode.UNAUTHENTICATED)
        require_proof(request)
        found.require(scope)
        return found

    return actor


def require_proof(request: Request) -> None:
    """Raise ServiceError where a signed-in browser changes something and no page of ours has said that it asked."""
    member = request.scope.get("member")
    if isinstance(member, Member) and request.method not in READS and not proves_its_page(request, member):
        raise ServiceError(ProblemCode.FOREIGN_PAGE)


TheService = Annotated[Service, Depends(_service)]
Ingester = Annotated[Actor, Depends(_actor_with(Scope.INGEST))]
Reader = Annotated[Actor, Depends(_actor_with(Scope.READ))]
Exporter = Annotated[Actor, Depends(_actor_with(Scope.EXPORT))]
Administrator = Annotated[Actor, Depends(_actor_with(Scope.ADMIN))]

RequestKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Your own name for this request: sent again with the same content, it does nothing twice.",
    ),
]
Wait = Annotated[float, Query(ge=0, le=120, description="Seconds to wait for the analysis to end.")]
