"""The tables of the people who sign in, of their sessions, and of those who were invited."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.database.tables import TenantRow


class Person(TenantRow):
    """Somebody of the clinic who signs in; never deleted, for the audit names it.

    ``email`` is normalised (:func:`service.people.words.normalised`). One e-mail address may stand once in each clinic,
    so that none can find out whom another one has.
    """

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("email", "tenant_id"),)
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str]
    ended_at: Mapped[datetime | None]


class SignIn(TenantRow):
    """A session: a browser in which a person is signed in, known by the digest of its token alone."""

    __tablename__ = "sessions"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    csrf: Mapped[str]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Invitation(TenantRow):
    """A link by which somebody joins the clinic, known by the digest of its token alone.

    ``made_by`` is an actor, as in the audit: when that person ends, what they made ends too.
    """

    __tablename__ = "invitations"
    email: Mapped[str]
    role: Mapped[str]
    made_by: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
