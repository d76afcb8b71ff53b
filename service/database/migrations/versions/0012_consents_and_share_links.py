"""Consents, and links that are kept."""

import sqlalchemy as sa
from alembic import op

from service.database.base import UtcDateTime
from service.database.walls import raise_wall

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables. Links made before are in none of them, and so have ended."""
    _create_consents()
    _create_share_links()
    for table in ("consents", "share_links"):
        raise_wall(op.get_bind(), table)


def _create_consents() -> None:
    told = ("id", "tenant_id", "subject_id", "purpose", "regions", "recorded_by", "paper", "set_by")
    op.create_table(
        "consents",
        *(sa.Column(name, sa.Text(), nullable=False) for name in told),
        *(sa.Column(name, sa.Text()) for name in ("ended_by", "ended_as", "why")),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sa.ForeignKeyConstraint(["tenant_id"], ["clinics.id"], name="fk_consents_tenant_id"),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name="fk_consents_subject_id", ondelete="CASCADE"),
    )
    for name in ("tenant_id", "subject_id"):
        op.create_index(f"ix_consents_{name}", "consents", [name])
    op.create_index("ix_consents_expiry", "consents", ["tenant_id", "expires_on"])
    current = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_consents_current",
        "consents",
        ["subject_id", "purpose"],
        unique=True,
        sqlite_where=current,
        postgresql_where=current,
    )


def _create_share_links() -> None:
    parents = {
        "subject_id": "subjects",
        "course_id": "courses",
        "comparison_id": "comparisons",
        "photo_id": "photos",
        "consent_id": "consents",
    }
    op.create_table(
        "share_links",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "tenant_id", "kind", "made_by")),
        *(sa.Column(name, sa.Text()) for name in (*parents, "choice", "purpose", "revoked_by", "revoked_because")),
        sa.Column("may_correct", sa.Boolean(), nullable=False),
        *(sa.Column(name, UtcDateTime(), nullable=False) for name in ("created_at", "expires_at")),
        *(sa.Column(name, UtcDateTime()) for name in ("revoked_at", "last_opened_at")),
        sa.Column("times_opened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_share_links"),
        sa.ForeignKeyConstraint(["tenant_id"], ["clinics.id"], name="fk_share_links_tenant_id"),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_share_links_{name}", ondelete="CASCADE")
            for name, table in parents.items()
        ),
    )
    for name in ("tenant_id", *parents):
        op.create_index(f"ix_share_links_{name}", "share_links", [name])
    op.create_index("ix_share_links_made_by", "share_links", ["tenant_id", "made_by"])


def downgrade() -> None:
    """Drop what was made."""
    op.drop_table("share_links")
    op.drop_table("consents")
