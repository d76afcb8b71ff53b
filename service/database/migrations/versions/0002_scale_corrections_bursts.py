"""The clinic's iris diameters, contours placed by hand, and comparisons of several photos a visit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from service.database.base import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables, and let a comparison name all photos that it was asked for."""
    _create_ending("iris_diameters", ["subject_id"], *_iris_columns())
    _create_ending("corrections", ["photo_id", "side", "contour"], *_correction_columns())
    op.create_index("ix_corrections_photo_id", "corrections", ["photo_id"])
    op.add_column("comparisons", sa.Column("asked", sa.Text()))
    op.execute("UPDATE comparisons SET asked = before_photo_id || ':' || after_photo_id")
    with op.batch_alter_table("comparisons") as comparisons:
        comparisons.alter_column("asked", nullable=False, existing_type=sa.Text())
        comparisons.drop_constraint("uq_comparisons_before_photo_id", type_="unique")
        comparisons.create_unique_constraint("uq_comparisons_asked", ["asked", "method_version", "tenant_id"])


def _create_ending(table: str, one_of: list[str], *parts: sa.Column[Any] | sa.Constraint) -> None:
    """A table of a subject's rows that end and stay; of those that have not ended, one alone for each ``one_of``."""
    op.create_table(
        table,
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "tenant_id", "subject_id", "set_by")),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_by", sa.Text()),
        *parts,
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["tenant_id"], ["clinics.id"], name=f"fk_{table}_tenant_id"),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=f"fk_{table}_subject_id", ondelete="CASCADE"
        ),
    )
    op.create_index(f"ix_{table}_tenant_id", table, ["tenant_id"])
    op.create_index(f"ix_{table}_subject_id", table, ["subject_id"])
    current = sa.text("ended_at IS NULL")
    op.create_index(
        f"uq_{table}_current", table, one_of, unique=True, sqlite_where=current, postgresql_where=current
    )


def _iris_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("mm", sa.Double(), nullable=False),
        sa.Column("standard_uncertainty_mm", sa.Double(), nullable=False),
        sa.Column("measured_by", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text()),
    ]


def _correction_columns() -> list[sa.Column[Any] | sa.Constraint]:
    return [
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("photo_id", "side", "contour", "shape", "corrected_by")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name="fk_corrections_photo_id", ondelete="CASCADE"),
    ]


def downgrade() -> None:
    """Drop what was made; comparisons of several photos a visit, which the earlier shape cannot tell, go too."""
    op.execute("DELETE FROM comparisons WHERE asked LIKE '%+%'")
    with op.batch_alter_table("comparisons") as comparisons:
        comparisons.drop_constraint("uq_comparisons_asked", type_="unique")
        comparisons.drop_column("asked")
        comparisons.create_unique_constraint(
            "uq_comparisons_before_photo_id", ["before_photo_id", "after_photo_id", "method_version", "tenant_id"]
        )
    op.drop_table("corrections")
    op.drop_table("iris_diameters")
