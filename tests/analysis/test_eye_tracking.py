"""Lids and iris followed between two drawn pictures, moved by a known amount."""

from types import SimpleNamespace

import numpy as np
import pytest

from analysis.calibration import Limbus, find_limbi
from analysis.edge_following import STRETCHES, EyePair, Shift
from analysis.eye_frame import EyeFrame
from analysis.eye_tracking import iris_shift, lid_shift
from analysis.lid_margins import find_lid_margin, margin_height_mm
from models.anatomy import Outline, Side
from models.measurement import NotAssessable
from tests.analysis.drawn_eyes import PX_PER_MM, drawn_face, mesh_of


def pair_of(before: np.ndarray, after: np.ndarray) -> SimpleNamespace:
    """What following needs of a registered pair: two pictures in one frame."""
    return SimpleNamespace(before_grey=before, after_grey=after)


def followed(before: np.ndarray, after: np.ndarray, lid: Outline, side: Side = Side.LEFT) -> tuple[Shift, float]:
    """The lid's shift, and true millimetres per prior millimetre."""
    mesh = mesh_of()
    limbus = find_limbi(before, mesh)[side]
    assert isinstance(limbus, Limbus)
    frame = EyeFrame.of(mesh, side)
    margin = find_lid_margin(before, mesh, side, lid, limbus.circle)
    shift = lid_shift(EyePair.of(pair_of(before, after), frame), lid, margin, limbus.circle)
    assert isinstance(shift, Shift)
    return shift, frame.px_per_mm / PX_PER_MM


@pytest.mark.parametrize("raised_mm", [-0.8, -0.3, 0.0, 0.3, 0.8])
def test_a_raised_upper_lid_is_followed_to_a_twentieth_of_a_millimetre(raised_mm: float):
    shift, true_mm = followed(drawn_face(3.5, seed=1), drawn_face(3.5 + raised_mm, seed=2), Outline.UPPER_LID)
    # A fifth of a pixel: noise of 0.8 grey levels and skin that, unlike real skin, does not move with the lid at all.
    assert shift.up_mm * true_mm == pytest.approx(raised_mm, abs=0.05 + 0.05 * abs(raised_mm))


def test_a_lid_is_followed_through_another_exposure():
    shift, true_mm = followed(drawn_face(3.5, seed=1), drawn_face(4.0, gain=0.8, seed=2), Outline.UPPER_LID)
    assert shift.up_mm * true_mm == pytest.approx(0.5, abs=0.08)


def test_a_lowered_lower_lid_falls():
    shift, true_mm = followed(drawn_face(lower_mm=5.0, seed=1), drawn_face(lower_mm=5.4, seed=2), Outline.LOWER_LID)
    assert shift.up_mm * true_mm == pytest.approx(-0.4, abs=0.07)


def test_a_picture_against_itself_does_not_move():
    face = drawn_face()
    shift, _ = followed(face, face, Outline.UPPER_LID)
    assert shift.up_mm == pytest.approx(0, abs=0.005)
    assert shift.correlation == pytest.approx(1, abs=1e-3)


def test_a_lid_that_is_gone_is_not_assessable():
    before, mesh = drawn_face(), mesh_of()
    limbus = find_limbi(before, mesh)[Side.LEFT]
    assert isinstance(limbus, Limbus)
    margin = find_lid_margin(before, mesh, Side.LEFT, Outline.UPPER_LID, limbus.circle)
    flat = np.random.default_rng(3).normal(150, 2, before.shape).astype(np.float32)
    pair = EyePair.of(pair_of(before, flat), EyeFrame.of(mesh, Side.LEFT))
    assert isinstance(lid_shift(pair, Outline.UPPER_LID, margin, limbus.circle), NotAssessable)
    assert isinstance(iris_shift(pair, limbus.circle), NotAssessable)


def test_the_iris_is_followed_while_the_lid_moves():
    before, mesh = drawn_face(3.5, seed=1), mesh_of()
    limbus = find_limbi(before, mesh)[Side.LEFT]
    assert isinstance(limbus, Limbus)
    frame = EyeFrame.of(mesh, Side.LEFT)
    after = np.roll(drawn_face(4.3, seed=2), -2, axis=0)  # everything 2 px, half a millimetre, higher
    shift = iris_shift(EyePair.of(pair_of(before, after), frame), limbus.circle)
    assert isinstance(shift, Shift)
    assert shift.up_mm * frame.px_per_mm / PX_PER_MM == pytest.approx(0.5, abs=0.03)


def test_the_margin_is_found_to_a_fifth_of_a_millimetre_though_the_mesh_is_twice_that_off():
    before, mesh = drawn_face(3.5, 5.0), mesh_of(3.5, 5.0, off_mm=0.4)
    for side in Side:
        frame = EyeFrame.of(mesh, side)
        limbus = find_limbi(before, mesh)[side]
        assert isinstance(limbus, Limbus)
        for lid, height_mm in ((Outline.UPPER_LID, 3.5), (Outline.LOWER_LID, -5.0)):
            margin = find_lid_margin(before, mesh, side, lid, limbus.circle)
            found_mm = margin_height_mm(margin, limbus.circle, frame) * frame.px_per_mm / PX_PER_MM
            assert found_mm == pytest.approx(height_mm, abs=0.2)


@pytest.mark.parametrize("raised_mm", [-0.8, 0.8])
def test_an_arched_rise_is_told_as_it_is_before_the_pupil_and_not_as_its_mean(raised_mm: float):
    before, after = drawn_face(3.5, seed=1), drawn_face(3.5 + raised_mm, seed=2)
    shift, true_mm = followed(before, after, Outline.UPPER_LID)
    # The drawn lid is a parabola between canthi 28 mm apart: over the iris it rises by 4 % less on average.
    assert abs(shift.up_mm * true_mm) > 0.965 * abs(raised_mm)


def test_followed_as_an_arch_every_stretch_of_an_arched_lid_tells_the_same_rise():
    shift, _ = followed(drawn_face(3.5, seed=1), drawn_face(4.5, seed=2), Outline.UPPER_LID)
    rises = [rise for rise in shift.stretches_mm if rise is not None]
    assert len(rises) == STRETCHES
    # Taken to move as one, the outer stretches of a parabola over 28 mm would tell 6 % less than the middle ones.
    assert np.mean(rises[2:4]) == pytest.approx(np.mean([rises[0], rises[-1]]), abs=0.02)


def test_what_is_told_lies_between_the_two_followers():
    shift, _ = followed(drawn_face(3.5, seed=1), drawn_face(3.9, seed=2), Outline.UPPER_LID)
    stretches = [rise for rise in shift.stretches_mm if rise is not None]
    assert min(stretches) - shift.disagreement_mm < shift.up_mm < max(stretches) + shift.disagreement_mm
