"""The tables of what leaves the clinic's hands: consents, and links."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.database.tables import EndingRow, TenantRow, one_alone


class ConsentRow(EndingRow):
    """A consent to one purpose; one a subject and purpose that has not ended. ``regions`` are words with blanks.

    ``paper`` says on what it was signed. ``ended_as`` says whether it was withdrawn or replaced, ``why`` what was said
    of a withdrawal.
    """

    __tablename__ = "consents"
    __table_args__ = (
        one_alone("uq_consents_current", "ended_at IS NULL", "subject_id", "purpose"),
        Index("ix_consents_expiry", "tenant_id", "expires_on"),
    )
    purpose: Mapped[str]
    regions: Mapped[str]
    given_on: Mapped[date]
    expires_on: Mapped[date | None]
    recorded_by: Mapped[str]
    paper: Mapped[str]
    ended_as: Mapped[str | None]
    why: Mapped[str | None]


class ShareLink(TenantRow):
    """A link that opens something without a key; it goes with the record that it opens.

    Of the four ids those are set that its ``kind`` has, ``choice`` of a cohort's. ``made_by`` and ``revoked_by`` are
    actors, as in the audit. ``consent_id`` is of the consent that it rests on, null where none was recorded.
    """

    __tablename__ = "share_links"
    __table_args__ = (Index("ix_share_links_made_by", "tenant_id", "made_by"),)
    kind: Mapped[str]
    subject_id: Mapped[str | None] = mapped_column(ForeignKey("subjects.id", ondelete="CASCADE"), index=True)
    course_id: Mapped[str | None] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    comparison_id: Mapped[str | None] = mapped_column(ForeignKey("comparisons.id", ondelete="CASCADE"), index=True)
    photo_id: Mapped[str | None] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"), index=True)
    choice: Mapped[str | None]
    made_by: Mapped[str]
    may_correct: Mapped[bool]
    purpose: Mapped[str | None]
    consent_id: Mapped[str | None] = mapped_column(ForeignKey("consents.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
    revoked_because: Mapped[str | None]
    last_opened_at: Mapped[datetime | None]
    times_opened: Mapped[int] = mapped_column(default=0)
