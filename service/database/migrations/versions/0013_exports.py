"""Pictures for publishing, and where they were published."""

import sqlalchemy as sa
from alembic import op

from service.database.base import UtcDateTime
from service.database.walls import raise_wall

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    _create_exports()
    _create_publications()
    for table in ("exports", "export_publications"):
        raise_wall(op.get_bind(), table)


def _create_exports() -> None:
    parents = {"subject_id": "subjects", "comparison_id": "comparisons", "consent_id": "consents"}
    told = ("id", "tenant_id", *parents, "purpose", "region", "options", "texts", "status", "made_by")
    op.create_table(
        "exports",
        *(sa.Column(name, sa.Text(), nullable=False) for name in told),
        *(
            sa.Column(name, sa.Text())
            for name in ("failure", "document", "file_blob", "draft_blob", "media_type", "sha256")
        ),
        sa.Column("size_bytes", sa.Integer()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
        *_foreign_keys("exports", parents),
    )
    op.create_index("ix_exports_newest", "exports", ["tenant_id", "id"])
    for name in ("tenant_id", *parents):
        op.create_index(f"ix_exports_{name}", "exports", [name])


def _create_publications() -> None:
    parents = {"subject_id": "subjects", "export_id": "exports"}
    op.create_table(
        "export_publications",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "tenant_id", *parents, "where", "noted_by")),
        sa.Column("url", sa.Text()),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("taken_down_on", sa.Date()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_export_publications"),
        *_foreign_keys("export_publications", parents),
    )
    for name in ("tenant_id", *parents):
        op.create_index(f"ix_export_publications_{name}", "export_publications", [name])


def _foreign_keys(table: str, parents: dict[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(["tenant_id"], ["clinics.id"], name=f"fk_{table}_tenant_id"),
        *(
            sa.ForeignKeyConstraint([name], [f"{parent}.id"], name=f"fk_{table}_{name}", ondelete="CASCADE")
            for name, parent in parents.items()
        ),
    ]


def downgrade() -> None:
    """Drop what was made."""
    op.drop_table("export_publications")
    op.drop_table("exports")
