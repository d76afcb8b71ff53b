"""The first start: whoever holds the code that stands on the terminal becomes the first owner."""

import hashlib
import hmac

from sqlalchemy.orm import Session

from service.database import Database
from service.errors import ProblemCode, ServiceError
from service.people.finding import is_anybody_there
from service.people.joining import Newcomer, join, new_person
from service.people.roles import Role
from service.people.words import read_name
from service.tenancy.clinics import DEFAULT_CLINIC, clinics_by_name, set_title
from service.tenancy.keys import clinic_named
from service.tenancy.tenant import TenantId


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
            if is_anybody_there(session):  # asked again now that the clinic is held: two may have come at once
                raise ServiceError(ProblemCode.WELCOME_ENDED)
            return join(session, tenant, person)


def _clinic_called(session: Session, title: str) -> TenantId:
    """The one clinic that there is, called so from now on; of several the one of this name, or a new one."""
    clinics = clinics_by_name(session)
    if len(clinics) == 1:
        (tenant,) = clinics.values()
        set_title(session, tenant, title)
        return tenant
    return clinics.get(title) or clinic_named(session, title)
