"""The audit becomes a chain for each clinic; rows that are there already are its beginning."""

import sqlalchemy as sa
from alembic import context, op

from service.audit.chain import seal
from service.database.base import UtcDateTime
from service.database.tables import NO_HASH, AuditRow

revision = "0005"
down_revision = "0004"

_AT_ONCE = 1000
_LINKED = ("number", "previous", "hash")

_clinics = sa.table("clinics", *(sa.column(name) for name in ("id", "audit_count", "audit_hash")))
_audit = sa.table(
    "audit",
    *(sa.column(name) for name in ("id", "tenant_id", "actor", "action", "target", "counts", *_LINKED)),
    sa.column("at", UtcDateTime()),
)


def upgrade() -> None:
    """Make the columns, chain what is there in the order in which it was written, then let no row be without."""
    op.add_column("clinics", sa.Column("audit_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("clinics", sa.Column("audit_hash", sa.Text(), nullable=False, server_default=NO_HASH))
    op.add_column("audit", sa.Column("number", sa.Integer()))
    for name in ("counts", "previous", "hash"):
        op.add_column("audit", sa.Column(name, sa.Text()))
    for tenant in op.get_bind().execute(sa.select(_clinics.c.id)).scalars().all():
        _chain(op.get_bind(), tenant, context.config.attributes["audit_key"])
    with op.batch_alter_table("audit") as audit:
        audit.alter_column("number", nullable=False, existing_type=sa.Integer())
        for name in ("previous", "hash"):
            audit.alter_column(name, nullable=False, existing_type=sa.Text())
        audit.create_unique_constraint("uq_audit_tenant_id", ["tenant_id", "number"])
    op.create_index("ix_audit_target", "audit", ["tenant_id", "target"])


def _chain(connection: sa.Connection, tenant: str, key: bytes) -> None:
    number, digest, last = 0, NO_HASH, 0
    query = sa.select(_audit).where(_audit.c.tenant_id == tenant).order_by(_audit.c.id).limit(_AT_ONCE)
    while rows := connection.execute(query.where(_audit.c.id > last)).mappings().all():
        linked = []
        for told in rows:
            row = AuditRow(**told)
            number += 1
            seal(key, row, number, digest)
            digest, last = row.hash, row.id
            linked.append({"which": row.id} | {f"new_{name}": getattr(row, name) for name in _LINKED})
        mine = sa.update(_audit).where(_audit.c.id == sa.bindparam("which"))
        connection.execute(mine.values({name: sa.bindparam(f"new_{name}") for name in _LINKED}), linked)
    head = sa.update(_clinics).where(_clinics.c.id == tenant)
    connection.execute(head.values(audit_count=number, audit_hash=digest))


def downgrade() -> None:
    """Let the rows stand alone again."""
    op.drop_index("ix_audit_target", "audit")
    with op.batch_alter_table("audit") as audit:
        audit.drop_constraint("uq_audit_tenant_id", type_="unique")
        for name in (*_LINKED, "counts"):
            audit.drop_column(name)
    for name in ("audit_count", "audit_hash"):
        op.drop_column("clinics", name)
