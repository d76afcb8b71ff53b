"""The load benchmark: honest sums over a small run; the times themselves depend on the machine."""

import pytest

from service.bench.load import bench_load, share_of


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_good_users_are_timed_in_peace_and_under_attack_and_none_is_turned_away() -> None:
    rounds = []
    document = bench_load(users=2, uploads=3, rounds=1, attackers=10, tell=lambda: rounds.append(1))
    assert len(rounds) == 2
    assert (document.uploads, document.failed) == (12, 0)
    assert set(document.attackers.values()) == {10}
    assert document.ratio_upload_p99 == document.attacked.upload_p99_ms / document.quiet.upload_p99_ms
    assert 0 < document.quiet.upload_p50_ms <= document.quiet.upload_p99_ms


def test_a_share_of_the_times_is_one_of_them() -> None:
    assert share_of([3.0, 1.0, 2.0], 0.5) == 2.0
    assert share_of([3.0, 1.0, 2.0], 0.99) == 3.0
