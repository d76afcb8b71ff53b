"""People who sign in, their sessions and invitations; what a clinic calls itself, and its logo."""

import sqlalchemy as sa
from alembic import op

from service.database.base import UtcDateTime
from service.database.walls import raise_wall

revision = "0011"
down_revision = "0010"

_TABLES = ("people", "sessions", "invitations")


def upgrade() -> None:
    """Make the tables and columns."""
    _create("people", ("email", "name", "role", "password_hash", "language"), (), ("ended_at",), ("email", "tenant_id"))
    _create("sessions", ("person_id", "sha256", "csrf"), ("seen_at", "expires_at"), (), ("sha256",))
    _create("invitations", ("email", "role", "made_by", "sha256"), ("expires_at",), ("taken_at",), ("sha256",))
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])
    for table in _TABLES:
        op.create_index(f"ix_{table}_tenant_id", table, ["tenant_id"])
        raise_wall(op.get_bind(), table)
    op.add_column("clinics", sa.Column("title", sa.Text()))
    op.add_column("clinics", sa.Column("logo", sa.LargeBinary()))


def _create(table: str, words: tuple[str, ...], moments: tuple[str, ...], maybe: tuple[str, ...], alone: tuple[str, ...]) -> None:
    keys = {"tenant_id": ("clinics.id", None), "person_id": ("people.id", "CASCADE")}
    op.create_table(
        table,
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "tenant_id", *words)),
        *(sa.Column(name, UtcDateTime(), nullable=False) for name in ("created_at", *moments)),
        *(sa.Column(name, UtcDateTime()) for name in maybe),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint(*alone, name=f"uq_{table}_{alone[0]}"),
        *(
            sa.ForeignKeyConstraint([name], [parent], name=f"fk_{table}_{name}", ondelete=ondelete)
            for name, (parent, ondelete) in keys.items()
            if name in ("tenant_id", *words)
        ),
    )


def downgrade() -> None:
    """Drop what was made."""
    op.drop_column("clinics", "logo")
    op.drop_column("clinics", "title")
    for table in reversed(_TABLES):
        op.drop_table(table)
