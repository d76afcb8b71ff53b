"""The records that are kept, and the two ways to reach them: reading and writing."""

# All tables are known wherever one is.
from service.database import export_tables, people_tables, sharing_tables  # noqa: F401
from service.database.engine import AUDIT_KEY, OUT_OF_SERVICE, Database, has_no_room, retry_on_clash

__all__ = ["AUDIT_KEY", "OUT_OF_SERVICE", "Database", "has_no_room", "retry_on_clash"]
