"""What lies in the database and the blob store, seen past the service: for the checker, which believes it nothing."""

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Shelves:
    """A database by its address, a blob store by its own.

    ``environment`` is the service's, which says where its S3 server is.
    """

    database: str
    blobs: str
    environment: dict[str, str]

    def rows(self, query: str) -> Rows:
        """What a query finds."""
        return self.rows_together(query)[0]

    def rows_together(self, *queries: str) -> list[Rows]:
        """What several queries find at one and the same moment."""
        return (_from_sqlite if self.database.startswith("sqlite") else _from_postgresql)(self.database, queries)

    def blob_names(self) -> set[str]:
        """Every object or file, those that were never finished included."""
        return set(self._from_s3() if self.blobs.startswith("s3://") else _from_folder(Path(self.blobs)))

    def _from_s3(self) -> list[str]:
        import boto3

        about = {
            name.lower(): self.environment[f"AWS_{name}"] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "REGION")
        }
        client = boto3.client(
            "s3",
            endpoint_url=self.environment["AWS_ENDPOINT"],
            aws_access_key_id=about["access_key_id"],
            aws_secret_access_key=about["secret_access_key"],
            region_name=about["region"],
        )
        place = urlsplit(self.blobs)
        prefix = f"{place.path.strip('/')}/".lstrip("/")
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=place.netloc, Prefix=prefix)
        return [entry["Key"].removeprefix(prefix) for page in pages for entry in page.get("Contents", ())]


def _from_sqlite(address: str, queries: tuple[str, ...]) -> list[Rows]:
    with contextlib.closing(sqlite3.connect(address.removeprefix("sqlite:///"), timeout=60)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")
        return [[dict(row) for row in connection.execute(query)] for query in queries]


def _from_postgresql(address: str, queries: tuple[str, ...]) -> list[Rows]:
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(address, row_factory=dict_row) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SELECT set_config('liftmark.tenant', '*', true)")  # past row-level security
        return [connection.execute(query).fetchall() for query in queries]


def _from_folder(root: Path) -> list[str]:
    return [Path(folder, file).relative_to(root).as_posix() for folder, _, files in os.walk(root) for file in files]
