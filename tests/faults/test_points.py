"""The points of all parts together are those that were asked for, each once."""

import pytest

from tests.faults import points as chosen
from tests.faults.watch import Call

CALLS = [Call("pwrite64", "log")] * 50 + [Call("fdatasync", "log"), Call("mkdir", "a"), Call("fsync", "a")] * 30


@pytest.mark.parametrize("count", [1, 3, 60])
def test_so_many_points_are_shared_out_among_the_parts(count, monkeypatch):
    monkeypatch.setattr(chosen, "ALL", False)
    monkeypatch.setattr(chosen, "COUNT", count)
    found = [n for part in chosen.parts(3) for n in chosen.points(CALLS, part, 3)]
    assert len(set(found)) == len(found) == count
    assert all(n == 1 or CALLS[n - 1] != CALLS[n - 2] for n in found)


def test_all_points_are_every_call(monkeypatch):
    monkeypatch.setattr(chosen, "ALL", True)
    found = [n for part in chosen.parts(3) for n in chosen.points(CALLS, part, 3)]
    assert sorted(found) == list(range(1, len(CALLS) + 1))
