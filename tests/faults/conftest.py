"""Homes of both kinds, the servers started by the tests themselves."""

import os
import secrets

import pytest

from tests.contracts.conftest import migrated_postgres, new_postgres_database, postgres, s3  # noqa: F401  their servers are these tests', too
from tests.faults.home import Home
from tests.faults.points import SHORT

SQLITE, POSTGRESQL = "sqlite on a folder", "postgresql on s3"


@pytest.fixture
def sqlite_home(tmp_path) -> Home:
    """An empty home on SQLite and a folder."""
    return Home.on_a_folder(tmp_path / "home")


@pytest.fixture
def postgresql_home(tmp_path, new_postgres_database, s3) -> Home:  # noqa: F811  fixtures, asked for by name
    """An empty home on PostgreSQL and S3."""
    blobs = f"{s3}/{secrets.token_hex(6)}"
    return Home.on_servers(tmp_path / "home", new_postgres_database, blobs, os.environ["AWS_ENDPOINT"])


@pytest.fixture(params=[POSTGRESQL] if SHORT else [SQLITE, POSTGRESQL])
def home(request) -> Home:
    """An empty home of each kind; in the short form of the one in which more can fail."""
    return request.getfixturevalue("sqlite_home" if request.param == SQLITE else "postgresql_home")
