"""Somebody becomes one of a clinic's people."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.audit import Action, record
from service.database.people_tables import Person
from service.people.member import person_actor
from service.people.passwords import hashed, require_good
from service.people.repository import People, SignIns
from service.people.roles import Role
from service.people.signing_in import begin_session
from service.people.words import read_email, read_name
from service.tenancy.tenant import Actor, TenantId
from service.texts import language


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody says of themselves, as they typed it."""

    name: str
    email: str
    password: str


def new_person(newcomer: Newcomer, role: Role, clinic: str) -> Person:
    """A person as they are kept; ServiceError where something that they typed cannot be used."""
    name, email = read_name(newcomer.name), read_email(newcomer.email)
    require_good(newcomer.password, name, email, clinic)
    return Person(name=name, email=email, role=role, password_hash=hashed(newcomer.password), language=language())


def add_person(session: Session, tenant: TenantId, new: Person, by: Actor | None = None) -> Person:
    """Add the person; whoever left, or is there, under this address gets the new password, and their sessions end.

    Who is there keeps their role; who left comes back with the new one.
    """
    people = People(session, tenant)
    known = people.with_email(new.email)
    was_there = known is not None and known.ended_at is None
    person = people.add(new) if known is None else _renewed(known, new)
    SignIns(session, tenant).end_all_of(person.id)
    actor = by or person_actor(tenant, person.id, Role(person.role))
    record(session, actor, Action.PASSWORD_CHANGED if was_there else Action.PERSON_MADE, person.id)
    return person


def join(session: Session, tenant: TenantId, new: Person) -> str:
    """Add the person and sign them in: the session's token."""
    return begin_session(session, add_person(session, tenant, new))


def _renewed(known: Person, new: Person) -> Person:
    known.password_hash = new.password_hash
    if known.ended_at is not None:
        known.name, known.role, known.language, known.ended_at = new.name, new.role, new.language, None
    return known
