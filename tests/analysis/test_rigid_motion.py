"""The head's motion, fitted on matches made from a known one."""

import numpy as np
import pytest

from analysis.rigid_motion import TERMS, DepthMap, RigidMotion, fit_flow, flow_basis

CENTRE = np.array([300.0, 400.0])
FACE_WIDTH = 600.0


def dome() -> DepthMap:
    """A face-like dome, a third of a face width high."""
    y, x = np.meshgrid(np.linspace(-1.15, 1.15, 65), np.linspace(-0.9, 0.9, 65), indexing="ij")
    return DepthMap(CENTRE, FACE_WIDTH, 0.33 * np.exp(-(x**2 + y**2) / 0.3))


def places(count: int, seed: int) -> np.ndarray:
    return CENTRE + np.random.default_rng(seed).uniform(-0.4, 0.4, (count, 2)) * FACE_WIDTH


def test_a_known_motion_is_found_again_through_a_fifth_of_wrong_matches():
    rng = np.random.default_rng(4)
    basis = flow_basis(places(300, 5), dome())
    true = np.array([3.0, -2.0, 6.0, 4.0, 9.0, -7.0, 0.5, -0.5, 2.0])
    displacement = basis @ true + rng.normal(0, 0.1, (300, 2))
    displacement[:60] += rng.normal(0, 6, (60, 2))
    fit = fit_flow(basis, displacement, TERMS)
    # 240 good matches of 0.1 px: the motion at any match is known to a few hundredths of a pixel; the prior that holds
    # rotation and perspective back costs as much again.
    assert np.abs(basis @ (fit.terms - true)).max() < 0.15
    assert fit.inliers == pytest.approx(0.8, abs=0.05)


def test_yaw_and_pitch_are_told_in_degrees_with_their_signs():
    # A turn by one degree moves a point that lies one face width in front by 1/57.3 of a face width.
    one_degree = FACE_WIDTH * np.pi / 180
    still = RigidMotion(np.array([[1.0, 0, 0], [0, 1, 0]]), dome())
    turned = still.plus(np.array([0, 0, 0, 0, 2 * one_degree, -1 * one_degree, 0, 0, 0]))
    assert turned.yaw_deg == pytest.approx(2.0)
    assert turned.pitch_deg == pytest.approx(-1.0)


def test_parallax_needs_depth_to_be_fitted():
    points = places(300, 6)
    with_depth = flow_basis(points, dome())
    displacement = with_depth @ np.array([0, 0, 0, 0, 10.0, 0, 0, 0, 0])
    flat = DepthMap(CENTRE, FACE_WIDTH, np.zeros((65, 65)))
    assert fit_flow(with_depth, displacement, TERMS).spread < 0.1
    assert fit_flow(flow_basis(points, flat), displacement, TERMS).spread > 0.2


def test_the_motion_is_the_flow_and_then_the_similarity():
    motion = RigidMotion(np.array([[2.0, 0, 5.0], [0, 2.0, -5.0]]), dome()).plus(
        np.array([1.0, 0, 0, 0, 0, 0, 0, 0, 0])
    )
    assert motion(np.array([[10.0, 20.0]])) == pytest.approx(np.array([[2 * 11 + 5, 2 * 20 - 5]]))
