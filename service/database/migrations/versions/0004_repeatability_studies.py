"""Repeatability studies with their photos, and where and by whom a visit's photos were taken."""

import sqlalchemy as sa
from alembic import op

from service.database.base import UtcDateTime

revision = "0004"
down_revision = "0003"

_LABELS = ("room", "camera", "operator")


def upgrade() -> None:
    """Make the tables and the visits' labels."""
    for label in _LABELS:
        op.add_column("visits", sa.Column(label, sa.Text()))
    _create_studies()
    _create_study_photos()


def _create_studies() -> None:
    op.create_table(
        "repeatability_studies",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "tenant_id")),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("name", "fingerprint", "method_version", "status", "made_by")
        ),
        *(sa.Column(name, sa.Text()) for name in (*_LABELS, "document", "floors", "failure", "ended_by")),
        sa.Column("ended_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_repeatability_studies"),
        sa.ForeignKeyConstraint(["tenant_id"], ["clinics.id"], name="fk_repeatability_studies_tenant_id"),
    )
    op.create_index("ix_repeatability_studies_tenant_id", "repeatability_studies", ["tenant_id"])
    current = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_repeatability_studies_current",
        "repeatability_studies",
        ["tenant_id", "fingerprint"],
        unique=True,
        sqlite_where=current,
        postgresql_where=current,
    )


def _create_study_photos() -> None:
    parents = {"study_id": "repeatability_studies", "photo_id": "photos", "subject_id": "subjects"}
    op.create_table(
        "study_photos",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "tenant_id", *parents)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("person", "place")),
        sa.PrimaryKeyConstraint("id", name="pk_study_photos"),
        sa.ForeignKeyConstraint(["tenant_id"], ["clinics.id"], name="fk_study_photos_tenant_id"),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_study_photos_{name}", ondelete="CASCADE")
            for name, table in parents.items()
        ),
        sa.UniqueConstraint("study_id", "photo_id", name="uq_study_photos_study_id"),
    )
    for name in ("tenant_id", *parents):
        op.create_index(f"ix_study_photos_{name}", "study_photos", [name])


def downgrade() -> None:
    """Drop what was made."""
    op.drop_table("study_photos")
    op.drop_table("repeatability_studies")
    for label in _LABELS:
        op.drop_column("visits", label)
