"""The tables of pictures for publishing."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.database.tables import SubjectRow


class Export(SubjectRow):
    """A pair made ready to be published, or the promise of it; it is shut once the consent it rests on has ended.

    ``options`` is the JSON of what was asked for, ``texts`` of what is written below the photos, ``document`` of what
    was done to the photos and how fair the pair is. ``made_by`` is an actor, as in the audit.
    """

    __tablename__ = "exports"
    __table_args__ = (Index("ix_exports_newest", "tenant_id", "id"),)
    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparisons.id", ondelete="CASCADE"), index=True)
    consent_id: Mapped[str] = mapped_column(ForeignKey("consents.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    region: Mapped[str]
    options: Mapped[str]
    texts: Mapped[str]
    status: Mapped[str]
    failure: Mapped[str | None]
    document: Mapped[str | None]
    file_blob: Mapped[str | None]
    draft_blob: Mapped[str | None]
    media_type: Mapped[str | None]
    sha256: Mapped[str | None]
    size_bytes: Mapped[int | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime | None]


class ExportPublication(SubjectRow):
    """Where an export was put, as the clinic noted it; ``noted_by`` is an actor, as in the audit."""

    __tablename__ = "export_publications"
    export_id: Mapped[str] = mapped_column(ForeignKey("exports.id", ondelete="CASCADE"), index=True)
    where: Mapped[str]
    url: Mapped[str | None]
    published_on: Mapped[date]
    taken_down_on: Mapped[date | None]
    noted_by: Mapped[str]
