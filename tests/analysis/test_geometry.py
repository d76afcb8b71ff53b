"""The numerical tools, each on an input whose answer is known."""

import cv2
import numpy as np
import pytest

from analysis.geometry import (
    Polyline,
    blurred,
    cheapest_path,
    fit_similarity,
    normals,
    parabola_peak,
    sample,
    transform,
    wide_blur,
)


def test_a_similarity_is_found_again_from_points_it_moved():
    points = np.random.default_rng(1).normal(size=(20, 2)) * 100
    turn = np.radians(12)
    true = np.array([[1.3 * np.cos(turn), -1.3 * np.sin(turn), 7.0], [1.3 * np.sin(turn), 1.3 * np.cos(turn), -3.0]])
    assert fit_similarity(points, transform(true, points)) == pytest.approx(true, abs=1e-9)


def test_a_similarity_never_mirrors():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    mirrored = points * (-1, 1)
    assert np.linalg.det(fit_similarity(points, mirrored)[:, :2]) >= 0


def test_the_cheapest_path_follows_a_valley_drawn_into_noise():
    noise = np.random.default_rng(2).uniform(0.5, 1.0, size=(40, 60))
    valley = np.rint(20 + 8 * np.sin(np.arange(60) / 12)).astype(int)
    noise[valley, np.arange(60)] = 0
    assert (cheapest_path(noise, smoothness=0.01, reach=2) == valley).all()


def test_a_steep_step_costs_more_than_a_detour():
    cost = np.ones((9, 5))
    cost[1, :2], cost[7, 3:] = 0, 0
    path = cheapest_path(cost, smoothness=0.0, reach=2)
    assert np.abs(np.diff(path)).max() <= 2


def test_a_parabola_peaks_where_it_was_made_to():
    peak = 0.3
    heights = [-((x - peak) ** 2) for x in (-1.0, 0.0, 1.0)]
    assert parabola_peak(*map(np.array, heights)) == pytest.approx(peak)
    assert parabola_peak(np.array(1.0), np.array(1.0), np.array(1.0)) == 0


def test_a_plane_is_sampled_between_pixels():
    rows, columns = np.mgrid[0:10, 0:12].astype(np.float32)
    ramp = 2 * columns + 3 * rows
    points = np.array([[4.25, 5.5], [6.0, 2.75]])
    # OpenCV's cubic (a = -0.75) misses a straight ramp by up to 0.03 px, and rounds positions to 1/32 px.
    assert sample(ramp, points) == pytest.approx([2 * 4.25 + 3 * 5.5, 2 * 6 + 3 * 2.75], abs=0.2)


def test_a_wide_blur_equals_the_plain_one_to_a_few_per_cent_of_the_contrast():
    plane = cv2.GaussianBlur(np.random.default_rng(3).uniform(0, 1, (300, 240)).astype(np.float32), (0, 0), 6)
    contrast = float(plane.max() - plane.min())
    assert np.abs(wide_blur(plane, 18.0) - blurred(plane, 18.0)).max() < 0.05 * contrast


def test_normals_point_to_the_side_asked_for():
    line = np.column_stack([np.arange(5.0), np.zeros(5)])
    assert normals(line, np.array([2.0, 9.0])) == pytest.approx(np.tile([0.0, 1.0], (5, 1)))
    assert normals(line, np.array([2.0, -9.0])) == pytest.approx(np.tile([0.0, -1.0], (5, 1)))


def test_a_polyline_runs_by_arc_length():
    line = Polyline.through(np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]]))
    assert line.arc[-1] == pytest.approx(10.0)
    assert line.at(np.array([2.5])) == pytest.approx(np.array([[1.5, 2.0]]))
    assert line.nearest_arc(np.array([3.8, 3.4])) == pytest.approx(5.0, abs=0.06)  # a step of 200 is 0.05
