"""The first tables: clinics, keys, subjects, visits, photos, comparisons, jobs, audit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from service.database.base import UtcDateTime

revision = "0001"
down_revision = None


def _text(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _text_or_null(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text()) for name in names]


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def _refers(table: str, column: str, parent: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=f"fk_{table}_{column}", ondelete=ondelete)


def _create(table: str, *parts: sa.Column[Any] | sa.Constraint) -> None:
    """A table with its id first; every column that names another table's row is indexed."""
    op.create_table(table, *_text("id"), *parts, sa.PrimaryKeyConstraint("id", name=f"pk_{table}"))


def _create_of_tenant(table: str, *parts: sa.Column[Any] | sa.Constraint) -> None:
    belongs = _refers(table, "tenant_id", "clinics")
    _create(table, *_text("tenant_id"), _time("created_at"), belongs, *parts)
    op.create_index(f"ix_{table}_tenant_id", table, ["tenant_id"])


def _create_of_subject(table: str, *parts: sa.Column[Any] | sa.Constraint) -> None:
    belongs = _refers(table, "subject_id", "subjects", ondelete="CASCADE")
    _create_of_tenant(table, *_text("subject_id"), belongs, *parts)
    op.create_index(f"ix_{table}_subject_id", table, ["subject_id"])


def upgrade() -> None:
    """Make the tables."""
    _create_clinics_and_keys()
    _create_records()
    _create_idempotency_keys()
    _create_jobs()
    _create_audit()


def _create_clinics_and_keys() -> None:
    _create("clinics", *_text("name"), _time("created_at"), sa.UniqueConstraint("name", name="uq_clinics_name"))
    _create_of_tenant(
        "api_keys",
        *_text("sha256", "scopes"),
        _time("revoked_at", nullable=True),
        sa.UniqueConstraint("sha256", name="uq_api_keys_sha256"),
    )


def _create_records() -> None:
    _create_of_tenant(
        "subjects",
        *_text("reference"),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("reference", "tenant_id", name="uq_subjects_reference"),
    )
    _create_of_subject(
        "visits",
        _time("taken_at"),
        *_text("phase"),
        sa.Column("treatment_number", sa.Integer()),
        *_text_or_null("notes"),
    )
    _create_of_subject(
        "photos",
        *_text("visit_id", "view", "sha256", "upload_blob", "status"),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        *_text_or_null("document", "failure", "overlay_blob"),
        _refers("photos", "visit_id", "visits", ondelete="CASCADE"),
    )
    op.create_index("ix_photos_visit_id", "photos", ["visit_id"])
    _create_of_subject(
        "comparisons",
        *_text("before_photo_id", "after_photo_id", "method_version", "status"),
        *_text_or_null("document", "failure", "aligned_before_blob", "aligned_after_blob"),
        _refers("comparisons", "before_photo_id", "photos", ondelete="CASCADE"),
        _refers("comparisons", "after_photo_id", "photos", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "before_photo_id", "after_photo_id", "method_version", "tenant_id", name="uq_comparisons_before_photo_id"
        ),
    )
    op.create_index("ix_comparisons_after_photo_id", "comparisons", ["after_photo_id"])


def _create_idempotency_keys() -> None:
    _create_of_subject(
        "idempotency_keys",
        *_text("key", "fingerprint", "made_id"),
        sa.UniqueConstraint("key", "tenant_id", name="uq_idempotency_keys_key"),
    )


def _create_jobs() -> None:
    _create(
        "jobs",
        *_text("tenant_id", "kind", "target"),
        *_text_or_null("subject_id", "leased_by"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _time("leased_until"),
        _time("created_at"),
        _refers("jobs", "tenant_id", "clinics"),
        _refers("jobs", "subject_id", "subjects", ondelete="CASCADE"),
    )
    op.create_index("ix_jobs_due", "jobs", ["leased_until", "id"])
    op.create_index("ix_jobs_subject_id", "jobs", ["subject_id"])


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        *_text("tenant_id", "actor", "action", "target"),
        _time("at"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        _refers("audit", "tenant_id", "clinics"),
    )
    op.create_index("ix_audit_tenant_id", "audit", ["tenant_id"])


def downgrade() -> None:
    """Drop them all, children first."""
    for table in (
        "audit", "jobs", "idempotency_keys", "comparisons", "photos", "visits", "subjects", "api_keys", "clinics",
    ):
        op.drop_table(table)
