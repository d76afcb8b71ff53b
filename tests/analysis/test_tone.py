"""What differs between two photos besides the face: tone, light, sharpness."""

import cv2
import numpy as np
import pytest

from analysis.tone import light_difference, sharpness_ratio, tone_ratio
from tests.analysis.drawn_face import MIDDLE, SHAPE, Creases, pair, photograph, scene


@pytest.mark.parametrize("contrast", [0.9, 1.0, 1.1])
def test_the_tone_ratio_is_the_contrast_of_the_second_photos_tone_curve(contrast: float) -> None:
    face = scene(Creases())
    found = tone_ratio(pair(photograph(face, noise=1), photograph(face, contrast=contrast, noise=2)))
    # The floor that keeps noise out of a logarithm, 0.004 of white, bends contrast by about 1 % in dark brows.
    assert found.value == pytest.approx(contrast, abs=0.02)


@pytest.mark.parametrize("exposure_ev", [-0.3, 0.3])
def test_exposure_changes_neither_tone_nor_light(exposure_ev: float) -> None:
    face = scene(Creases())
    two = pair(photograph(face, noise=1), photograph(face, exposure_ev=exposure_ev, noise=2))
    assert tone_ratio(two).value == pytest.approx(1, abs=0.02)
    assert light_difference(two).gradient_rms < 0.05  # the floor and 8 bits, darker towards the face's edge
    assert light_difference(two).same_light


def test_the_same_face_under_the_same_light_differs_by_noise_alone() -> None:
    face = scene(Creases())
    light = light_difference(pair(photograph(face, noise=1), photograph(face, noise=2)))
    assert light.gradient_rms < 0.02
    assert light.nose_shadow_correlation > 0.99
    assert light.shading_ratio == pytest.approx(1, abs=0.01)


def test_a_lamp_moved_to_the_other_side_is_another_light() -> None:
    face = scene(Creases())
    from_the_side = np.linspace(-1, 1, SHAPE[1], dtype=np.float32)[None] * (SHAPE[1] / 2) / 280 * 0.5
    light = light_difference(pair(photograph(face, noise=1), photograph(face + from_the_side, noise=2)))
    # A ramp of 0.5 per half face width, by construction.
    assert light.gradient_rms == pytest.approx(0.5, abs=0.06)
    assert not light.same_light
    assert "light" in light.refusal


def test_fill_light_weakens_the_shading() -> None:
    face = scene(Creases())
    filled = np.log(np.exp(face) + 0.1).astype(np.float32)
    light = light_difference(pair(photograph(face, noise=1), photograph(filled, noise=2)))
    assert light.shading_ratio < 0.9


def test_a_blurred_photo_is_the_less_sharp_one() -> None:
    face = scene(Creases())
    blurred = cv2.GaussianBlur(face, (0, 0), 2.5)
    assert sharpness_ratio(pair(photograph(face, noise=1), photograph(blurred, noise=2))) < 0.9
    assert sharpness_ratio(pair(photograph(blurred, noise=1), photograph(face, noise=2))) > 1.1
    assert sharpness_ratio(pair(photograph(face, noise=1), photograph(face, noise=2))) == pytest.approx(1, abs=0.03)


def test_a_figure_is_worked_out_once_for_a_pair() -> None:
    two = pair(photograph(scene(Creases())), photograph(scene(Creases())))
    assert light_difference(two) is light_difference(two)


def test_the_drawn_face_lies_within_its_picture() -> None:
    assert (np.array(SHAPE[::-1]) > MIDDLE + 280).all()
