"""A window of drawn skin registered after a motion of known size."""

import cv2
import numpy as np
import pytest

from analysis.skin_registration import SkinWindow, register_skin

PX_PER_MM = 4.0
SHAPE = (160, 220)


def skin(seed: int = 7) -> np.ndarray:
    """Log light with pores of half a millimetre."""
    pores = cv2.GaussianBlur(np.random.default_rng(seed).normal(size=SHAPE).astype(np.float32), (0, 0), 1.8)
    return (5.0 + 0.03 * pores / pores.std()).astype(np.float32)


def window() -> SkinWindow:
    """A level window of 18 by 6 mm in the middle, its outward direction downward."""
    along_mm, across_mm = np.arange(-9, 9.01, 0.25), np.arange(-3, 3.01, 0.25)
    middle = np.array([SHAPE[1] / 2, SHAPE[0] / 2])
    grid = np.stack(np.meshgrid(along_mm, across_mm), axis=-1) * PX_PER_MM + middle
    along, across = np.meshgrid(along_mm / 8, across_mm / 2.5)
    return SkinWindow(grid, np.tile([0.0, 1.0], (len(along_mm), 1)), along, across, np.zeros_like(grid))


def moved(plane: np.ndarray, outward_mm: float, aside_mm: float = 0.0, noise: float = 0.0) -> np.ndarray:
    """The plane after its skin moved downward and to the right."""
    matrix = np.array([[1, 0, aside_mm * PX_PER_MM], [0, 1, outward_mm * PX_PER_MM]])
    after = cv2.warpAffine(plane, matrix, SHAPE[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return (after + np.random.default_rng(3).normal(0, noise, SHAPE)).astype(np.float32)


def mean_outward(before: np.ndarray, after: np.ndarray) -> tuple[float, float, float]:
    """Mean outward motion, its uncertainty, and the correlation."""
    place = window()
    motion = register_skin(before, after, place, PX_PER_MM)
    return *motion.mean_outward(place.shapes[0].reshape(-1, 5)), motion.correlation


@pytest.mark.parametrize("outward_mm", [-0.9, -0.3, 0.0, 0.3, 0.9])
def test_a_motion_is_found_whatever_its_size_and_though_the_skin_slides_aside(outward_mm: float):
    found, _, correlation = mean_outward(skin(), moved(skin(), outward_mm, aside_mm=0.2))
    assert found == pytest.approx(outward_mm, abs=0.02)  # a twelfth of a pixel
    assert correlation > 0.95


def test_contrast_and_exposure_are_no_motion():
    found, _, _ = mean_outward(skin(), (0.8 * (skin() - 5) + 5.4).astype(np.float32))
    assert found == pytest.approx(0, abs=0.01)


def test_noise_lowers_the_correlation_and_raises_the_uncertainty():
    _, sure_mm, clear = mean_outward(skin(), moved(skin(), 0.3, noise=0.003))
    found, unsure_mm, noisy = mean_outward(skin(), moved(skin(), 0.3, noise=0.03))
    assert noisy < clear
    assert unsure_mm > sure_mm
    assert abs(found - 0.3) < 4 * unsure_mm


def test_other_skin_does_not_correlate():
    _, _, correlation = mean_outward(skin(), skin(seed=8))
    assert correlation < 0.4
