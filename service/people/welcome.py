"""The first start: whoever holds the code that stands on the terminal becomes the first owner."""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.audit import Action, record
from service.database import Database
from service.database.people_tables import Person
from service.errors import ProblemCode, ServiceError
from service.people.finding import is_anybody_there
from service.people.member import person_actor
from service.people.passwords import hashed, require_good
from service.people.repository import People
from service.people.roles import Role
from service.people.signing_in import begin_session
from service.people.words import read_email, read_name
from service.tenancy.clinics import clinics_by_name, set_title
from service.tenancy.keys import DEFAULT_CLINIC, clinic_named
from service.tenancy.tenant import TenantId
from service.texts import language


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody says of themselves, as they typed it."""

    name: str
    email: str
    password: str


def welcome_code(secret: bytes) -> str:
    """The code of this installation, the same after each start; it opens nothing once there is a person."""
    return hmac.new(secret, b"liftmark welcome", hashlib.sha256).hexdigest()[:32]


class WelcomeDesk:
    """Makes the first owner."""

    def __init__(self, database: Database, code: str) -> None:
        self._database = database
        self._code = code

    def is_open(self) -> bool:
        """Whether nobody has ever been made."""
        with self._database.reading_across() as session:
            return not is_anybody_there(session)

    def path(self) -> str | None:
        """The path of the page on which the first owner is made, with the code; None once there is somebody."""
        return f"/welcome?code={self._code}" if self.is_open() else None

    def knows(self, code: str) -> bool:
        """Whether it is the code."""
        return hmac.compare_digest(code.encode(), self._code.encode())

    def clinic(self) -> str:
        """The name of the one clinic that there is; nothing where none was given to it, or there are more."""
        with self._database.reading_across() as session:
            clinics = clinics_by_name(session)
        return "" if len(clinics) != 1 or DEFAULT_CLINIC in clinics else next(iter(clinics))

    def make_owner(self, code: str, clinic: str, newcomer: Newcomer) -> str:
        """Name the clinic, make its owner, and return the token of their first session.

        Raises
        ------
        ServiceError
            Where the code is wrong, there is somebody already, or what was typed cannot be used.
        """
        if not self.knows(code) or not self.is_open():
            raise ServiceError(ProblemCode.WELCOME_ENDED)
        title = read_name(clinic)
        person = new_person(newcomer, Role.OWNER, title)
        with self._database.writing_across() as session:
            tenant = _clinic_called(session, title)
            return join(session, tenant, person)


def new_person(newcomer: Newcomer, role: Role, clinic: str) -> Person:
    """A person as they are kept; ServiceError where something that they typed cannot be used."""
    name, email = read_name(newcomer.name), read_email(newcomer.email)
    require_good(newcomer.password, name, email, clinic)
    return Person(name=name, email=email, role=role, password_hash=hashed(newcomer.password), language=language())


def join(session: Session, tenant: TenantId, person: Person) -> str:
    """Add the person to the clinic and sign them in: the session's token; ServiceError for an address that is taken."""
    people = People(session, tenant)
    if people.with_email(person.email) is not None:
        raise ServiceError(ProblemCode.PERSON_EXISTS)
    people.add(person)
    record(session, person_actor(tenant, person.id, Role(person.role)), Action.PERSON_MADE, person.id)
    return begin_session(session, person)


def _clinic_called(session: Session, title: str) -> TenantId:
    """The one clinic that there is, called so from now on; of several the one of this name, or a new one."""
    clinics = clinics_by_name(session)
    if len(clinics) == 1:
        (tenant,) = clinics.values()
        set_title(session, tenant, title)
        return tenant
    return clinics.get(title) or clinic_named(session, title)
