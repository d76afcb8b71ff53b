"""What every database promises."""

import threading
from datetime import datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from service.database import retry_on_clash
from service.database.migrate import migrate
from service.database.tables import Clinic, Row, Subject, Visit, new_id
from service.subjects.repository import Subjects
from service.tenancy.keys import create_first_key, create_key, find_actor
from service.tenancy.scope import Scope
from service.tenancy.tenant import TenantId


@pytest.fixture
def tenant(database) -> TenantId:
    with database.writing() as session:
        key = create_key(session, "Aurora")
        return find_actor(session, key).tenant


def test_the_migrations_make_the_very_tables_of_the_code(database):
    with database.connection() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Row.metadata) == []


def test_migrating_again_or_at_once_does_no_harm(database):
    threads = [threading.Thread(target=migrate, args=(database,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.check()


def test_a_time_comes_back_in_utc_as_the_same_moment(database, tenant):
    taken_at = datetime(2026, 3, 2, 10, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with database.writing() as session:
        Subjects(session, tenant).add(Subject(id="s", reference="P", wrapped_key=b"k"))
        session.add(Visit(id="v", tenant_id=tenant, subject_id="s", taken_at=taken_at, phase="baseline"))
    with database.reading() as session:
        kept = session.get_one(Visit, "v").taken_at
    assert kept == taken_at
    assert kept.utcoffset() == timedelta(0)


def test_a_transaction_that_fails_leaves_nothing(database):
    def fail() -> None:
        with database.writing() as session:
            session.add(Clinic(name="never"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Clinic)) == 0


def test_a_reference_names_one_subject_of_a_clinic(database, tenant):
    def add():
        with database.writing() as session:
            Subjects(session, tenant).add(Subject(reference="P-1", wrapped_key=b"k"))

    add()
    with pytest.raises(IntegrityError):
        add()


def test_many_who_look_and_insert_at_once_end_up_with_one_row(database, tenant):
    def find_or_add() -> str:
        with database.writing() as session:
            subjects = Subjects(session, tenant)
            found = subjects.by_reference("P-1")
            return (found or subjects.add(Subject(id=new_id(), reference="P-1", wrapped_key=b"k"))).id

    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.append(retry_on_clash(find_or_add))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8
    assert len(set(ids)) == 1


def test_what_hangs_on_a_subject_goes_with_it(database, tenant):
    with database.writing() as session:
        subject = Subjects(session, tenant).add(Subject(id="s", reference="P", wrapped_key=b"k"))
        session.add(Visit(id="v", tenant_id=tenant, subject_id="s", taken_at=datetime.now().astimezone(), phase="x"))
        session.flush()
        Subjects(session, tenant).delete(subject)
    with database.reading() as session:
        assert session.get(Visit, "v") is None


def test_a_key_opens_its_own_clinic_with_its_own_scopes(database):
    with database.writing() as session:
        keys = [create_key(session, "Aurora", [Scope.READ]), create_key(session, "Borealis")]
    with database.reading() as session:
        first, second = (find_actor(session, key) for key in keys)
        assert find_actor(session, "lm_wrong") is None
    assert first.scopes == {Scope.READ}
    assert second.scopes == set(Scope)
    assert first.tenant != second.tenant


def test_the_first_key_is_made_once(database):
    with database.writing() as session:
        assert create_first_key(session).startswith("lm_")
    with database.writing() as session:
        assert create_first_key(session) is None
