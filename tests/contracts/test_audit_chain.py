"""The chain of the audit on every database: written by many at once, and each way of tampering with it told apart."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from service.audit import Action, record
from service.audit.anchor import Anchor
from service.audit.anchoring import AnchorKeeper, kept_anchors, stored_anchors
from service.audit.rows import AuditRows
from service.audit.verification import BreakKind, verify
from service.database import Database
from service.database.migrate import migrate
from service.database.tables import NO_HASH, AuditRow
from service.tenancy.keys import create_key, find_actor

KEY = b"k" * 32
ROWS = 8


def actor_of(database, clinic):
    with database.writing_across() as session:
        return find_actor(session, create_key(session, clinic))


@pytest.fixture
def actor(database):
    return actor_of(database, "Aurora")


def write(database, actor, *targets: str) -> None:
    with database.writing_across() as session:
        for target in targets:
            record(session, actor, Action.PHOTO_READ, target)


@pytest.fixture
def chain(database, actor):
    """A chain of eight rows, one transaction each but the last."""
    for number in range(ROWS - 2):
        write(database, actor, f"photo-{number}")
    write(database, actor, "photo-6", "photo-7")
    return actor.tenant


def tamper(database, *statements: str) -> None:
    with database.connection() as connection:
        for statement in statements:
            connection.execute(text(statement))


def broken(database, tenant, anchors=()) -> tuple[BreakKind, int]:
    found = verify(database, tenant, anchors)
    assert found.broken is not None
    assert str(found.broken.number) in found.broken.says or found.broken.kind is BreakKind.CUT
    return found.broken.kind, found.broken.number


def anchor_now(database, tenant, key=KEY) -> Anchor:
    with database.reading_across() as session:
        head = AuditRows(session, tenant).head()
    return Anchor.made(key, datetime.now(UTC), tenant, head.count, head.hash)


def test_a_chain_that_nobody_touched_is_sound(database, chain):
    checked: list[int] = []
    found = verify(database, chain, [anchor_now(database, chain)], checked.append)
    assert (found.broken, found.head.count, found.anchors, sum(checked)) == (None, ROWS, 1, ROWS)


def test_a_clinic_without_a_row_has_a_sound_chain(database, actor):
    found = verify(database, actor.tenant)
    assert (found.broken, found.head.count, found.head.hash) == (None, 0, NO_HASH)


def test_each_row_names_the_one_before_it(database, chain):
    with database.reading_across() as session:
        rows = list(AuditRows(session, chain).walk())
    assert [row.number for row in rows] == list(range(1, ROWS + 1))
    assert [row.previous for row in rows] == [NO_HASH, *(row.hash for row in rows[:-1])]


@pytest.mark.parametrize(
    "change",
    [
        "target = 'another'",
        "actor = 'another'",
        "action = 'photo_deleted'",
        "counts = '{}'",
        "at = '2020-01-01 00:00:00.000000+00:00'",
    ],
)
@pytest.mark.parametrize("number", [1, 4, ROWS])
def test_an_edited_row_is_told(database, chain, change, number):
    tamper(database, f"UPDATE audit SET {change} WHERE number = {number}")
    assert broken(database, chain) == (BreakKind.EDITED, number)


@pytest.mark.parametrize("number", [1, 4])
def test_a_deleted_row_is_told(database, chain, number):
    tamper(database, f"DELETE FROM audit WHERE number = {number}")
    assert broken(database, chain) == (BreakKind.DELETED, number)


def test_a_deleted_row_is_told_when_the_others_close_the_gap(database, chain):
    closing = [f"UPDATE audit SET number = {number - 1} WHERE number = {number}" for number in range(5, ROWS + 1)]
    head = f"UPDATE clinics SET audit_count = {ROWS - 1}"
    tamper(database, "DELETE FROM audit WHERE number = 4", *closing, head)
    assert broken(database, chain) == (BreakKind.DELETED, 4)


@pytest.mark.parametrize("first,second", [(3, 4), (2, 6), (1, ROWS)])
def test_rows_in_another_order_are_told(database, chain, first, second):
    moves = [(first, 99), (second, first), (99, second)]
    tamper(database, *(f"UPDATE audit SET number = {to} WHERE number = {was}" for was, to in moves))
    assert broken(database, chain) == (BreakKind.REORDERED, first)


def test_a_cut_tail_is_told(database, chain):
    tamper(database, "DELETE FROM audit WHERE number > 5")
    assert broken(database, chain) == (BreakKind.CUT, 6)


def test_a_chain_that_is_cut_with_its_head_is_told_by_an_anchor_alone(database, chain):
    anchor = anchor_now(database, chain)
    head = "UPDATE clinics SET audit_count = 5, audit_hash = (SELECT hash FROM audit WHERE number = 5)"
    tamper(database, "DELETE FROM audit WHERE number > 5", head)
    assert verify(database, chain).broken is None
    assert broken(database, chain, [anchor]) == (BreakKind.CUT, 6)


def test_a_chain_that_was_written_anew_is_told_by_an_anchor_alone(database, chain, actor):
    anchor = anchor_now(database, chain)
    tamper(database, "DELETE FROM audit", f"UPDATE clinics SET audit_count = 0, audit_hash = '{NO_HASH}'")
    write(database, actor, *(f"other-{number}" for number in range(ROWS + 2)))
    assert verify(database, chain).broken is None
    assert broken(database, chain, [anchor]) == (BreakKind.REWRITTEN, ROWS)


def test_an_anchor_that_was_changed_or_made_elsewhere_is_told(database, chain):
    assert broken(database, chain, [anchor_now(database, chain, b"x" * 32)]) == (BreakKind.FORGED, ROWS)


def test_an_anchor_of_an_earlier_moment_still_holds(database, chain, actor):
    anchor = anchor_now(database, chain)
    write(database, actor, "later")
    assert verify(database, chain, [anchor]).broken is None


COPY = "INSERT INTO audit (tenant_id, number, at, actor, action, target, counts, previous, hash)"
FORGED_HASH = "f" * 64


def test_a_row_that_was_put_in_is_told(database, chain):
    opening = [f"UPDATE audit SET number = {n + 1} WHERE number = {n}" for n in range(ROWS, 4, -1)]
    forge = f"{COPY} SELECT tenant_id, 5, at, actor, action, 'forged', counts, hash, '{FORGED_HASH}' FROM audit "
    tamper(database, *opening, f"{forge} WHERE number = 4", f"UPDATE clinics SET audit_count = {ROWS + 1}")
    assert broken(database, chain) == (BreakKind.FORGED, 5)


def test_a_genuine_row_that_was_put_in_again_is_told(database, chain):
    again = f"{COPY} SELECT tenant_id, {ROWS + 1}, at, actor, action, target, counts, previous, hash FROM audit "
    tamper(database, f"{again} WHERE number = 2")
    assert broken(database, chain) == (BreakKind.REORDERED, ROWS + 1)


def test_a_forged_row_at_the_end_is_told_even_where_the_head_vouches_for_it(database, chain):
    forge = f"{COPY} SELECT tenant_id, {ROWS + 1}, at, actor, action, 'x', counts, hash, '{FORGED_HASH}' FROM audit "
    tamper(database, f"{forge} WHERE number = {ROWS}")
    assert broken(database, chain) == (BreakKind.FORGED, ROWS + 1)
    tamper(database, f"UPDATE clinics SET audit_count = {ROWS + 1}, audit_hash = '{FORGED_HASH}'")
    assert broken(database, chain) == (BreakKind.EDITED, ROWS + 1)


def test_a_row_written_with_another_key_is_told(database, database_url, chain, actor):
    with Database(database.engine.url.render_as_string(hide_password=False), b"x" * 32) as stranger:
        write(stranger, actor, "a")
    write(database, actor, "b")
    found = verify(database, chain)
    assert (found.broken.number, found.head.count) == (ROWS + 1, ROWS)


def test_a_head_that_is_not_the_last_row_is_told(database, chain):
    tamper(database, f"UPDATE clinics SET audit_hash = '{FORGED_HASH}'")
    assert broken(database, chain) == (BreakKind.FORGED, ROWS)


def test_a_row_moved_to_another_clinic_is_told_in_both(database, chain):
    other = actor_of(database, "Borealis")
    write(database, other, "theirs")
    tamper(database, f"UPDATE audit SET tenant_id = '{other.tenant}', number = 2 WHERE number = 4")
    assert broken(database, chain) == (BreakKind.DELETED, 4)
    assert broken(database, other.tenant) == (BreakKind.FORGED, 2)


def test_what_one_clinic_does_leaves_the_chain_of_another_alone(database, chain):
    other = actor_of(database, "Borealis")
    write(database, other, "theirs")
    tamper(database, f"UPDATE audit SET target = 'x' WHERE tenant_id = '{other.tenant}'")
    assert verify(database, chain).broken is None


def test_a_transaction_that_fails_leaves_no_row_and_no_gap(database, chain, actor):
    def fail() -> None:
        with database.writing_across() as session:
            record(session, actor, Action.PHOTO_READ, "never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    write(database, actor, "after")
    found = verify(database, chain)
    assert (found.broken, found.head.count) == (None, ROWS + 1)


def test_many_writers_at_once_make_one_chain_without_gap_or_fork(database, actor):
    """Two services with connections of their own, four threads each; meanwhile the chain is always sound."""
    address, failures = database.engine.url.render_as_string(hide_password=False), []

    def work(of: Database, name: str) -> None:
        try:
            for number in range(15):
                write(of, actor, f"{name}-{number}", f"{name}-{number}-again")
        except Exception as error:  # noqa: BLE001  whatever it is fails the test
            failures.append(error)

    with Database(address, KEY) as second:
        threads = [
            threading.Thread(target=work, args=(of, f"{which}{n}"))
            for which, of in enumerate((database, second))
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            assert verify(database, actor.tenant).broken is None
        for thread in threads:
            thread.join()
    assert failures == []
    found = verify(database, actor.tenant)
    assert (found.broken, found.head.count) == (None, 2 * 4 * 15 * 2)


def test_rows_that_were_there_before_the_chain_are_its_beginning(empty_database_url):
    from service.settings import Settings

    old = (
        "INSERT INTO audit (tenant_id, at, actor, action, target) VALUES ('{}', '2026-03-02 10:00:00', 'k', 'a', '{}')"
    )
    with Database(Settings(database_url=empty_database_url).database_address, KEY) as database:
        migrate(database, "0004")
        tamper(
            database,
            *(f"INSERT INTO clinics (id, name, created_at) VALUES ('{c}', '{c}', '2026-03-02')" for c in "ab"),
            *(old.format("ab"[number % 2], number) for number in range(5)),
        )
        migrate(database)
        for clinic, count in (("a", 3), ("b", 2)):
            found = verify(database, clinic)
            assert (found.broken, found.head.count) == (None, count)
        with database.reading_across() as session:
            kept = list(AuditRows(session, "a").walk())
        assert [row.target for row in kept] == ["0", "2", "4"]
        assert kept[0].at == datetime(2026, 3, 2, 10, tzinfo=UTC)
        later = actor_of(database, "a")
        write(database, later, "first of the new")
        assert verify(database, "a").head.count == 4


def test_no_row_can_be_without_its_place(database, chain):
    from sqlalchemy.exc import IntegrityError

    bare = f"{COPY} SELECT tenant_id, NULL, at, actor, action, target, counts, '', '' FROM audit WHERE number = 1"
    with pytest.raises(IntegrityError):
        tamper(database, bare)
    with database.reading_across() as session:
        assert session.query(AuditRow).count() == ROWS


@pytest.fixture
def keeper(database, tmp_path, blobs):
    return AnchorKeeper(database, tmp_path / "anchors.jsonl", blobs, every_s=3600)


@pytest.mark.parametrize("blobs_url", ["s3"], indirect=True)
def test_a_chain_that_grew_is_anchored_in_the_file_and_under_a_new_name_in_the_store(
    database, chain, actor, keeper, blobs, tmp_path
):
    assert [(one.clinic, one.count) for one in keeper.keep()] == [(chain, ROWS)]
    assert keeper.keep() == []
    write(database, actor, "later")
    assert [one.count for one in keeper.keep()] == [ROWS + 1]
    kept = kept_anchors(tmp_path / "anchors.jsonl")
    assert [one.count for one in kept] == [ROWS, ROWS + 1]
    assert list(stored_anchors(blobs)) == kept
    assert len(list(blobs.names_under("audit-anchors"))) == 2
    assert verify(database, chain, kept).anchors == 2
    assert verify(database, chain, kept).broken is None


@pytest.mark.parametrize("blobs_url", ["folder"], indirect=True)
def test_the_chain_is_anchored_at_the_end_and_not_again_at_the_next_start(database, chain, keeper, tmp_path, blobs):
    with keeper:
        assert kept_anchors(tmp_path / "anchors.jsonl") == []
    assert [one.count for one in kept_anchors(tmp_path / "anchors.jsonl")] == [ROWS]
    with AnchorKeeper(database, tmp_path / "anchors.jsonl", None, every_s=0.01):
        pass
    assert len(kept_anchors(tmp_path / "anchors.jsonl")) == 1


@pytest.mark.parametrize("blobs_url", ["folder"], indirect=True)
def test_a_cut_is_said_at_the_next_anchoring_and_still_proved_after_it(
    database, chain, actor, keeper, tmp_path, caplog
):
    keeper.keep()
    head = "UPDATE clinics SET audit_count = 5, audit_hash = (SELECT hash FROM audit WHERE number = 5)"
    tamper(database, "DELETE FROM audit WHERE number > 5", head)
    write(database, actor, *(f"later-{number}" for number in range(ROWS)))
    keeper.keep()
    assert "is not the one anchored" in caplog.text
    assert broken(database, chain, kept_anchors(tmp_path / "anchors.jsonl")) == (BreakKind.REWRITTEN, ROWS)


def test_a_folder_that_takes_no_anchor_stops_nothing(database, chain, tmp_path, caplog):
    (tmp_path / "anchors.jsonl").mkdir()
    with AnchorKeeper(database, tmp_path / "anchors.jsonl", None, every_s=3600):
        pass
    assert "could not be anchored" in caplog.text


def test_a_line_that_a_power_cut_tore_is_left_out_and_goes_when_the_next_is_written(database, chain, actor, tmp_path):
    file = tmp_path / "anchors.jsonl"
    keeper = AnchorKeeper(database, file, None, every_s=3600)
    keeper.keep()
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:40])
    assert len(kept_anchors(file)) == 1
    write(database, actor, "later")
    keeper.keep()
    assert [one.count for one in kept_anchors(file)] == [ROWS, ROWS + 1]
    assert file.read_bytes().startswith(whole)
