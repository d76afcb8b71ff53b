"""A chore is done by one process at a time, whichever database the processes share."""

import threading
from datetime import timedelta

import pytest

from service.database.base import now
from service.database.chores import take_chore

HOUR = timedelta(hours=1)


@pytest.fixture
def clock(monkeypatch):
    """Sets the clock on by so much."""
    return lambda later: monkeypatch.setattr("service.database.chores.now", lambda: now() + later)


def test_a_chore_is_due_first_when_its_time_has_passed_and_then_again(database, clock):
    assert not take_chore(database, "tidy", HOUR)
    assert not take_chore(database, "tidy", HOUR)
    clock(HOUR)
    assert take_chore(database, "tidy", HOUR)
    assert not take_chore(database, "tidy", HOUR)
    clock(2 * HOUR)
    assert take_chore(database, "tidy", HOUR)


def test_of_many_who_look_at_once_one_gets_it(database, clock):
    take_chore(database, "tidy", HOUR)
    clock(HOUR)
    taken: list[bool] = []
    threads = [threading.Thread(target=lambda: taken.append(take_chore(database, "tidy", HOUR))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 5 + [True]


def test_a_clock_that_was_far_ahead_puts_it_off_no_longer_than_once(database, clock):
    clock(1000 * HOUR)
    take_chore(database, "tidy", HOUR)
    clock(timedelta())
    assert take_chore(database, "tidy", HOUR)
    assert not take_chore(database, "tidy", HOUR)
