"""What every database promises."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from service.courses.repository import Courses
from service.database import Database, retry_on_clash
from service.database.base import Row, new_id
from service.database.migrate import migrate
from service.database.tables import (
    Clinic,
    Comparison,
    Course,
    IrisDiameter,
    Photo,
    RepeatabilityStudy,
    StudyPhoto,
    Subject,
    SubjectSeries,
    Visit,
)
from service.repeatability.floors import floors_of
from service.repeatability.labels import Labels
from service.repeatability.repository import Studies, StudyPhotos
from service.series.repository import StoredSeries
from service.subjects.iris_repository import IrisDiameters
from service.subjects.repository import Subjects
from service.tenancy.keys import create_first_key, create_key, find_actor
from service.tenancy.scope import Scope
from service.tenancy.tenant import TenantId

DAY = "'2026-03-02 10:00:00+00:00'"


def first_shape(table: str, **values: str | int) -> str:
    """One row as the first version of the tables held it, written without the code of today."""
    columns = ", ".join(("id", "created_at", *values))
    return f"INSERT INTO {table} ({columns}) VALUES ('{table}', {DAY}, {', '.join(map(repr, values.values()))})"


OF_SUBJECT = {"tenant_id": "clinics", "subject_id": "subjects"}
FIRST_SHAPE = (
    first_shape("clinics", name="Aurora"),
    first_shape("subjects", tenant_id="clinics", reference="P", wrapped_key="k"),
    first_shape("visits", **OF_SUBJECT, taken_at="2026-03-02", phase="baseline"),
    first_shape(
        "photos", **OF_SUBJECT, visit_id="visits", view="frontal", sha256="h", upload_blob="n", status="x", size_bytes=1
    ),
    first_shape(
        "comparisons",
        **OF_SUBJECT,
        before_photo_id="photos",
        after_photo_id="photos",
        method_version="1",
        status="compared",
    ),
)
AGAIN = {
    **OF_SUBJECT,
    "asked": "photos:photos",
    "before_photo_id": "photos",
    "after_photo_id": "photos",
    "method_version": "1",
    "status": "queued",
}


@pytest.fixture
def tenant(database) -> TenantId:
    with database.writing_across() as session:
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


def test_a_comparison_of_the_first_shape_keeps_its_photos_through_the_migration(empty_database_url):
    from service.settings import Settings

    with Database(Settings(database_url=empty_database_url).database_address, b"k" * 32) as database:
        migrate(database, "0001")
        with database.connection() as connection:
            for statement in FIRST_SHAPE:
                connection.execute(text(statement))
        migrate(database)
        with database.reading_across() as session:
            kept = session.get_one(Comparison, "comparisons")
            assert (kept.asked, kept.before_photo_id, kept.status) == ("photos:photos", "photos", "compared")
        with database.writing_across() as session:
            session.add(Comparison(**AGAIN))
            with pytest.raises(IntegrityError):
                session.flush()
            session.rollback()


def test_of_what_ends_and_stays_one_alone_is_in_use(database, tenant):
    def give(name: str, ended_at=None) -> None:
        given = {"mm": 11.9, "standard_uncertainty_mm": 0.1, "measured_by": "A", "set_by": "key"}
        with database.writing_across() as session:
            IrisDiameters(session, tenant).add(IrisDiameter(id=name, subject_id="s", ended_at=ended_at, **given))

    with database.writing_across() as session:
        Subjects(session, tenant).add(Subject(id="s", reference="P", wrapped_key=b"k"))
    give("first", datetime.now().astimezone())
    give("second")
    give("third", datetime.now().astimezone())
    with pytest.raises(IntegrityError):
        give("fourth")
    with database.reading_across() as session:
        assert IrisDiameters(session, tenant).current("s").id == "second"
        assert len(IrisDiameters(session, tenant).history_of("s")) == 3


def test_of_studies_in_the_same_words_one_alone_is_in_force(database, tenant):
    def make(name: str, ended_at=None, **more) -> None:
        told = {"name": "Room 1", "fingerprint": "f", "method_version": "1", "status": "studied", "made_by": "key"}
        with database.writing_across() as session:
            Studies(session, tenant).add(RepeatabilityStudy(id=name, ended_at=ended_at, **told, **more))

    make("first", datetime.now().astimezone(), floors='{"mrd1": 0.1}')
    make("second", floors='{"mrd1": 0.2, "unknown_to_this_version": 1}')
    with pytest.raises(IntegrityError):
        make("third")
    with database.reading_across() as session:
        assert Studies(session, tenant).same("f").id == "second"
        assert [study.id for study in Studies(session, tenant).in_force()] == ["second"]
        assert floors_of(session, tenant, Labels(room="1")) == {"mrd1": 0.2}


def test_a_study_outlives_its_photos(database, tenant):
    told = {"name": "Room 1", "fingerprint": "f", "method_version": "1", "status": "studied", "made_by": "key"}
    photo = {"view": "frontal", "sha256": "x", "size_bytes": 1, "upload_blob": "b", "status": "analysed"}
    with database.writing_across() as session:
        Subjects(session, tenant).add(Subject(id="s", reference="P", wrapped_key=b"k"))
        when = datetime.now().astimezone()
        session.add(Visit(id="v", tenant_id=tenant, subject_id="s", taken_at=when, phase="x", room="1"))
        session.flush()
        session.add(Photo(id="p", tenant_id=tenant, subject_id="s", visit_id="v", **photo))
        Studies(session, tenant).add(RepeatabilityStudy(id="study", **told))
        row = StudyPhoto(study_id="study", photo_id="p", subject_id="s", person=0, place=0)
        assert StudyPhotos(session, tenant).add(row).tenant_id == tenant
        Subjects(session, tenant).delete(Subjects(session, tenant).get("s"))
    with database.reading_across() as session:
        assert StudyPhotos(session, tenant).of("study") == []
        assert Studies(session, tenant).get("study").name == "Room 1"


def test_a_time_comes_back_in_utc_as_the_same_moment(database, tenant):
    taken_at = datetime(2026, 3, 2, 10, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with database.writing_across() as session:
        Subjects(session, tenant).add(Subject(id="s", reference="P", wrapped_key=b"k"))
        session.add(Visit(id="v", tenant_id=tenant, subject_id="s", taken_at=taken_at, phase="baseline"))
    with database.reading_across() as session:
        kept = session.get_one(Visit, "v").taken_at
    assert kept == taken_at
    assert kept.utcoffset() == timedelta(0)


def test_a_transaction_that_fails_leaves_nothing(database):
    def fail() -> None:
        with database.writing_across() as session:
            session.add(Clinic(name="never"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading_across() as session:
        assert session.scalar(select(func.count()).select_from(Clinic)) == 0


def test_a_reference_names_one_subject_of_a_clinic(database, tenant):
    def add():
        with database.writing_across() as session:
            Subjects(session, tenant).add(Subject(reference="P-1", wrapped_key=b"k"))

    add()
    with pytest.raises(IntegrityError):
        add()


def test_many_who_look_and_insert_at_once_end_up_with_one_row(database, tenant):
    def find_or_add() -> str:
        with database.writing_across() as session:
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


def test_of_two_transactions_that_wait_for_each_other_both_are_done(database, tenant):
    """PostgreSQL ends one of them; on SQLite the second one begins when the first has ended, and never meets it."""
    with database.writing(tenant) as session:
        for reference in ("a", "b"):
            Subjects(session, tenant).add(Subject(id=reference, reference=reference, wrapped_key=b"k"))
    both_hold_one = threading.Barrier(2, timeout=1 if database.engine.dialect.name == "sqlite" else 30)

    def change(*order: str) -> str:
        with database.writing(tenant) as session:
            for reference in order:
                session.execute(text("UPDATE subjects SET wrapped_key = wrapped_key WHERE id = :id"), {"id": reference})
                with contextlib.suppress(threading.BrokenBarrierError):
                    both_hold_one.wait()
                both_hold_one.abort()
        return "done"

    with ThreadPoolExecutor() as threads:
        ends = [threads.submit(retry_on_clash, lambda order=order: change(*order)) for order in ("ab", "ba")]
    assert [end.result() for end in ends] == ["done", "done"]


def test_what_hangs_on_a_subject_goes_with_it(database, tenant):
    with database.writing_across() as session:
        subject = Subjects(session, tenant).add(Subject(id="s", reference="P", wrapped_key=b"k"))
        session.add(Visit(id="v", tenant_id=tenant, subject_id="s", taken_at=datetime.now().astimezone(), phase="x"))
        session.flush()
        Subjects(session, tenant).delete(subject)
    with database.reading_across() as session:
        assert session.get(Visit, "v") is None


def test_a_course_has_one_series_and_a_subject_without_one_has_one(database, tenant):
    def store(name: str, course_id: str | None) -> None:
        rest = {"fingerprint": "f", "kind": "k", "pairs": "", "document": "{}", "made_at": datetime.now().astimezone()}
        with database.writing_across() as session:
            StoredSeries(session, tenant).add(SubjectSeries(id=name, subject_id="s", course_id=course_id, **rest))

    started = {"kind": "k", "planned_sessions": 1, "interval_days": 7, "started_on": date(2026, 3, 2)}
    with database.writing_across() as session:
        Subjects(session, tenant).add(Subject(id="s", reference="P", wrapped_key=b"k"))
        for name in ("a", "b"):
            Courses(session, tenant).add(Course(id=name, subject_id="s", **started))
    for name, course_id in (("1", "a"), ("2", "b"), ("3", None)):
        store(name, course_id)
    for course_id in ("a", None):
        with pytest.raises(IntegrityError):
            store("4", course_id)
    with database.writing_across() as session:
        Courses(session, tenant).delete(Courses(session, tenant).get("a"))
    with database.reading_across() as session:
        assert StoredSeries(session, tenant).of("s", "a") is None
        assert StoredSeries(session, tenant).of("s", None).id == "3"


def test_a_visit_of_the_second_shape_keeps_its_photos_through_the_migration(empty_database_url):
    from service.settings import Settings

    with Database(Settings(database_url=empty_database_url).database_address, b"k" * 32) as database:
        migrate(database, "0001")
        with database.connection() as connection:
            for statement in FIRST_SHAPE:
                connection.execute(text(statement))
        migrate(database, "0002")
        migrate(database)
        with database.reading_across() as session:
            assert session.get_one(Visit, "visits").course_id is None
            assert session.get_one(Photo, "photos").measured_at is None


def test_references_are_searched_in_capitals_or_not_beyond_ascii(database, tenant):
    with database.writing_across() as session:
        for reference in ("MÜLLER", "50%", "5000"):
            Subjects(session, tenant).add(Subject(id=new_id(), reference=reference, wrapped_key=b"k"))
    with database.reading_across() as session:
        found = {q: [s.reference for s in Subjects(session, tenant).page_of_clinic(None, 50, q)] for q in ("ü", "0%")}
    assert found == {"ü": ["MÜLLER"], "0%": ["50%"]}


def test_a_key_opens_its_own_clinic_with_its_own_scopes(database):
    with database.writing_across() as session:
        keys = [create_key(session, "Aurora", [Scope.READ]), create_key(session, "Borealis")]
    with database.reading_across() as session:
        first, second = (find_actor(session, key) for key in keys)
        assert find_actor(session, "lm_wrong") is None
    assert first.scopes == {Scope.READ}
    assert second.scopes == set(Scope)
    assert first.tenant != second.tenant


def test_the_first_key_is_made_once(database):
    with database.writing_across() as session:
        assert create_first_key(session).startswith("lm_")
    with database.writing_across() as session:
        assert create_first_key(session) is None
