"""The records that are kept, and the two ways to reach them: reading and writing."""

from service.database.engine import Database, retry_on_clash

__all__ = ["Database", "retry_on_clash"]
