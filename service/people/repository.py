"""The people, sessions and invitations of one clinic."""

from datetime import datetime

from sqlalchemy import ColumnElement

from service.database.base import now
from service.database.people_tables import Invitation, Person, SignIn
from service.errors import ProblemCode, ServiceError
from service.people.roles import Role
from service.tenancy.repository import TenantRepository


class People(TenantRepository[Person]):
    """The clinic's people."""

    row = Person
    absent = ProblemCode.PERSON_NOT_FOUND

    def present(self) -> list[Person]:
        """Those who have not ended, in the order in which they came."""
        return self.every(Person.ended_at.is_(None))

    def with_email(self, email: str) -> Person | None:
        """Whoever has, or had, this address."""
        return self._one(Person.email == email)

    def names(self) -> dict[str, str]:
        """The names of all, ended ones included, by the ids that the audit has."""
        return {person.id: person.name for person in self.every()}

    def hold_owners(self) -> set[str]:
        """The ids of the owners, of whom none goes until this transaction ends; held before any other person is."""
        owners = self._select().where(Person.role == Role.OWNER, Person.ended_at.is_(None)).order_by(Person.id)
        return {owner.id for owner in self.session.scalars(owners.with_for_update())}


class SignIns(TenantRepository[SignIn]):
    """The clinic's sessions."""

    row = SignIn
    absent = ProblemCode.UNAUTHENTICATED

    def end_all_of(self, person_id: str, *, but: str | None = None) -> None:
        """End the person's sessions at once, all but one."""
        for session in self.every(SignIn.person_id == person_id, SignIn.id != (but or "")):
            self.delete(session)

    def end(self, session_id: str) -> None:
        """End one, where it has not ended yet."""
        for session in self.every(SignIn.id == session_id):
            self.delete(session)

    def forget_old(self, person_id: str, idle_since: datetime) -> None:
        """Delete what nobody can use any more."""
        ended = (SignIn.expires_at <= now()) | (SignIn.seen_at <= idle_since)
        for session in self.every(SignIn.person_id == person_id, ended):
            self.delete(session)


class Invitations(TenantRepository[Invitation]):
    """The clinic's invitations."""

    row = Invitation
    absent = ProblemCode.INVITATION_NOT_FOUND

    def open(self) -> list[Invitation]:
        """Those that may still be taken."""
        return self.every(Invitation.taken_at.is_(None), Invitation.expires_at > now())

    def forget(self, which: ColumnElement[bool]) -> None:
        """Delete some that were not taken."""
        for invitation in self.every(Invitation.taken_at.is_(None), which):
            self.delete(invitation)

    def take(self, sha256: str) -> None:
        """Note that it was taken, once; ServiceError where it was before, or has ended otherwise."""
        valid = self._select().where(Invitation.sha256 == sha256, Invitation.taken_at.is_(None))
        invitation = self.session.scalars(valid.with_for_update()).one_or_none()
        if invitation is None:
            raise ServiceError(ProblemCode.INVITATION_ENDED)
        invitation.taken_at = now()
