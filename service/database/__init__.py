"""The records that are kept, and the two ways to reach them: reading and writing."""

from service.database import export_tables, sharing_tables  # noqa: F401  so that all tables are known wherever one is
from service.database.engine import AUDIT_KEY, OUT_OF_SERVICE, Database, has_no_room, retry_on_clash

__all__ = ["AUDIT_KEY", "OUT_OF_SERVICE", "Database", "has_no_room", "retry_on_clash"]
