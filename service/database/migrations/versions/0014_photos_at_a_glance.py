"""What lists show of a photo, and cohorts of a series, without reading the long documents; and small pictures."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_INDEXES = (("ix_photos_uploaded", "photos", "created_at"), ("ix_comparisons_measured", "comparisons", "measured_at"))


def upgrade() -> None:
    """Make the columns, and copy the verdicts of the photos that are there out of their documents."""
    for column in ("judged", "thumbnail_blob"):
        op.add_column("photos", sa.Column(column, sa.Text()))
    op.add_column("series", sa.Column("cohort", sa.Text()))  # filled when a series is next made; read from it till then
    for name, table, column in _INDEXES:
        op.create_index(name, table, ["tenant_id", column])
    _copy_verdicts()


def downgrade() -> None:
    """Take them away."""
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
    op.drop_column("series", "cohort")
    for column in ("judged", "thumbnail_blob"):
        op.drop_column("photos", column)


def _copy_verdicts() -> None:
    connection = op.get_bind()
    photos = sa.table("photos", sa.column("id"), sa.column("document"), sa.column("judged"))
    ids = connection.scalars(sa.select(photos.c.id).where(photos.c.document.is_not(None))).all()
    for photo_id in ids:
        mine = photos.c.id == photo_id
        document = json.loads(connection.execute(sa.select(photos.c.document).where(mine)).scalar_one())
        told = {name: document[name] for name in ("quality", "refused") if name in document}
        connection.execute(sa.update(photos).where(mine).values(judged=json.dumps(told)))
