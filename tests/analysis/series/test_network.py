from itertools import pairwise

import numpy as np
import pytest

from analysis.series.network import Difference, adjust


def _differences(states: dict[str, float], pairs: list[tuple[str, str]], sd: float = 0.1) -> list[Difference]:
    return [Difference(one, other, states[other] - states[one], sd) for one, other in pairs]


def test_states_that_fit_together_are_found_exactly() -> None:
    truth = {"a": 0.0, "b": 0.3, "c": -0.2, "d": 1.0}
    found = adjust(_differences(truth, [("a", "b"), ("a", "c"), ("b", "c"), ("c", "d")]), "a")
    assert dict(zip(found.keys, found.values, strict=True)) == pytest.approx(truth, abs=1e-9)
    assert found.misfit == pytest.approx(0, abs=1e-9)


def test_a_photo_that_nothing_links_with_the_reference_has_no_state() -> None:
    truth = {"a": 0.0, "b": 0.3, "c": 1.0, "d": 1.1}
    found = adjust(_differences(truth, [("a", "b"), ("c", "d")]), "a")
    assert set(found.keys) == {"a", "b"}


def test_a_photo_is_reached_through_its_neighbour_where_the_reference_does_not_carry_it() -> None:
    truth = {"a": 0.0, "b": 0.3, "c": 0.7}
    found = adjust(_differences(truth, [("a", "b"), ("b", "c")]), "a")
    assert found.values[found.keys.index("c")] == pytest.approx(0.7)
    assert found.own[2, 2] > found.own[1, 1]


def test_the_error_of_a_photo_is_not_averaged_away_by_more_pairs_of_it() -> None:
    names = [str(n) for n in range(12)]
    pairs = [("0", name) for name in names[1:]] + list(pairwise(names[1:]))
    found = adjust(_differences(dict.fromkeys(names, 0.0), pairs), "0")
    assert found.photo_sd == pytest.approx(0.1 / np.sqrt(2))


def test_a_pair_that_closes_no_loop_bends_the_states_little() -> None:
    names = [str(n) for n in range(8)]
    pairs = [(one, other) for place, one in enumerate(names) for other in names[place + 1 :]]
    differences = _differences(dict.fromkeys(names, 0.0), pairs)
    differences[5] = Difference(differences[5].before, differences[5].after, 3.0, 0.1)
    found = adjust(differences, "0")
    plain = 3.0 * 2 / len(names)  # what least squares without weights would put between the two
    assert np.ptp(found.values) < plain / 3


def test_loops_that_stay_open_widen_the_pairs_own_error() -> None:
    truth = {"a": 0.0, "b": 0.0, "c": 0.0}
    closed = _differences(truth, [("a", "b"), ("b", "c"), ("a", "c")])
    gaping = [*closed[:2], Difference("a", "c", 0.6, 0.1)]
    assert adjust(gaping, "a").misfit > 1
    assert adjust(gaping, "a").own[1, 1] > 10 * adjust(closed, "a").own[1, 1]


def test_what_re_captures_showed_of_one_photo_is_the_least_that_is_believed() -> None:
    found = adjust(_differences({"a": 0.0, "b": 0.0}, [("a", "b")], sd=0.01), "a", least_photo_sd=0.2)
    assert found.photo_sd == pytest.approx([0.2, 0.2])
