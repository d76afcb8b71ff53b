"""Lid margins on eyes drawn with known ones."""

import numpy as np
import pytest

from analysis.calibration import Limbus, find_limbi
from analysis.eye_frame import EyeFrame
from analysis.lid_margins import find_lid_margin, margin_height_mm
from models.anatomy import Outline, Side
from models.measurement import Contour
from models.scale import HVID_MM
from tests.analysis.drawn_eyes import PUPILS, PX_PER_MM, drawn_face, mesh_of

LID_LINE_MM = 0.35
"""Half of the drawn lash line: whether a margin is its outer edge, as drawn, or its middle is convention."""


def margins(upper_mm: float, lower_mm: float, mesh_off_mm: float, side: Side) -> tuple[float, float]:
    """Heights of both margins over the pupil as found, mm."""
    grey, mesh = drawn_face(upper_mm=upper_mm, lower_mm=lower_mm), mesh_of(upper_mm, lower_mm, off_mm=mesh_off_mm)
    limbus = find_limbi(grey, mesh)[side]
    assert isinstance(limbus, Limbus)
    frame = EyeFrame.of(mesh, side)
    found = [
        margin_height_mm(find_lid_margin(grey, mesh, side, lid, limbus.circle), limbus.circle, frame)
        * frame.px_per_mm
        / PX_PER_MM
        for lid in (Outline.UPPER_LID, Outline.LOWER_LID)
    ]
    return found[0], found[1]


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("upper_mm, lower_mm", [(2.5, 5.0), (3.5, 5.0), (4.5, 5.5)])
def test_both_margins_are_found_within_the_lash_line(upper_mm: float, lower_mm: float, side: Side):
    upper, lower = margins(upper_mm, lower_mm, 0.4, side)
    assert upper == pytest.approx(upper_mm, abs=LID_LINE_MM)
    assert lower == pytest.approx(-lower_mm, abs=LID_LINE_MM)


@pytest.mark.parametrize("lower_mm", [6.5, 7.5])
def test_the_lower_edge_of_a_free_iris_is_not_taken_for_the_lid(lower_mm: float):
    # The iris ends 5.86 mm below the pupil and white shows under it.
    _, lower = margins(3.5, lower_mm, 0.4, Side.LEFT)
    assert lower == pytest.approx(-lower_mm, abs=LID_LINE_MM)


def test_the_margins_hardly_follow_the_mesh():
    near, far = margins(3.5, 5.0, 0.4, Side.RIGHT), margins(3.5, 5.0, 1.0, Side.RIGHT)
    # The mesh moved by 0.6 mm; a pull of a tenth is what the score of the height may do.
    assert np.abs(np.subtract(near, far)).max() < 0.06


def test_a_margin_runs_from_the_outer_to_the_inner_canthus():
    grey, mesh = drawn_face(), mesh_of()
    for side, limbus in find_limbi(grey, mesh).items():
        assert isinstance(limbus, Limbus)
        margin = find_lid_margin(grey, mesh, side, Outline.LOWER_LID, limbus.circle)
        assert isinstance(margin, Contour)
        lateral = (margin.points[:, 0] - PUPILS[side][0]) * side.image_direction / PX_PER_MM
        assert lateral[0] == pytest.approx(14, abs=0.3)
        assert lateral[-1] == pytest.approx(-14, abs=0.3)
        true_mm = 5.0 * (1 - (lateral / 14) ** 2)
        found_mm = (margin.points[:, 1] - PUPILS[side][1]) / PX_PER_MM
        before_iris = np.abs(lateral) < HVID_MM / 2
        assert np.abs(found_mm - true_mm)[before_iris].max() < LID_LINE_MM + 0.1
