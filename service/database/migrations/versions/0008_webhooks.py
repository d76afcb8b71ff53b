"""Webhooks and what is brought to them."""

import sqlalchemy as sa
from alembic import op

from service.database.base import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    _create_webhooks()
    _create_deliveries()


def _create_webhooks() -> None:
    op.create_table(
        "webhooks",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "tenant_id", "url", "events")),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        *(sa.Column(name, UtcDateTime()) for name in ("failing_since", "rests_until", "disabled_at")),
        sa.Column("disabled_because", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.ForeignKeyConstraint(["tenant_id"], ["clinics.id"], name="fk_webhooks_tenant_id"),
        sa.UniqueConstraint("url", "tenant_id", name="uq_webhooks_url"),
    )
    op.create_index("ix_webhooks_tenant_id", "webhooks", ["tenant_id"])


def _create_deliveries() -> None:
    parents = {"webhook_id": "webhooks", "subject_id": "subjects"}
    told = ("id", "tenant_id", "webhook_id", "event", "ids", "status")
    op.create_table(
        "webhook_deliveries",
        *(sa.Column(name, sa.Text(), nullable=False) for name in told),
        sa.Column("subject_id", sa.Text()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *(sa.Column(name, UtcDateTime()) for name in ("last_attempt_at", "next_attempt_at")),
        sa.Column("last_status", sa.Integer()),
        sa.Column("last_failure", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
        sa.ForeignKeyConstraint(["tenant_id"], ["clinics.id"], name="fk_webhook_deliveries_tenant_id"),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_webhook_deliveries_{name}", ondelete="CASCADE")
            for name, table in parents.items()
        ),
    )
    for name in ("tenant_id", *parents):
        op.create_index(f"ix_webhook_deliveries_{name}", "webhook_deliveries", [name])


def downgrade() -> None:
    """Drop what was made."""
    op.drop_table("webhook_deliveries")
    op.drop_table("webhooks")
