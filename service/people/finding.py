"""Finding out whose an e-mail address, a session or an invitation is, before the clinic is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.database.base import now
from service.database.people_tables import Invitation, Person, SignIn
from service.database.tables import Clinic
from service.people.member import Member
from service.people.roles import Role
from service.tenancy.keys import digest_of
from service.tenancy.tenant import TenantId

IDLE: Final = timedelta(hours=12)
"""A session that is not used for so long has ended."""


@dataclass(frozen=True, slots=True)
class Found:
    """A member, and when the session was last noted to be in use."""

    member: Member
    seen_at: datetime


def find_member(session: Session, token: str) -> Found | None:
    """Who is signed in with this token; None where the session or the person has ended, or there never was one."""
    moment = now()
    query = (
        select(SignIn, Person, Clinic.title, Clinic.name)
        .join(Person, Person.id == SignIn.person_id)
        .join(Clinic, Clinic.id == SignIn.tenant_id)
        .where(SignIn.sha256 == digest_of(token), Person.ended_at.is_(None))
        .where(SignIn.expires_at > moment, SignIn.seen_at > moment - IDLE)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    sign_in, person, title, name = row
    return Found(_member(sign_in, person, title or name), sign_in.seen_at)


def find_people(session: Session, email: str) -> Sequence[Person]:
    """Those who sign in with this address, of any clinic, the latest first."""
    query = select(Person).where(Person.email == email, Person.ended_at.is_(None))
    return session.scalars(query.order_by(Person.id.desc())).all()


def find_invitation(session: Session, token: str) -> Invitation | None:
    """The invitation with this token; None where it was taken, ran out, or there never was one."""
    valid = select(Invitation).where(Invitation.taken_at.is_(None), Invitation.expires_at > now())
    return session.scalar(valid.where(Invitation.sha256 == digest_of(token)))


def is_anybody_there(session: Session) -> bool:
    """Whether any person was ever made."""
    return session.scalar(select(Person.id).limit(1)) is not None


def _member(sign_in: SignIn, person: Person, clinic: str) -> Member:
    return Member(
        tenant=TenantId(person.tenant_id),
        person_id=person.id,
        session_id=sign_in.id,
        email=person.email,
        name=person.name,
        role=Role(person.role),
        csrf=sign_in.csrf,
        language=person.language,
        clinic=clinic,
    )
