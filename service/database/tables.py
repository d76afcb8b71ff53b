"""The tables. Every row of a clinic's data carries its tenant; erasing a subject takes all that hangs on it along."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from service.database.base import Row, new_id, now

NO_HASH: Final = "0" * 64
"""What the first row of an audit chain follows."""


class Clinic(Row):
    """A tenant. Its audit chain has ``audit_count`` rows, the last of which carries ``audit_hash``.

    ``…_limit`` are what the operator set for this clinic; where null, the settings' hold. ``name`` is what the operator
    calls it, ``title`` what it calls itself where that is not the same; ``logo`` is a PNG.
    """

    __tablename__ = "clinics"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    audit_count: Mapped[int] = mapped_column(default=0)
    audit_hash: Mapped[str] = mapped_column(default=NO_HASH)
    requests_limit: Mapped[int | None]
    heavy_limit: Mapped[int | None]
    photos_limit: Mapped[int | None]
    bytes_limit: Mapped[int | None] = mapped_column(BigInteger())
    title: Mapped[str | None]
    logo: Mapped[bytes | None] = mapped_column(deferred=True)


class ApiKey(Row):
    """A key, known by its digest alone. ``scopes`` are words with a blank between them."""

    __tablename__ = "api_keys"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("clinics.id"), index=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]


class TenantRow(Row):
    """A row that belongs to one clinic and is reached through :mod:`service.tenancy.repository` alone."""

    __abstract__ = True
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("clinics.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Subject(TenantRow):
    """A person, pseudonymous. ``wrapped_key`` opens the subject's blobs; without the row nothing opens them.

    ``wrapped_by`` names the master key that wraps it; empty where that was not noted yet.
    """

    __tablename__ = "subjects"
    __table_args__ = (UniqueConstraint("reference", "tenant_id"),)
    reference: Mapped[str]
    wrapped_key: Mapped[bytes]
    wrapped_by: Mapped[str] = mapped_column(default="")


class SubjectRow(TenantRow):
    """A row that goes when its subject goes."""

    __abstract__ = True
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id", ondelete="CASCADE"), index=True)


def one_alone(name: str, where: str, *columns: str) -> Index:
    """Of the rows ``where`` that holds, one alone for each value of ``columns``."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


class Course(SubjectRow):
    """A course of treatments as the clinic plans it; without ``maintenance_…`` none is planned."""

    __tablename__ = "courses"
    kind: Mapped[str]
    planned_sessions: Mapped[int]
    interval_days: Mapped[int]
    maintenance_from_days: Mapped[int | None]
    maintenance_until_days: Mapped[int | None]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    notes: Mapped[str | None]


class Visit(SubjectRow):
    """A day on which photos were taken, and where in the course it stands.

    ``course_id`` is what the clinic said; without it the visit's time says to which course it belongs. It is no foreign
    key, for that could not be added to SQLite's table without dropping it; whoever deletes a course clears it.
    """

    __tablename__ = "visits"
    course_id: Mapped[str | None] = mapped_column(index=True)
    taken_at: Mapped[datetime]
    phase: Mapped[str]
    treatment_number: Mapped[int | None]
    notes: Mapped[str | None]
    room: Mapped[str | None]
    camera: Mapped[str | None]
    operator: Mapped[str | None]


class Photo(SubjectRow):
    """An upload and what became of it. ``document`` is the measurement JSON, or the refusal, of ``measured_at``.

    ``judged`` is the part of it that lists tell (:mod:`service.photos.judged`).
    """

    __tablename__ = "photos"
    __table_args__ = (
        Index("ix_photos_status", "tenant_id", "status"),
        Index("ix_photos_size", "tenant_id", "size_bytes"),
        Index("ix_photos_uploaded", "tenant_id", "created_at"),
    )
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"), index=True)
    view: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    upload_blob: Mapped[str]
    status: Mapped[str]
    document: Mapped[str | None]
    failure: Mapped[str | None]
    overlay_blob: Mapped[str | None]
    measured_at: Mapped[datetime | None]
    judged: Mapped[str | None]
    thumbnail_blob: Mapped[str | None]


class Comparison(SubjectRow):
    """Two visits compared, or the promise of it. ``document`` is the comparison JSON, or the refusal.

    ``asked`` names all photos that were asked for: ids with + between them, befores and afters parted by a colon.
    ``before_photo_id`` and ``after_photo_id`` are those that are shown.
    """

    __tablename__ = "comparisons"
    __table_args__ = (
        UniqueConstraint("asked", "method_version", "tenant_id"),
        Index("ix_comparisons_status", "tenant_id", "status"),
        Index("ix_comparisons_measured", "tenant_id", "measured_at"),
    )
    asked: Mapped[str]
    before_photo_id: Mapped[str] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"))
    after_photo_id: Mapped[str] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"), index=True)
    method_version: Mapped[str]
    status: Mapped[str]
    document: Mapped[str | None]
    failure: Mapped[str | None]
    aligned_before_blob: Mapped[str | None]
    aligned_after_blob: Mapped[str | None]
    measured_at: Mapped[datetime | None]


class RecordedConfounder(SubjectRow):
    """What else may explain a change, as the clinic recorded it; ``regions`` are words with a blank between them."""

    __tablename__ = "confounders"
    kind: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    regions: Mapped[str | None]
    notes: Mapped[str | None]


class SubjectSeries(SubjectRow):
    """A series as it was last made: one a course, or one of a subject without a course.

    ``fingerprint`` is of all that ``document`` was made from, ``pairs`` the comparisons among it (as in
    ``Comparison.asked``, with blanks between them). ``due_…`` are the document's, for lists of what is due, and
    ``cohort`` is the part of it that cohorts read (:mod:`service.cohort.members`).
    """

    __tablename__ = "series"
    __table_args__ = (
        UniqueConstraint("course_id"),
        one_alone("uq_series_without_course", "course_id IS NULL", "subject_id"),
        Index("ix_series_due", "tenant_id", "due_since"),
    )
    course_id: Mapped[str | None] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    fingerprint: Mapped[str]
    kind: Mapped[str]
    pairs: Mapped[str]
    document: Mapped[str]
    made_at: Mapped[datetime]
    due_what: Mapped[str | None]
    due_says: Mapped[str | None]
    due_since: Mapped[date | None]
    due_until: Mapped[date | None]
    cohort: Mapped[str | None]


class EndingRow(SubjectRow):
    """A row that is never changed: what takes its place ends it, and it stays as history.

    ``set_by`` and ``ended_by`` are actors, as in the audit.
    """

    __abstract__ = True
    set_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class IrisDiameter(EndingRow):
    """The iris' diameter as the clinic measured it; one a subject that has not ended."""

    __tablename__ = "iris_diameters"
    __table_args__ = (one_alone("uq_iris_diameters_current", "ended_at IS NULL", "subject_id"),)
    mm: Mapped[float]
    standard_uncertainty_mm: Mapped[float]
    measured_by: Mapped[str]
    instrument: Mapped[str | None]


class ContourCorrection(EndingRow):
    """A contour of a photo placed by hand; ``shape`` is its JSON. One a contour and side that has not ended."""

    __tablename__ = "corrections"
    __table_args__ = (one_alone("uq_corrections_current", "ended_at IS NULL", "photo_id", "side", "contour"),)
    photo_id: Mapped[str] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"), index=True)
    side: Mapped[str]
    contour: Mapped[str]
    shape: Mapped[str]
    corrected_by: Mapped[str]


class RepeatabilityStudy(TenantRow):
    """A repeatability study, or the promise of it. It is never changed; a withdrawn one stays as history.

    It holds no figure of one person: ``document`` is the study's JSON, ``floors`` the SEM of each measurand that later
    comparisons count on. ``fingerprint`` is of all that was asked for: the same again is the same study.
    """

    __tablename__ = "repeatability_studies"
    __table_args__ = (
        Index(
            "uq_repeatability_studies_current",
            "tenant_id",
            "fingerprint",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    name: Mapped[str]
    room: Mapped[str | None]
    camera: Mapped[str | None]
    operator: Mapped[str | None]
    fingerprint: Mapped[str]
    method_version: Mapped[str]
    status: Mapped[str]
    document: Mapped[str | None]
    floors: Mapped[str | None]
    failure: Mapped[str | None]
    made_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class StudyPhoto(SubjectRow):
    """A photo of a study: whose it is among the study's persons, and its place among that person's photos."""

    __tablename__ = "study_photos"
    __table_args__ = (UniqueConstraint("study_id", "photo_id"),)
    study_id: Mapped[str] = mapped_column(ForeignKey("repeatability_studies.id", ondelete="CASCADE"), index=True)
    photo_id: Mapped[str] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"), index=True)
    person: Mapped[int]
    place: Mapped[int]


class IdempotencyKey(SubjectRow):
    """A client's own name for a request: the same name with the same content is the same request."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("key", "tenant_id"),)
    key: Mapped[str]
    fingerprint: Mapped[str]
    made_id: Mapped[str]


class Webhook(TenantRow):
    """An address that hears of the clinic's events; ``events`` are words with a blank between them.

    ``sealed_secret`` is sealed by the master key (:mod:`service.webhooks.sealing`). Attempts that failed in a row are
    ``failures``, the first of them at ``failing_since``; until ``rests_until`` none is made.
    """

    __tablename__ = "webhooks"
    __table_args__ = (UniqueConstraint("url", "tenant_id"),)
    url: Mapped[str]
    events: Mapped[str]
    sealed_secret: Mapped[bytes]
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_because: Mapped[str | None]


class WebhookDelivery(TenantRow):
    """A message to a webhook; its id is the same in every attempt. ``ids`` is the JSON of what it tells of.

    It goes with its subject, but for the one that tells that the subject was erased: that one has no ``subject_id``.
    """

    __tablename__ = "webhook_deliveries"
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"), index=True)
    subject_id: Mapped[str | None] = mapped_column(ForeignKey("subjects.id", ondelete="CASCADE"), index=True)
    event: Mapped[str]
    ids: Mapped[str]
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    last_attempt_at: Mapped[datetime | None]
    last_status: Mapped[int | None]
    last_failure: Mapped[str | None]
    next_attempt_at: Mapped[datetime | None]


class JobRow(Row):
    """Work that is still to be done; the row goes in the transaction that keeps its result.

    ``subject_id`` is null where the work outlives the subject, as erasing blobs does. ``target`` is an id or, for
    erasure, a blob prefix made of ids; nothing else is ever put into a job. What may come ``later`` waits for all else.
    ``leased_at`` is when ``leased_until`` was set: where that is yet to come, the clock was put back since.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_due", "leased_until", "id"), Index("ix_jobs_turn", "tenant_id", "later", "id"))
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("clinics.id"))
    subject_id: Mapped[str | None] = mapped_column(ForeignKey("subjects.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    target: Mapped[str]
    later: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_by: Mapped[str | None]
    leased_until: Mapped[datetime]
    leased_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class AuditRow(Row):
    """Who did what to which record, and when. It holds ids alone and outlives what it tells of.

    ``number`` is the row's place in its clinic's chain, from 1 on without a gap; ``previous`` is the hash of the row
    before it, ``hash`` its own (:mod:`service.audit.chain`). ``counts`` are the rows that an erasure took, by table.
    """

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("tenant_id", "number"), Index("ix_audit_target", "tenant_id", "target"))
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("clinics.id"), index=True)
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
    actor: Mapped[str]
    action: Mapped[str]
    target: Mapped[str]
    counts: Mapped[str | None]
    previous: Mapped[str]
    hash: Mapped[str]


class SealedSecret(Row):
    """A secret of the service itself, of no clinic, sealed by the master key that ``sealed_by`` names."""

    __tablename__ = "sealed_secrets"
    purpose: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    sealed_by: Mapped[str]


class ChoreRow(Row):
    """When something that is done now and then for all clinics is due again; whoever moves ``due_at`` does it."""

    __tablename__ = "chores"
    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
