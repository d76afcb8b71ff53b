"""How people come into a clinic, change, and go; each act is in the clinic's audit."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from service.audit import Action, Whole, record
from service.database import Database
from service.database.base import now
from service.database.people_tables import Invitation, Person
from service.errors import ProblemCode, ServiceError
from service.people.finding import find_invitation
from service.people.joining import Newcomer, join, new_person
from service.people.passwords import hashed, require_good
from service.people.repository import Invitations, People, SignIns
from service.people.roles import SCOPES, Role
from service.people.words import read_email
from service.tenancy.clinics import clinic_identity
from service.tenancy.keys import digest_of
from service.tenancy.share_links import end_links_of
from service.tenancy.tenant import PERSON, Actor, TenantId

VALID: Final = timedelta(days=7)
"""An invitation's life."""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as whoever opens it sees it.

    Parameters
    ----------
    name : of the person who has the address already, and is to have a new password.
    """

    tenant: TenantId
    email: str
    role: Role
    clinic: str
    name: str | None


class PeopleDesk:
    """What is done with a clinic's people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def roster(self, actor: Actor) -> tuple[list[Person], list[Invitation]]:
        """The people who are there, and the invitations that may still be taken."""
        with self._database.writing(actor.tenant) as session:
            record(session, actor, Action.PEOPLE_LISTED, Whole.PEOPLE)
            return People(session, actor.tenant).present(), Invitations(session, actor.tenant).open()

    def invite(self, actor: Actor, email: str, role: Role) -> tuple[Invitation, str]:
        """A new invitation and its token, which is told this once. Earlier ones of the same address end.

        For somebody who is there already it is the way to a new password; the role that they have stays.
        """
        token, address = secrets.token_urlsafe(32), read_email(email)
        with self._database.writing(actor.tenant) as session:
            invitations = Invitations(session, actor.tenant)
            invitations.forget(Invitation.email == address)
            new = Invitation(email=address, role=role, sha256=digest_of(token), made_by=actor.name)
            new.expires_at = now() + VALID
            record(session, actor, Action.INVITATION_MADE, invitations.add(new).id)
            return new, token

    def withdraw(self, actor: Actor, invitation_id: str) -> None:
        """End an invitation."""
        with self._database.writing(actor.tenant) as session:
            invitations = Invitations(session, actor.tenant)
            invitations.delete(invitations.get(invitation_id))
            record(session, actor, Action.INVITATION_WITHDRAWN, invitation_id)

    def invited(self, token: str) -> Invited:
        """Whom the token invites to which clinic; ServiceError where it invites nobody now."""
        with self._database.reading_across() as session:
            invitation = find_invitation(session, token)
            if invitation is None:
                raise ServiceError(ProblemCode.INVITATION_ENDED)
            tenant = TenantId(invitation.tenant_id)
            known = People(session, tenant).with_email(invitation.email)
            name = known.name if known is not None and known.ended_at is None else None
            clinic = clinic_identity(session, tenant).name
            return Invited(tenant, invitation.email, Role(invitation.role), clinic, name)

    def take(self, token: str, name: str, password: str) -> str:
        """Join the clinic, or have a new password there: the token of a session.

        Raises
        ------
        ServiceError
            Where the invitation has ended, or what was typed cannot be used.
        """
        invited = self.invited(token)
        person = new_person(Newcomer(invited.name or name, invited.email, password), invited.role, invited.clinic)
        with self._database.writing(invited.tenant) as session:
            Invitations(session, invited.tenant).take(digest_of(token))
            return join(session, invited.tenant, person)

    def change_role(self, actor: Actor, person_id: str, role: Role) -> None:
        """Give the person another role; their browsers have it at once, and links that could do more than they end."""
        with self._database.writing(actor.tenant) as session:
            person = _one_of_several(session, actor.tenant, person_id, stays_owner=role is Role.OWNER)
            if SCOPES[role] < SCOPES[Role(person.role)]:
                end_links_of(session, actor.tenant, f"{PERSON}{person_id}", by=actor.name)
            person.role = role
            record(session, actor, Action.PERSON_CHANGED, person_id)

    def end(self, actor: Actor, person_id: str) -> None:
        """End the person, their sessions, and the links and invitations that they made, all at once."""
        with self._database.writing(actor.tenant) as session:
            person = _one_of_several(session, actor.tenant, person_id)
            person.ended_at = now()
            SignIns(session, actor.tenant).end_all_of(person_id)
            end_links_of(session, actor.tenant, f"{PERSON}{person_id}", by=actor.name)
            made_or_for = (Invitation.made_by == f"{PERSON}{person_id}") | (Invitation.email == person.email)
            Invitations(session, actor.tenant).forget(made_or_for)
            record(session, actor, Action.PERSON_ENDED, person_id)

    def set_password(self, actor: Actor, person_id: str, password: str, *, but: str | None = None) -> None:
        """Give the person a new password; all their sessions end, but the one that it is changed in."""
        with self._database.writing(actor.tenant) as session:
            person = _present(session, actor.tenant, person_id)
            require_good(password, person.name, person.email, clinic_identity(session, actor.tenant).name)
            person.password_hash = hashed(password)
            SignIns(session, actor.tenant).end_all_of(person_id, but=but)
            record(session, actor, Action.PASSWORD_CHANGED, person_id)

    def speak(self, actor: Actor, person_id: str, code: str) -> None:
        """Have the pages speak this language to the person."""
        with self._database.writing(actor.tenant) as session:
            _present(session, actor.tenant, person_id).language = code
            record(session, actor, Action.PERSON_CHANGED, person_id)


def _present(session: Session, tenant: TenantId, person_id: str) -> Person:
    person = People(session, tenant).get_alone(person_id)
    if person.ended_at is not None:
        raise ServiceError(ProblemCode.PERSON_NOT_FOUND)
    return person


def _one_of_several(session: Session, tenant: TenantId, person_id: str, *, stays_owner: bool = False) -> Person:
    """The person; ServiceError where it is the last owner, unless that is what they stay."""
    if People(session, tenant).hold_owners() == {person_id} and not stays_owner:
        raise ServiceError(ProblemCode.LAST_OWNER)
    return _present(session, tenant, person_id)
