"""The iris' width and centre, on eyes drawn with a known one."""

import numpy as np
import pytest

from analysis.calibration import Limbus, find_limbi, scale_of
from models.anatomy import Side
from models.measurement import NotAssessable
from models.scale import HVID_MM
from tests.analysis.drawn_eyes import PUPILS, PX_PER_MM, drawn_face, mesh_of


@pytest.mark.parametrize("iris_mm", [11.0, 11.71, 12.3])
def test_the_iris_is_found_to_one_per_cent_though_the_mesh_is_seven_off(iris_mm: float):
    # A limbus is soft; a level below half-way lies inside a drawn step by a blur.
    grey = drawn_face(iris_mm=iris_mm, limbus_mm=0.4)
    for side in Side:
        limbus = find_limbi(grey, mesh_of())[side]
        assert isinstance(limbus, Limbus)
        assert 2 * limbus.circle.radius / PX_PER_MM == pytest.approx(iris_mm, rel=0.01)
        # 0.1 mm: a fifth of the mesh's own error here.
        assert np.linalg.norm(limbus.circle.centre - PUPILS[side]) < 0.1 * PX_PER_MM


@pytest.mark.parametrize("limbus_mm", [0.4, 0.8, 1.2])
def test_a_soft_limbus_is_taken_where_people_put_it_and_not_half_way(limbus_mm: float):
    # Half-way lies a quarter of the softness further out: 5 % of the width at 1.2 mm.
    limbi = find_limbi(drawn_face(limbus_mm=limbus_mm), mesh_of())
    for limbus in limbi.values():
        assert isinstance(limbus, Limbus)
        assert 2 * limbus.circle.radius / PX_PER_MM == pytest.approx(HVID_MM, rel=0.012)


def test_an_iris_half_in_shadow_is_found_at_the_other_eyes_size():
    grey = drawn_face()
    x, y = PUPILS[Side.LEFT]
    columns = np.arange(grey.shape[1])
    grey *= np.where(columns > x + 2 * PX_PER_MM, 0.35, 1.0)[None].astype(np.float32)
    limbi = find_limbi(grey, mesh_of())
    limbus = limbi[Side.LEFT]
    assert isinstance(limbus, Limbus)
    # A tenth: the shadow's own edge crosses the iris, and a circle that follows it is a third too small.
    assert 2 * limbus.circle.radius / PX_PER_MM == pytest.approx(HVID_MM, rel=0.1)
    assert np.linalg.norm(limbus.circle.centre - (x, y)) < 0.6 * PX_PER_MM


def test_the_scale_is_that_of_the_mean_iris():
    grey, mesh = drawn_face(iris_mm=HVID_MM), mesh_of()
    scale = scale_of(find_limbi(grey, mesh), mesh)
    assert scale.method == "iris"
    assert scale.px_per_mm == pytest.approx(PX_PER_MM, rel=0.01)
    assert 0.002 < scale.relative_uncertainty < 0.02


def test_the_scale_says_that_it_rests_on_the_mesh_when_no_iris_is_seen():
    mesh = mesh_of()
    unseen = dict.fromkeys(Side, NotAssessable("covered"))
    scale = scale_of(unseen, mesh)
    assert scale.method == "iris_mesh"
    assert scale.relative_uncertainty == pytest.approx(0.05)


def test_no_iris_is_found_in_a_closed_eye():
    closed = drawn_face(upper_mm=-4.6, lower_mm=5.0)
    assert isinstance(find_limbi(closed, mesh_of())[Side.LEFT], NotAssessable)
