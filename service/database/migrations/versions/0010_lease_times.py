"""When a lease was given, so that none outlasts a clock that was put back."""

import sqlalchemy as sa
from alembic import op

from service.database.base import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the column; leases that are there are as before."""
    op.add_column("jobs", sa.Column("leased_at", UtcDateTime()))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("jobs", "leased_at")
