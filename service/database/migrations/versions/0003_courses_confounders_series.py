"""Courses, confounders, stored series, when a photo or comparison was last measured, and jobs that may wait."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from service.database.base import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables, and let visits name their course.

    The column of ``visits`` is no foreign key: for one, SQLite's table would have to be made anew, and dropping the old
    one takes all that hangs on its rows along.
    """
    _create("courses", *_course_columns())
    _create("confounders", *_confounder_columns())
    _create("series", *_series_columns())
    without_course = sa.text("course_id IS NULL")
    op.create_index(
        "uq_series_without_course", "series", ["subject_id"],
        unique=True, sqlite_where=without_course, postgresql_where=without_course,
    )
    op.create_index("ix_series_due", "series", ["tenant_id", "due_since"])
    op.add_column("visits", sa.Column("course_id", sa.Text()))
    op.create_index("ix_visits_course_id", "visits", ["course_id"])
    op.add_column("jobs", sa.Column("later", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in ("photos", "comparisons"):
        op.add_column(table, sa.Column("measured_at", UtcDateTime()))
        op.create_index(f"ix_{table}_status", table, ["tenant_id", "status"])


def _create(table: str, *parts: sa.Column[Any] | sa.Constraint) -> None:
    """A table of a subject's rows, which go with it."""
    op.create_table(
        table,
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "tenant_id", "subject_id")),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["tenant_id"], ["clinics.id"], name=f"fk_{table}_tenant_id"),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=f"fk_{table}_subject_id", ondelete="CASCADE"
        ),
    )
    op.create_index(f"ix_{table}_tenant_id", table, ["tenant_id"])
    op.create_index(f"ix_{table}_subject_id", table, ["subject_id"])


def _course_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("planned_sessions", sa.Integer(), nullable=False),
        sa.Column("interval_days", sa.Integer(), nullable=False),
        sa.Column("maintenance_from_days", sa.Integer()),
        sa.Column("maintenance_until_days", sa.Integer()),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("notes", sa.Text()),
    ]


def _confounder_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("regions", sa.Text()),
        sa.Column("notes", sa.Text()),
    ]


def _series_columns() -> list[sa.Column[Any] | sa.Constraint]:
    return [
        sa.Column("course_id", sa.Text()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("fingerprint", "kind", "pairs", "document")),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("due_what", sa.Text()),
        sa.Column("due_says", sa.Text()),
        sa.Column("due_since", sa.Date()),
        sa.Column("due_until", sa.Date()),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_series_course_id", ondelete="CASCADE"),
        sa.UniqueConstraint("course_id", name="uq_series_course_id"),
    ]


def downgrade() -> None:
    """Drop what was made."""
    for table in ("photos", "comparisons"):
        op.drop_index(f"ix_{table}_status", table)
        op.drop_column(table, "measured_at")
    op.drop_column("jobs", "later")
    op.drop_index("ix_visits_course_id", "visits")
    op.drop_column("visits", "course_id")
    for table in ("series", "confounders", "courses"):
        op.drop_table(table)
