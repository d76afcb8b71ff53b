"""Lines beside the eye on a drawn face, where their depth is known."""

import cv2
import numpy as np
import pytest

from analysis.measures.periorbital_lines import lines_change, lines_region, measure_lines
from models.anatomy import Landmark, Side
from models.comparison import ChangeRefused, MeasuredChange, Verdict
from models.measurement import Estimate, NotAssessable
from tests.analysis.drawn_face import PX_PER_MM, Creases, analysis, landmarks, pair, photograph, scene

BEFORE = photograph(scene(Creases()), noise=1)

SIDES = pytest.mark.parametrize("side", list(Side))


@SIDES
def test_contrast_grows_in_proportion_to_the_drawn_depth(side: Side) -> None:
    contrasts = []
    for depth in (0.05, 0.10, 0.20):
        photo = analysis(photograph(scene(Creases(lines=depth)), noise=1))
        contrast = measure_lines(photo.log_luminance, landmarks(), side, PX_PER_MM)
        assert isinstance(contrast, Estimate)
        contrasts.append(contrast.value)
    # Texture adds in quadrature and is taken out as the cheek shows it: a few per cent of the faintest.
    assert contrasts[1] / contrasts[0] == pytest.approx(2, rel=0.1)
    assert contrasts[2] / contrasts[1] == pytest.approx(2, rel=0.1)


@SIDES
def test_bare_skin_has_hardly_any_lines(side: Side) -> None:
    photo = analysis(photograph(scene(Creases(lines=0.0)), noise=1))
    contrast = measure_lines(photo.log_luminance, landmarks(), side, PX_PER_MM)
    assert isinstance(contrast, Estimate)
    assert contrast.value < 0.006


@SIDES
@pytest.mark.parametrize("factor", [0.5, 0.75, 1.0, 1.25])
def test_the_change_is_the_factor_that_the_lines_were_drawn_with(side: Side, factor: float) -> None:
    after = photograph(scene(Creases(lines=0.1 * factor)), exposure_ev=0.2, shift_px=(1.3, -0.8), noise=2)
    change = lines_change(pair(BEFORE, after, (1.3, -0.8)), side)
    assert isinstance(change, MeasuredChange)
    # Unchanged texture shares the band; flow and resampling cost the rest.
    assert change.change == pytest.approx(100 * (factor - 1), abs=3 + 8 * abs(factor - 1))
    low, high = change.ci95
    assert low <= 100 * (factor - 1) <= high


@SIDES
def test_a_zero_change_is_not_called_detectable(side: Side) -> None:
    for seed in range(2, 7):
        after = photograph(scene(Creases()), exposure_ev=-0.2, shift_px=(0.4, 0.6), noise=seed)
        change = lines_change(pair(BEFORE, after, (0.4, 0.6)), side)
        assert isinstance(change, MeasuredChange)
        assert change.verdict is Verdict.WITHIN_MEASUREMENT_ERROR


@SIDES
def test_a_little_blur_is_not_taken_for_an_effect(side: Side) -> None:
    after = photograph(cv2.GaussianBlur(scene(Creases()), (0, 0), 1.0), noise=2)
    change = lines_change(pair(BEFORE, after), side)
    assert isinstance(change, MeasuredChange)
    assert change.verdict is Verdict.WITHIN_MEASUREMENT_ERROR


@SIDES
def test_a_blurred_photo_is_refused(side: Side) -> None:
    after = photograph(cv2.GaussianBlur(scene(Creases()), (0, 0), 5.0), noise=2)
    refused = lines_change(pair(BEFORE, after), side)
    assert isinstance(refused, ChangeRefused)
    assert "sharper" in refused.reason


@SIDES
def test_without_lines_there_is_nothing_to_compare(side: Side) -> None:
    smooth = photograph(scene(Creases(lines=0.0)), noise=1)
    refused = lines_change(pair(smooth, BEFORE), side)
    assert isinstance(refused, ChangeRefused)
    assert "hardly any lines" in refused.reason


@SIDES
def test_another_light_is_refused(side: Side) -> None:
    face = scene(Creases())
    from_the_side = np.linspace(-0.7, 0.7, face.shape[1], dtype=np.float32)[None]
    refused = lines_change(pair(BEFORE, photograph(face + from_the_side, noise=2)), side)
    assert isinstance(refused, ChangeRefused)
    assert "light" in refused.reason


@SIDES
def test_lines_in_other_places_are_not_the_same_skin(side: Side) -> None:
    face = scene(Creases(lines=0.0))
    mixed = face + 12 * (scene(Creases(), texture=7) - scene(Creases(), texture=8)) * _beside(side)
    refused = lines_change(pair(BEFORE, photograph(mixed, noise=2)), side)
    assert isinstance(refused, ChangeRefused)
    assert "correlation" in refused.reason


def _beside(side: Side) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    mask = np.zeros(scene(Creases()).shape, dtype=np.float32)
    cv2.fillPoly(mask, [np.rint(lines_region(landmarks(), side, PX_PER_MM)).astype(np.int32)], 1.0)
    return mask


@SIDES
def test_a_region_outside_the_picture_is_not_assessable(side: Side) -> None:
    above = analysis(BEFORE).log_luminance[:150]
    assert isinstance(measure_lines(above, landmarks(), side, PX_PER_MM), NotAssessable)


@SIDES
def test_the_region_lies_lateral_of_the_outer_canthus(side: Side) -> None:
    region = lines_region(landmarks(), side, PX_PER_MM)
    canthus = landmarks()[Landmark.EXOCANTHION, side]
    lateral_mm = side.image_direction * (region[:, 0] - canthus[0]) / PX_PER_MM
    assert lateral_mm.min() > 4
    assert lateral_mm.max() == pytest.approx(20, abs=0.5)
