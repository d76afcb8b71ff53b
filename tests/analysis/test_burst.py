"""Bursts: the best matched frames are shown, good ones are averaged, and shared errors stay shared."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.burst import FRAMES_AVERAGED, compare_bursts, mismatch
from analysis.burst_average import SCATTER, FramePair, averaged_changes
from analysis.pipeline import compare_photos
from analysis.subject_scale import on_one_scale
from models.anatomy import Side
from models.burst import FrameUse
from models.comparison import Change, ChangeRefused, ErrorTerm, MeasuredChange
from models.correction import ContourName, Correction
from models.landmarks import HeadPose
from models.measurand import MeasurandCode
from models.quality import Flag, FlagCode, Quality
from tests.service.examples import a_comparison, a_refused_change, an_analysis

PHANTOMS = Path(__file__).parents[1] / "phantoms"
PERSONS = ("p13", "p14", "p15", "p16")


def change_of(change: float, *terms: tuple[str, float], before: float = 4.0) -> Change:
    measured = MeasuredChange(before, change, tuple(ErrorTerm(*term) for term in terms), 1.96)
    return Change(MeasurandCode.MRD1, Side.LEFT, measured)


def pair(before: int, after: int, change: Change, yaw: float = 0.0) -> FramePair:
    alignment = replace(a_comparison().alignment, yaw_deg=yaw, pitch_deg=0.0)
    return FramePair(before, after, replace(a_comparison(change), alignment=alignment))


def average(*pairs: FramePair) -> MeasuredChange:
    (change,) = averaged_changes(pairs[0], pairs)
    assert isinstance(change.result, MeasuredChange)
    return change.result


def term(result: MeasuredChange, source: str) -> float:
    return sum(one.standard_uncertainty for one in result.error_terms if one.source == source)


def test_one_pair_is_left_as_it_is():
    single = change_of(0.3, ("skin texture", 0.05))
    assert averaged_changes(pair(0, 0, single), [pair(0, 0, single)]) == (single,)


def test_noise_of_the_shared_before_stays_and_that_of_the_afters_averages():
    # Half the variance is the before's: with one before and four afters 1/2 + 1/2 * 1/4 of it is left.
    found = average(*(pair(0, after, change_of(0.3, ("skin texture", 0.08))) for after in range(4)))
    assert found.standard_uncertainty == pytest.approx(0.08 * (0.5 + 0.125) ** 0.5)


def test_noise_halves_its_variance_with_two_photos_on_both_sides():
    grid = [pair(i, j, change_of(0.3, ("skin texture", 0.08))) for i in (0, 1) for j in (0, 1)]
    assert average(*grid).standard_uncertainty == pytest.approx(0.08 * 0.5**0.5)


def test_light_and_scale_and_whatever_is_not_known_as_noise_do_not_average_away():
    terms = (("light", 0.03), ("scale", 0.02), ("some new source", 0.04))
    found = average(*(pair(0, after, change_of(0.3, *terms)) for after in range(5)))
    assert {source: term(found, source) for source, _ in terms} == pytest.approx(dict(terms))


def test_heads_turned_to_both_sides_cancel_and_heads_turned_alike_do_not():
    turned = change_of(0.3, ("head pose", 0.05))
    both_sides = average(pair(0, 0, turned, yaw=1.0), pair(0, 1, turned, yaw=-1.0))
    alike = average(pair(0, 0, turned, yaw=1.0), pair(0, 1, turned, yaw=1.0))
    assert term(both_sides, "head pose") == pytest.approx(0.0, abs=1e-12)
    assert term(alike, "head pose") == pytest.approx(0.05)


def test_frames_that_scatter_more_than_their_noise_widen_the_interval():
    calm, wild = change_of(0.1, ("skin texture", 0.02)), change_of(0.5, ("skin texture", 0.02))
    found = average(pair(0, 0, calm), pair(0, 1, wild))
    # Two afters 0.4 apart: standard error of their mean 0.2, whatever the noise claimed.
    assert found.standard_uncertainty == pytest.approx(0.2, rel=1e-6)
    assert term(found, SCATTER) > 0.19


def test_the_surer_frame_weighs_more_but_no_frame_more_than_nine_times_another():
    sure, unsure = change_of(0.0, ("skin texture", 0.001)), change_of(1.0, ("skin texture", 0.9))
    assert average(pair(0, 0, sure), pair(0, 1, unsure)).change == pytest.approx(0.1)


def test_a_change_that_only_some_frames_carry_is_averaged_over_those():
    refused = Change(MeasurandCode.MRD1, Side.LEFT, ChangeRefused("The eye is closed."))
    found = average(pair(0, 0, refused), pair(0, 1, change_of(0.2, ("light", 0.1))))
    assert found.change == pytest.approx(0.2)
    (nothing,) = averaged_changes(pair(0, 0, refused), [pair(0, 0, refused), pair(0, 1, refused)])
    assert nothing == refused


def turned(yaw: float):
    analysis = an_analysis()
    pose = HeadPose(yaw, 0.0, 0.0)
    return replace(analysis, landmarks=replace(analysis.landmarks, pose=pose), quality=Quality(()), measurements=())


def compared(*_):
    return a_comparison()


def uses(found) -> dict[tuple[str, int], FrameUse]:
    return {(frame.which, frame.index): frame.use for frame in found.frames}


def test_of_a_burst_the_best_matched_frame_is_shown_and_at_most_three_are_averaged():
    burst = dict(enumerate(map(turned, (3.0, 0.1, 1.0, -1.5, 2.0))))
    found = compare_bursts({0: turned(0.0)}, burst, compared)
    assert found.after is burst[1]
    assert uses(found)["after", 1] is FrameUse.SHOWN
    averaged = [frame for frame in found.frames if frame.which == "after" and frame.use is not FrameUse.LEFT_OUT]
    assert [frame.index for frame in averaged] == [1, 2, 3]
    assert len(averaged) == FRAMES_AVERAGED
    assert all(frame.reason for frame in found.frames if frame.use is FrameUse.LEFT_OUT)


def test_a_frame_that_a_flag_stops_is_left_out_with_its_reason():
    closed = replace(turned(0.0), quality=Quality((Flag.of(FlagCode.EYES_CLOSED),)))
    found = compare_bursts({0: turned(0.0)}, {0: closed, 1: turned(1.0)}, compared)
    (left_out,) = (frame for frame in found.frames if frame.use is FrameUse.LEFT_OUT)
    assert (left_out.which, left_out.index) == ("after", 0)
    assert "closed" in left_out.reason


def test_beside_a_photo_with_contours_placed_by_hand_the_others_are_left_out():
    by_hand = Correction(Side.LEFT, ContourName.JAWLINE, np.zeros((2, 2)), "A. B.")
    placed = replace(turned(2.0), corrections=(by_hand,))
    found = compare_bursts({0: turned(0.0), 1: placed}, {0: turned(0.0)}, compared)
    assert found.before is placed
    assert uses(found)["before", 0] is FrameUse.LEFT_OUT


def test_the_claims_of_a_whole_report_rest_on_the_averaged_changes():
    def compared_so(_, after):
        wild = 0.5 if after.landmarks.pose.yaw > 0 else 0.1
        return a_comparison(change_of(wild, ("skin texture", 0.02)), a_refused_change())

    found = compare_bursts({0: turned(0.0)}, {0: turned(0.1), 1: turned(-0.1)}, compared_so).comparison.changes
    assert found[0].result.change == pytest.approx(0.3)
    assert found[0].family_p == pytest.approx(found[0].result.p_value)
    assert found[1].family_p is None


def test_mismatch_is_none_between_a_photo_and_itself():
    assert mismatch(turned(2.0), turned(2.0)) == 0
    assert mismatch(turned(0.0), turned(1.5)) == pytest.approx(1.0)


@pytest.mark.slow
def test_averaging_two_baselines_lowers_the_error_and_its_intervals_hold(studio):
    """Four rendered persons, `base` and `zero` against `after1` and `after2`."""
    alone: dict[MeasurandCode, list[tuple[float, float]]] = {}
    together: dict[MeasurandCode, list[tuple[float, float]]] = {}
    for measurand, one_by_one, averaged in phantom_errors(studio):
        alone.setdefault(measurand, []).extend(one_by_one)
        together.setdefault(measurand, []).append(averaged)
    for measurand, errors in alone.items():
        print(
            f"{measurand}: {len(together[measurand])} sides, {told(errors)} alone, {told(together[measurand])} averaged"
        )
        assert rms(together[measurand]) < rms(errors)
    every = [one for errors in together.values() for one in errors]
    assert len(every) >= 70
    assert np.mean([abs(error) <= half for error, half in every]) >= 0.95


def rms(errors) -> float:
    return float(np.sqrt(np.mean([error**2 for error, _ in errors])))


def told(errors) -> str:
    held = np.mean([abs(error) <= half for error, half in errors])
    return f"RMS {rms(errors):.3f}, half width {np.mean([half for _, half in errors]):.3f}, cover {held:.0%}"


def phantom_errors(studio):
    """Measurand, (error, half width) of either baseline alone, and of both averaged, where all three were measured."""
    truths = {(p["before"], p["after"]): p["true_change"] for p in json.loads((PHANTOMS / "pairs.json").read_text())}
    for person in PERSONS:
        names = [f"{person}_{name}.jpg" for name in ("base", "zero", "after1", "after2")]
        base, zero, *afters = on_one_scale([studio.analyse((PHANTOMS / name).read_bytes()) for name in names])
        for name, after in zip(names[2:], afters, strict=True):
            singles = [compare_photos(before, after).changes for before in (base, zero)]
            both = compare_bursts({0: base, 1: zero}, {0: after}, compare_photos).comparison.changes
            known = [truths[before, name] for before in names[:2]]
            for *single, mean in zip(*singles, both, strict=True):
                true = [true_change(mean, truth) for truth in known]
                if None in true or not all(isinstance(c.result, MeasuredChange) for c in (*single, mean)):
                    continue
                errors = [(c.result.change - t, c.result.mdc95) for c, t in zip(single, true, strict=True)]
                yield mean.measurand, errors, (mean.result.change - np.mean(true), mean.result.mdc95)


def true_change(change: Change, truth) -> float | None:
    if change.side is None:
        return None
    moved = truth[change.side.value[0].upper()]
    known = {
        MeasurandCode.MRD1: moved["mrd1_measured"],
        MeasurandCode.PALPEBRAL_FISSURE_HEIGHT: moved["pfh"],
        MeasurandCode.JAWLINE_CONTOUR: moved["jaw_skin_shift_mm"],
        MeasurandCode.NASOLABIAL_FOLD_DEPTH: 100 * moved["nlf_chord10"] / moved["nlf_chord10_before"],
        MeasurandCode.PERIORBITAL_LINES: 100 * moved["crow_param"] / moved["crow_param_before"],
    }
    return known.get(change.measurand)
