"""A face of two drawn eyes, of which every millimetre is known."""

from types import MappingProxyType

import cv2
import numpy as np

from models.anatomy import LANDMARKS, MESH_POINTS, OUTLINES, Landmark, Outline, Side
from models.landmarks import FaceLandmarks, HeadPose
from models.scale import HVID_MM

PX_PER_MM = 4.0
SIZE = (600, 240)
PUPILS = {Side.RIGHT: (170.0, 120.0), Side.LEFT: (430.0, 120.0)}
_FINE = 4
"""Drawn at this many times the size and averaged, so that edges lie between pixels."""


def drawn_face(
    upper_mm: float = 3.5,
    lower_mm: float = 5.0,
    iris_mm: float = HVID_MM,
    gain: float = 1.0,
    seed: int = 1,
    limbus_mm: float = 0.0,
) -> np.ndarray:
    """Grey 0-255, float32: skin with pores, sclera, iris and pupil under lids with a dark lash line.

    Linear light rises over ``limbus_mm`` from the iris to the sclera, and has risen by 27 % at the iris' radius.
    """
    width, height = SIZE
    canvas = np.full((height * _FINE, width * _FINE), 170, dtype=np.float32)
    for pupil in PUPILS.values():
        _draw_eye(canvas, pupil, upper_mm, lower_mm, iris_mm, limbus_mm)
    grey = cv2.resize(canvas, SIZE, interpolation=cv2.INTER_AREA)
    pores = cv2.GaussianBlur(np.random.default_rng(7).normal(0, 14, (height, width)), (0, 0), 1.2)
    noise = np.random.default_rng(seed).normal(0, 0.8, (height, width))
    return np.clip(gain * (grey + pores) + noise, 0, 255).astype(np.float32)


def _draw_eye(
    canvas: np.ndarray,
    pupil: tuple[float, float],
    upper_mm: float,
    lower_mm: float,
    iris_mm: float,
    limbus_mm: float,
) -> None:
    rows, columns = np.mgrid[0 : canvas.shape[0], 0 : canvas.shape[1]].astype(np.float32)
    u = ((columns + 0.5) / _FINE - 0.5 - pupil[0]) / PX_PER_MM
    v = (pupil[1] - ((rows + 0.5) / _FINE - 0.5)) / PX_PER_MM
    # Parabolas from canthus to canthus, 14 mm to each side.
    upper, lower = upper_mm * (1 - (u / 14) ** 2), -lower_mm * (1 - (u / 14) ** 2)
    inside = (np.abs(u) < 14) & (v < upper) & (v > lower)
    radius = np.hypot(u, v)
    risen = np.clip((radius - iris_mm / 2) / max(limbus_mm, 1e-3) + 0.27, 0, 1)
    linear = 90**2.2 + (215**2.2 - 90**2.2) * risen
    canvas[inside] = (linear ** (1 / 2.2))[inside]
    canvas[inside & (radius < 1.7)] = 25
    near = np.abs(u) < 14
    # The lash line lies inside the margin: its outer edge is the skin's margin.
    canvas[near & (v <= upper) & (v > upper - 0.7)] = 45
    canvas[near & (v >= lower) & (v < lower + 0.5)] = 60


def mesh_of(upper_mm: float = 3.5, lower_mm: float = 5.0, off_mm: float = 0.4) -> FaceLandmarks:
    """A mesh that finds the eyes, but its lids ``off_mm`` too low and its irises 7 % too wide, as the real one does."""
    points = np.zeros((MESH_POINTS + 10, 3))
    for side, (x, y) in PUPILS.items():
        outward = side.image_direction
        points[LANDMARKS[Landmark.PUPIL_CENTRE, side], :2] = x, y + off_mm * PX_PER_MM
        for quarter, index in enumerate(OUTLINES[Outline.IRIS, side]):
            turn = quarter * np.pi / 2
            reach = 1.07 * HVID_MM / 2 * PX_PER_MM
            points[index, :2] = x + reach * np.cos(turn), y + off_mm * PX_PER_MM + reach * np.sin(turn)
        for lid, height in ((Outline.UPPER_LID, upper_mm), (Outline.LOWER_LID, -lower_mm)):
            for u, index in zip(np.linspace(14, -14, 9), OUTLINES[lid, side], strict=True):
                v = height * (1 - (u / 14) ** 2) - off_mm
                points[index, :2] = x + outward * u * PX_PER_MM, y - v * PX_PER_MM
    return FaceLandmarks(points, HeadPose(0.0, 0.0, 0.0), MappingProxyType({}))
