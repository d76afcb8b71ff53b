"""Where a service under test keeps what it is given: SQLite and a folder, or PostgreSQL and S3."""

import base64
import os
import secrets
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

REPOSITORY = Path(__file__).parents[2]
_NOT_OURS = ("LIFTMARK_", "AWS_", "PYTHONDONTWRITEBYTECODE")  # the last would have each start compile everything anew


@dataclass(frozen=True)
class Home:
    """A data folder, and what every process of the one service has in its environment.

    ``database`` and ``blobs`` are as the service's settings write them, for whoever looks there past the service.
    """

    folder: Path
    database: str
    blobs: str
    environment: dict[str, str]

    @classmethod
    def on_a_folder(cls, folder: Path) -> Self:
        """SQLite and blobs in ``folder``, which need not be there yet."""
        return cls._made(folder, f"sqlite:///{folder / 'liftmark.db'}", str(folder / "blobs"), {})

    @classmethod
    def on_servers(cls, folder: Path, database: str, blobs: str, endpoint: str) -> Self:
        """An empty PostgreSQL database and an empty place in a bucket of the S3 server at ``endpoint``."""
        s3 = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_REGION": "us-east-1"}
        return cls._made(folder, database, blobs, s3 | {"AWS_ALLOW_HTTP": "true", "AWS_ENDPOINT": endpoint})

    @classmethod
    def _made(cls, folder: Path, database: str, blobs: str, more: dict[str, str]) -> Self:
        folder.mkdir(parents=True, exist_ok=True)
        others = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)}
        own = {
            "LIFTMARK_DATA": str(folder),
            "LIFTMARK_DATABASE_URL": database,
            "LIFTMARK_BLOBS_URL": blobs,
            "LIFTMARK_MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONUNBUFFERED": "1",
        }
        return cls(folder, database, blobs, others | own | more)

    def copied_to(self, folder: Path) -> Self:
        """A home on SQLite and a folder that has all that this one has: nothing of it may be running."""
        shutil.copytree(self.folder, folder)
        moved = {"LIFTMARK_DATA": str(folder), "LIFTMARK_DATABASE_URL": f"sqlite:///{folder / 'liftmark.db'}"}
        moved["LIFTMARK_BLOBS_URL"] = str(folder / "blobs")
        return replace(
            self,
            folder=folder,
            database=moved["LIFTMARK_DATABASE_URL"],
            blobs=moved["LIFTMARK_BLOBS_URL"],
            environment=self.environment | moved,
        )
