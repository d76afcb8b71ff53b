"""The commands on people: ``person add``, ``list``, ``end``, ``password``; beside a running service."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final

import typer

from service.tenancy.scope import Scope

if TYPE_CHECKING:
    from service.database import Database
    from service.people.roles import Role
    from service.tenancy.tenant import Actor

BY: Final = "system:operator"

Clinic = Annotated[
    str | None, typer.Option(show_default=False, help="The clinic's name; may be left out where there is only one.")
]
Email = Annotated[str, typer.Argument(metavar="EMAIL", show_default=False, help="What the person signs in with.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    people = typer.Typer(
        help="People who sign in: add, list, end them, give them a new password.", no_args_is_help=True
    )
    people.command("add")(add_command)
    people.command("list")(list_command)
    people.command("end")(end_command)
    people.command("password")(password_command)
    app.add_typer(people, name="person")


def add_command(
    email: Email,
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[str, typer.Option(help="owner, practitioner or marketing.")] = "owner",
    clinic: Annotated[
        str | None,
        typer.Option(show_default=False, help="The clinic's name; made when it is new. Not needed where there is one."),
    ] = None,
) -> None:
    """Add a person to a clinic. The password is asked for, or read from stdin where that is no terminal."""
    from service.people.joining import Newcomer, add_person, new_person  # noqa: PLC0415  slow to import
    from service.people.repository import People  # noqa: PLC0415
    from service.people.words import normalised  # noqa: PLC0415

    with _told_plainly(), _database() as database:
        _make_sure_of(database, clinic)
        actor, title = _operator(database, clinic)
        person = new_person(Newcomer(name, email, _asked_password()), _role(role), title)
        with database.writing(actor.tenant) as session:
            known = People(session, actor.tenant).with_email(normalised(email))
            if known is not None and known.ended_at is None:
                raise typer.BadParameter("somebody of this clinic has this address; see `liftmark person password`.")
            typer.echo(add_person(session, actor.tenant, person, actor).id)


def list_command() -> None:
    """List all people: id, as the audit names it, clinic, role, e-mail address, name, and when they ended."""
    from service.people.repository import People  # noqa: PLC0415  as above
    from service.tenancy.clinics import clinics_by_name  # noqa: PLC0415

    with _database() as database, database.reading_across() as session:
        for clinic, tenant in sorted(clinics_by_name(session).items()):
            for person in People(session, tenant).every():
                ended = "" if person.ended_at is None else f"  ended {person.ended_at:%Y-%m-%d %H:%M}"
                typer.echo(f"{person.id}  {clinic}  {person.role}  {person.email}  {person.name}{ended}")


def end_command(email: Email, clinic: Clinic = None) -> None:
    """End a person: they are signed out everywhere at once and cannot sign in any more."""
    from service.people.desk import PeopleDesk  # noqa: PLC0415  as above

    with _told_plainly(), _database() as database:
        actor, _ = _operator(database, clinic)
        PeopleDesk(database).end(actor, _person(database, actor, email))


def password_command(email: Email, clinic: Clinic = None) -> None:
    """Give a person a new password, asked for or read from stdin; they are signed out everywhere."""
    from service.people.desk import PeopleDesk  # noqa: PLC0415  as above

    with _told_plainly(), _database() as database:
        actor, _ = _operator(database, clinic)
        PeopleDesk(database).set_password(actor, _person(database, actor, email), _asked_password())


@contextmanager
def _told_plainly() -> Iterator[None]:
    """What is refused is wrong usage here."""
    from service.errors import ServiceError  # noqa: PLC0415  as above

    try:
        yield
    except ServiceError as error:
        raise typer.BadParameter(f"{error.title}. {error.detail}") from error


@contextmanager
def _database() -> "Iterator[Database]":
    from service.assembly import open_database  # noqa: PLC0415  as above
    from service.settings import Settings  # noqa: PLC0415

    with open_database(Settings()) as database:
        yield database


def _make_sure_of(database: "Database", clinic: str | None) -> None:
    from service.tenancy.keys import clinic_named  # noqa: PLC0415  as above

    if clinic is not None:
        with database.writing_across() as session:
            clinic_named(session, clinic)


def _operator(database: "Database", clinic: str | None) -> "tuple[Actor, str]":
    """Whoever runs the service, acting in the clinic, and what the clinic is called."""
    from service.tenancy.clinics import clinic_identity, clinics_by_name  # noqa: PLC0415  as above
    from service.tenancy.tenant import Actor  # noqa: PLC0415

    with database.reading_across() as session:
        clinics = clinics_by_name(session)
        named = next(iter(clinics), None) if clinic is None and len(clinics) == 1 else clinic
        if named not in clinics:
            raise typer.BadParameter("name one of the clinics that `liftmark clinic list` tells.")
        return Actor(clinics[named], BY, frozenset(Scope)), clinic_identity(session, clinics[named]).name


def _person(database: "Database", actor: "Actor", email: str) -> str:
    from service.people.repository import People  # noqa: PLC0415  as above
    from service.people.words import normalised  # noqa: PLC0415

    with database.reading(actor.tenant) as session:
        person = People(session, actor.tenant).with_email(normalised(email))
    if person is None or person.ended_at is not None:
        raise typer.BadParameter("nobody of this clinic signs in with this address; see `liftmark person list`.")
    return person.id


def _role(named: str) -> "Role":
    from service.people.roles import Role  # noqa: PLC0415  as above

    if named not in set(Role):
        raise typer.BadParameter(f"choose one of {', '.join(Role)}.")
    return Role(named)


def _asked_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked
