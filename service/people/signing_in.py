"""Signing in and out."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from service.audit import Action, record
from service.database import Database
from service.database.base import now
from service.database.people_tables import Person, SignIn
from service.errors import ProblemCode, ServiceError
from service.limiting.guesses import Guesses
from service.people.finding import IDLE, Found, find_member, find_people
from service.people.member import Member, person_actor
from service.people.passwords import hashed, is_outdated, matching
from service.people.repository import People, SignIns
from service.people.roles import Role
from service.people.words import normalised
from service.tenancy.keys import digest_of
from service.tenancy.tenant import TenantId
from service.texts import _

LONGEST: Final = timedelta(days=7)
"""A session ends then, however much it is used."""
_NOTED_EVERY: Final = timedelta(minutes=5)


class SignInDesk:
    """Where people sign in, are recognised, and sign out."""

    def __init__(self, database: Database, guesses: Guesses) -> None:
        self._database = database
        self._guesses = guesses

    def sign_in(self, email: str, password: str, address: str) -> str:
        """The token of a new session.

        Who has failed too often, from this address or at this person, is told so without looking at the password.

        Raises
        ------
        ServiceError
            Always the same one, after the same work, whether the address is unknown or the password wrong.
        """
        known_as = normalised(email)
        person = self._tried(known_as, address, lambda: self._recognised(known_as, password))
        if person is None:
            raise ServiceError(ProblemCode.SIGN_IN_REFUSED)
        return self._begin(person, password)

    def require_password(self, member: Member, password: str, address: str) -> None:
        """Raise ServiceError unless it is the member's own; tried as often as when signing in, and no oftener."""
        if self._tried(member.email, address, lambda: self._own(member, password)) is None:
            raise ServiceError(ProblemCode.INVALID_PASSWORD, _("Your present password is another one."))

    def find(self, token: str) -> Member | None:
        """Who is signed in with this token; that the session is in use is noted now and then."""
        with self._database.reading_across() as session:
            found = find_member(session, token)
        if found is not None and found.seen_at < now() - _NOTED_EVERY:
            self._note(found)
        return None if found is None else found.member

    def sign_out(self, member: Member) -> None:
        """End this session."""
        with self._database.writing(member.tenant) as session:
            SignIns(session, member.tenant).end(member.session_id)
            record(session, member.actor, Action.SIGNED_OUT, member.person_id)

    def _tried(self, email: str, address: str, look: Callable[[], Person | None]) -> Person | None:
        """Whom a look at the password finds; failures count against the address and the person."""
        tried_at = (address, f"person {digest_of(email)}")
        if any(self._guesses.are_too_many(one) for one in tried_at):
            raise ServiceError(ProblemCode.RATE_LIMITED, _("Wait a minute, then try again."))
        person = look()
        for one in tried_at if person is None else ():
            self._guesses.count(one)
        return person

    def _own(self, member: Member, password: str) -> Person | None:
        with self._database.reading(member.tenant) as session:
            person = People(session, member.tenant).get(member.person_id)
        return person if matching(password, [person.password_hash]) else None

    def _recognised(self, email: str, password: str) -> Person | None:
        with self._database.reading_across() as session:
            people = find_people(session, email)
        fitting = matching(password, [person.password_hash for person in people])
        return next((person for person in people if person.password_hash == fitting), None)

    def _begin(self, recognised: Person, password: str) -> str:
        tenant = TenantId(recognised.tenant_id)
        with self._database.writing(tenant) as session:
            person = People(session, tenant).get(recognised.id)
            if person.ended_at is not None or person.password_hash != recognised.password_hash:
                raise ServiceError(ProblemCode.SIGN_IN_REFUSED)  # ended, or changed, while the password was looked at
            if is_outdated(person.password_hash):
                person.password_hash = hashed(password)
            return begin_session(session, person)

    def _note(self, found: Found) -> None:
        with self._database.writing(found.member.tenant) as session:
            for kept in SignIns(session, found.member.tenant).every(SignIn.id == found.member.session_id):
                kept.seen_at = now()


def begin_session(session: Session, person: Person) -> str:
    """Sign the person in, and return the new session's token."""
    tenant, moment, token = TenantId(person.tenant_id), now(), secrets.token_urlsafe(32)
    sign_ins = SignIns(session, tenant)
    sign_ins.forget_old(person.id, moment - IDLE)
    sign_ins.add(_new_session(person, token, moment))
    record(session, person_actor(tenant, person.id, Role(person.role)), Action.SIGNED_IN, person.id)
    return token


def _new_session(person: Person, token: str, moment: datetime) -> SignIn:
    return SignIn(
        person_id=person.id,
        sha256=digest_of(token),
        csrf=secrets.token_urlsafe(32),
        seen_at=moment,
        expires_at=moment + LONGEST,
    )
