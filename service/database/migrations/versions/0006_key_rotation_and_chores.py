"""Wrapped keys name the master key that wraps them; secrets of the service are kept sealed; chores are taken in turn.

Keys that were wrapped before name none: the empty name stands for any of the master keys.
"""

import sqlalchemy as sa
from alembic import op

from service.database.base import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column and the tables."""
    op.add_column("subjects", sa.Column("wrapped_by", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "sealed_secrets",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name="pk_sealed_secrets"),
    )
    op.create_table(
        "chores",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_chores"),
    )


def downgrade() -> None:
    """Take them away; keys that another master key than the present one wraps would be lost, so rotate first."""
    op.drop_table("chores")
    op.drop_table("sealed_secrets")
    op.drop_column("subjects", "wrapped_by")
