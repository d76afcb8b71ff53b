"""What a clinic sets for itself: its keys, its name and its logo; each act is in its audit."""

from collections.abc import Iterable, Sequence
from typing import Final

from service.analysing import Analyser
from service.audit import Action, Whole, record
from service.database import Database
from service.database.tables import ApiKey
from service.errors import ProblemCode, ServiceError
from service.people.words import read_name
from service.sandbox import WorkerCrashed
from service.tenancy.clinics import ClinicIdentity, clinic_identity, set_logo, set_title
from service.tenancy.keys import keys_of, make_key, revoke_key
from service.tenancy.scope import Scope
from service.tenancy.tenant import Actor
from service.texts import _

LOGO_BYTES: Final = 1_000_000
"""Of the file that is sent; what is kept of it is smaller."""


class ClinicDesk:
    """What is done with a clinic's own settings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def identity(self, actor: Actor) -> ClinicIdentity:
        """Name and logo."""
        with self._database.reading(actor.tenant) as session:
            return clinic_identity(session, actor.tenant)

    def rename(self, actor: Actor, name: str) -> None:
        """Have pages and paper call the clinic so."""
        title = read_name(name)
        with self._database.writing(actor.tenant) as session:
            set_title(session, actor.tenant, title)
            record(session, actor, Action.CLINIC_CHANGED, Whole.CLINIC)

    def set_logo(self, actor: Actor, upload: bytes | None, analyser: Analyser) -> None:
        """Keep a picture, made anew where no file can do harm, as the clinic's logo; None takes it away.

        Raises
        ------
        ServiceError
            Where it is too large, or neither PNG nor JPEG.
        """
        logo = None if upload is None else _drawn_anew(upload, analyser)
        with self._database.writing(actor.tenant) as session:
            set_logo(session, actor.tenant, logo)
            record(session, actor, Action.CLINIC_CHANGED, Whole.CLINIC)

    def keys(self, actor: Actor) -> Sequence[ApiKey]:
        """Those that open something."""
        with self._database.reading(actor.tenant) as session:
            return keys_of(session, actor.tenant)

    def make_key(self, actor: Actor, scopes: Iterable[Scope]) -> str:
        """A new key, told this once; ServiceError where it would open nothing."""
        granted = frozenset(scopes)
        if not granted:
            raise ServiceError(ProblemCode.INVALID_REQUEST, _("Choose at least one thing that the key may do."))
        with self._database.writing(actor.tenant) as session:
            row, key = make_key(session, actor.tenant, granted)
            record(session, actor, Action.KEY_MADE, row.id)
            return key

    def revoke_key(self, actor: Actor, key_id: str) -> None:
        """End a key; ServiceError where the clinic has none of this id."""
        with self._database.writing(actor.tenant) as session:
            if not revoke_key(session, key_id, actor.tenant):
                raise ServiceError(ProblemCode.KEY_NOT_FOUND)
            record(session, actor, Action.KEY_REVOKED, key_id)


def _drawn_anew(upload: bytes, analyser: Analyser) -> bytes:
    if len(upload) > LOGO_BYTES:
        raise ServiceError(ProblemCode.TOO_LARGE, _("Send a logo of at most 1 MB."))
    try:
        logo = analyser.logo(upload)
    except WorkerCrashed:
        logo = None
    if logo is None:
        raise ServiceError(
            ProblemCode.UNSUPPORTED_FORMAT, _("Send the logo as PNG or JPEG, at most 4000 pixels wide and high.")
        )
    return logo
