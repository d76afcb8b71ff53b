"""The jawline on a drawn face, where its outline and the motion of its skin are known."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from analysis.alignment import Registration
from analysis.geometry import Polyline
from analysis.measures.jawline import (
    find_jawlines,
    jawline_change,
    jowl_window,
    lower_face_width,
    measure_jawline,
    prominence_change,
    width_change,
)
from analysis.registered_pair import RegisteredPair
from analysis.rigid_motion import TERMS, DepthMap, FlowFit, RigidMotion
from models.anatomy import LANDMARKS, MIDLINES, OUTLINES, Landmark, Midline, Outline, Side
from models.arrays import FloatArray, Pixels
from models.comparison import ChangeRefused, MeasuredChange, Verdict
from models.landmarks import FaceLandmarks
from models.measurement import Contour, Estimate, NotAssessable
from tests.analysis import drawn_face
from tests.analysis.drawn_face import MIDDLE, PX_PER_MM, SHAPE

HALF_WIDTH_MM, HALF_HEIGHT_MM = 62.0, 80.0
MESH_INSIDE_MM = 1.5
"""The mesh's jaw is drawn this far inside the true outline, as it is on photos."""

SIDES = pytest.mark.parametrize("side", list(Side))


def ellipse_mm(turn: FloatArray, beyond_mm: float = 0.0) -> FloatArray:
    return np.column_stack([(HALF_WIDTH_MM + beyond_mm) * np.cos(turn), (HALF_HEIGHT_MM + beyond_mm) * np.sin(turn)])


def face() -> FaceLandmarks:
    points = drawn_face.landmarks().points.copy()

    def put(indices: tuple[int, ...], places_mm: FloatArray) -> None:
        points[list(indices), :2] = MIDDLE + PX_PER_MM * np.atleast_2d(places_mm) * (1, -1)

    for side in Side:
        mirror = np.array([side.image_direction, 1])
        jaw = ellipse_mm(np.linspace(0.1, -np.pi / 2, len(OUTLINES[Outline.JAW, side])), -MESH_INSIDE_MM)
        put(OUTLINES[Outline.JAW, side], jaw * mirror)
        put((LANDMARKS[Landmark.CHEILION, side],), np.array([25, -22]) * mirror)
    whole = ellipse_mm(np.linspace(np.pi / 2, -1.5 * np.pi, len(MIDLINES[Midline.FACE_OVAL]), endpoint=False), -2.0)
    jaw_indices = {index for side in Side for index in OUTLINES[Outline.JAW, side]}
    for index, place_mm in zip(MIDLINES[Midline.FACE_OVAL], whole, strict=True):
        if index not in jaw_indices:
            put((index,), place_mm)
    return FaceLandmarks(points, drawn_face.landmarks().pose, {})


def photograph(inward_mm: float = 0.0, side: Side = Side.LEFT, seed: int = 0, *, textured: bool = True) -> Pixels:
    """A textured ellipse of skin before a dark ground; the jowl's skin of one side moved inward by a smooth bump."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    across, down = (columns - MIDDLE[0]) / PX_PER_MM, (rows - MIDDLE[1]) / PX_PER_MM
    inside = 1 / (1 + np.exp((np.hypot(across / HALF_WIDTH_MM, down / HALF_HEIGHT_MM) - 1) * 300))
    pores = cv2.GaussianBlur(np.random.default_rng(7).normal(size=SHAPE).astype(np.float32), (0, 0), 2.5)
    skin = 150 + (8 if textured else 0) * pores / pores.std()
    grey = skin * inside + 40 * (1 - inside)
    middle = jowl_middle(side)
    outward = (middle - MIDDLE) / (HALF_WIDTH_MM**2, HALF_HEIGHT_MM**2)
    outward /= np.linalg.norm(outward)
    # A bump so wide that it is nearly flat over the window; its mean there is what is asked for.
    bump = np.exp(-0.5 * ((columns - middle[0]) ** 2 + (rows - middle[1]) ** 2) / (14 * PX_PER_MM) ** 2)
    shift = inward_mm * PX_PER_MM * bump.astype(np.float32)
    moved = cv2.remap(
        grey, columns + shift * np.float32(outward[0]), rows + shift * np.float32(outward[1]), cv2.INTER_CUBIC
    )
    noisy = moved + np.random.default_rng(seed).normal(0, 1.0, SHAPE)
    return np.repeat(np.clip(np.rint(noisy), 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def jowl_middle(side: Side) -> FloatArray:
    return np.asarray(face().outline(Outline.JOWL, side).mean(axis=0))


def pair(before: Pixels, after: Pixels, yaw_deg: float = 0.0) -> RegisteredPair:
    landmarks = face()
    depth = DepthMap.of(landmarks, PX_PER_MM)
    terms = np.zeros(TERMS)
    terms[4] = np.radians(yaw_deg) * depth.face_width
    motion = RigidMotion(np.eye(2, 3), depth, terms)
    registration = Registration(
        motion, np.zeros((0, 2)), np.zeros((0, 2)), 0.02, FlowFit(terms, 0.1, 1.0, np.eye(TERMS))
    )
    photos = [replace(drawn_face.analysis(picture), landmarks=landmarks) for picture in (before, after)]
    for photo, picture in zip(photos, (before, after), strict=True):
        for side in Side:
            found = find_jawlines(picture, landmarks, PX_PER_MM)[side]
            photo.contours[side] = replace(photo.contours[side], jawline=found)  # type: ignore[index]
    return RegisteredPair(photos[0], photos[1], registration)


BEFORE = photograph(seed=1)


def found(side: Side) -> Contour:
    contour = find_jawlines(BEFORE, face(), PX_PER_MM)[side]
    assert isinstance(contour, Contour)
    return contour


@SIDES
def test_the_outline_lies_on_the_drawn_edge(side: Side) -> None:
    drawn = Polyline(MIDDLE + PX_PER_MM * ellipse_mm(np.linspace(0, -np.pi, 2000)) * (1, -1), np.arange(2000.0))
    off_mm = np.linalg.norm(found(side).points[:, None] - drawn.points[None], axis=2).min(axis=1) / PX_PER_MM
    # The steepest place of log light lies on an edge's dark side, by about its blur of 0.25 mm.
    assert off_mm.mean() < 0.25


@SIDES
def test_the_outline_runs_from_mouth_level_to_the_middle_of_the_chin(side: Side) -> None:
    points = found(side).points
    assert abs(points[0, 1] - face()[Landmark.CHEILION, side][1]) < 3 * PX_PER_MM
    assert abs(points[-1, 0] - MIDDLE[0]) < 2 * PX_PER_MM


def test_a_jaw_without_an_edge_is_not_assessable() -> None:
    flat = np.random.default_rng(3).integers(118, 138, (*SHAPE, 3)).astype(np.uint8)
    flat = cv2.GaussianBlur(flat, (0, 0), 0.7)
    covered = [isinstance(found, NotAssessable) for found in find_jawlines(flat, face(), PX_PER_MM).values()]
    assert any(covered)


@SIDES
def test_an_ellipse_bulges_beyond_its_chord_and_has_no_jowl(side: Side) -> None:
    shape = measure_jawline(found(side), face(), side, PX_PER_MM)
    assert isinstance(shape.contour, Estimate)
    assert isinstance(shape.prominence, Estimate)
    # A 16 mm chord of a curve with a radius of 60-100 mm stands 0.2-0.4 mm inside it on average.
    assert 0.1 < shape.contour.value < 0.6
    assert abs(shape.prominence.value) < 0.5


def test_the_lower_face_is_as_wide_as_drawn() -> None:
    width = lower_face_width(found(Side.LEFT), found(Side.RIGHT), face(), PX_PER_MM)
    assert isinstance(width, Estimate)
    drawn = 2 * HALF_WIDTH_MM * np.sqrt(1 - (22 / HALF_HEIGHT_MM) ** 2)
    # The outline begins up to a millimetre below the mouth's level.
    assert width.value == pytest.approx(drawn, abs=1.0)


def test_a_width_needs_both_sides() -> None:
    missing = NotAssessable("covered")
    assert lower_face_width(found(Side.LEFT), missing, face(), PX_PER_MM) is missing


@SIDES
@pytest.mark.parametrize("inward_mm", [0.4, 0.9])
def test_skin_that_moved_inward_is_a_decrease_of_that_size(side: Side, inward_mm: float) -> None:
    change = jawline_change(pair(BEFORE, photograph(inward_mm, side, seed=2)), side)
    assert isinstance(change, MeasuredChange)
    # The bump has 0.85-0.95 of its height over the window; the tracking window of 4 mm evens it out a little more.
    assert -1.0 * inward_mm < change.change < -0.75 * inward_mm
    assert change.verdict is Verdict.DETECTABLE_DECREASE


@SIDES
def test_the_other_side_does_not_change(side: Side) -> None:
    other = Side.LEFT if side is Side.RIGHT else Side.RIGHT
    change = jawline_change(pair(BEFORE, photograph(0.9, other, seed=2)), side)
    assert isinstance(change, MeasuredChange)
    assert change.verdict is Verdict.WITHIN_MEASUREMENT_ERROR


@SIDES
def test_a_photo_against_itself_changes_nothing(side: Side) -> None:
    same = pair(BEFORE, BEFORE)
    for change in (jawline_change(same, side), prominence_change(same, side), width_change(same)):
        assert isinstance(change, MeasuredChange)
        # Sub-pixel peaks of identical pixels: a hundredth of a pixel.
        assert change.change == pytest.approx(0, abs=0.02)


@SIDES
def test_skin_without_texture_is_refused(side: Side) -> None:
    smooth = [photograph(textured=False, seed=seed) for seed in (1, 2)]
    assert isinstance(jawline_change(pair(*smooth), side), ChangeRefused)


@SIDES
def test_heads_turned_apart_are_refused_with_the_value_before(side: Side) -> None:
    turned = pair(BEFORE, photograph(seed=2), yaw_deg=4.0)
    for change in (jawline_change(turned, side), prominence_change(turned, side), width_change(turned)):
        assert isinstance(change, ChangeRefused)
        assert change.before is not None


@SIDES
def test_a_wider_pose_difference_widens_the_interval(side: Side) -> None:
    after = photograph(seed=2)
    straight, turned = (jawline_change(pair(BEFORE, after, yaw_deg), side) for yaw_deg in (0.0, 1.5))
    assert isinstance(straight, MeasuredChange)
    if isinstance(turned, MeasuredChange):
        assert turned.mdc95 > straight.mdc95


@SIDES
def test_the_window_shown_lies_inside_the_outline(side: Side) -> None:
    window = jowl_window(found(side), face(), side, PX_PER_MM)
    away_mm = (window - MIDDLE) / PX_PER_MM
    assert (np.hypot(away_mm[:, 0] / HALF_WIDTH_MM, away_mm[:, 1] / HALF_HEIGHT_MM) < 1).all()
