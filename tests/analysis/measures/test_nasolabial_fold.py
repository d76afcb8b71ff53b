"""The nasolabial fold on a drawn face, where its place and depth are known."""

import numpy as np
import pytest

from analysis.fold_path import find_fold
from analysis.geometry import Polyline
from analysis.measures.nasolabial_fold import fold_changes, measure_fold
from models.anatomy import Side
from models.comparison import ChangeRefused, MeasuredChange, Verdict
from models.measurement import Contour, Estimate, NotAssessable
from tests.analysis.drawn_face import PX_PER_MM, Creases, analysis, fold_path, landmarks, pair, photograph, scene

BEFORE = photograph(scene(Creases()), noise=1)

SIDES = pytest.mark.parametrize("side", list(Side))


@SIDES
def test_the_path_runs_along_the_drawn_crease(side: Side) -> None:
    fold = analysis(BEFORE).contours[side].nasolabial_fold
    assert isinstance(fold, Contour)
    drawn = Polyline.through(fold_path(side)).points
    distance_mm = np.linalg.norm(fold.points[:, None] - drawn[None], axis=2).min(axis=1) / PX_PER_MM
    # The path is smoothed over 1.5 mm and its prior pulls by up to a millimetre where the two differ.
    assert distance_mm.mean() < 0.8


@SIDES
def test_the_path_runs_from_the_wing_of_the_nose_downward(side: Side) -> None:
    fold = analysis(BEFORE).contours[side].nasolabial_fold
    assert isinstance(fold, Contour)
    assert (np.diff(fold.points[:, 1]) > -0.5).all()


@SIDES
def test_a_fold_outside_the_picture_is_not_assessable(side: Side) -> None:
    cut_off = analysis(BEFORE).log_luminance[:400]
    assert isinstance(find_fold(cut_off, landmarks(), side, PX_PER_MM), NotAssessable)


@SIDES
def test_depth_is_the_drawn_depth_in_log_luminance(side: Side) -> None:
    photo = analysis(BEFORE)
    fold = photo.contours[side].nasolabial_fold
    assert isinstance(fold, Contour)
    depth = measure_fold(photo.log_luminance, fold, landmarks(), side, PX_PER_MM).depth
    assert isinstance(depth, Estimate)
    # Drawn 0.15 deep; smoothing takes 5 %, and the ends of the searched path reach past the crease.
    assert depth.value == pytest.approx(0.14, abs=0.02)
    assert abs(depth.value - 0.14) < 2 * depth.standard_uncertainty + 0.02


@SIDES
def test_a_deep_fold_is_longer_than_no_fold(side: Side) -> None:
    photo, smooth = analysis(BEFORE), analysis(photograph(scene(Creases(fold=0.0)), noise=1))
    fold = photo.contours[side].nasolabial_fold
    assert isinstance(fold, Contour)
    deep = measure_fold(photo.log_luminance, fold, landmarks(), side, PX_PER_MM).length
    none = measure_fold(smooth.log_luminance, fold, landmarks(), side, PX_PER_MM).length
    assert isinstance(deep, Estimate)
    assert deep.value > 25  # drawn 42 mm long; the mesh's part that is looked at is 36 mm
    assert isinstance(none, NotAssessable) or none.value < deep.value / 2


@SIDES
@pytest.mark.parametrize("factor", [0.5, 0.75, 1.0, 1.25])
def test_the_change_is_the_factor_that_the_crease_was_drawn_with(side: Side, factor: float) -> None:
    after = photograph(scene(Creases(fold=0.15 * factor)), exposure_ev=0.2, shift_px=(1.3, -0.8), noise=2)
    change = fold_changes(pair(BEFORE, after, (1.3, -0.8)), side).depth
    assert isinstance(change, MeasuredChange)
    assert change.before == 100
    # Skin texture that does not change shares the band and takes up to a fifth of a change.
    assert change.change == pytest.approx(100 * (factor - 1), abs=2 + 20 * abs(factor - 1))
    low, high = change.ci95
    assert low <= 100 * (factor - 1) <= high


@SIDES
def test_a_steeper_tone_curve_does_not_deepen_the_fold(side: Side) -> None:
    after = photograph(scene(Creases()), contrast=1.1, noise=2)
    change = fold_changes(pair(BEFORE, after), side).depth
    assert isinstance(change, MeasuredChange)
    assert change.verdict is Verdict.WITHIN_MEASUREMENT_ERROR
    assert change.change == pytest.approx(0, abs=3)  # the tone ratio is good to 2 %


@SIDES
def test_a_zero_change_is_not_called_detectable(side: Side) -> None:
    for seed in range(2, 7):
        change = fold_changes(pair(BEFORE, photograph(scene(Creases()), exposure_ev=-0.2, noise=seed)), side).depth
        assert isinstance(change, MeasuredChange)
        assert change.verdict is Verdict.WITHIN_MEASUREMENT_ERROR


@SIDES
def test_a_faint_fold_is_refused_with_its_contrast(side: Side) -> None:
    faint = photograph(scene(Creases(fold=0.0)), noise=1)
    refused = fold_changes(pair(faint, faint), side).depth
    assert isinstance(refused, ChangeRefused)
    assert "too faint" in refused.reason
    assert "0.0" in refused.reason


@SIDES
def test_another_light_is_refused(side: Side) -> None:
    face = scene(Creases())
    from_the_side = np.linspace(-0.7, 0.7, face.shape[1], dtype=np.float32)[None]
    refused = fold_changes(pair(BEFORE, photograph(face + from_the_side, noise=2)), side).depth
    assert isinstance(refused, ChangeRefused)
    assert "light" in refused.reason


@SIDES
def test_skin_covered_by_something_else_is_refused(side: Side) -> None:
    covered = scene(Creases(fold=0.0)) + 20 * (scene(Creases(), texture=7) - scene(Creases(), texture=8))
    refused = fold_changes(pair(BEFORE, photograph(covered, noise=2)), side).depth
    assert isinstance(refused, ChangeRefused)


def test_without_a_contour_nothing_is_compared() -> None:
    two = pair(BEFORE, BEFORE)
    refused = NotAssessable("The nasolabial fold is not in the picture.")
    object.__setattr__(two.before.contours[Side.LEFT], "nasolabial_fold", refused)
    changes = fold_changes(two, Side.LEFT)
    assert changes.depth == changes.length == ChangeRefused(refused.reason)


@SIDES
def test_every_change_says_what_its_uncertainty_is_made_of(side: Side) -> None:
    change = fold_changes(pair(BEFORE, photograph(scene(Creases()), noise=2)), side).depth
    assert isinstance(change, MeasuredChange)
    assert {term.source for term in change.error_terms} == {
        "skin texture and noise", "tone", "light", "head pose", "share of the crease",
    }  # fmt: skip
