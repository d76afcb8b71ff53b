"""Clinics get limits of their own; what a clinic stores, and whose turn it is, are found in an index."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_LIMITS = {"requests_limit": sa.Integer, "heavy_limit": sa.Integer, "photos_limit": sa.Integer, "bytes_limit": sa.BigInteger}


def upgrade() -> None:
    """Every clinic keeps to the settings' limits until it is given its own."""
    for name, kind in _LIMITS.items():
        op.add_column("clinics", sa.Column(name, kind()))
    op.create_index("ix_photos_size", "photos", ["tenant_id", "size_bytes"])
    op.create_index("ix_jobs_turn", "jobs", ["tenant_id", "later", "id"])


def downgrade() -> None:
    """The settings' limits hold for all again."""
    op.drop_index("ix_jobs_turn", "jobs")
    op.drop_index("ix_photos_size", "photos")
    for name in _LIMITS:
        op.drop_column("clinics", name)
