"""How sharp a photo is, and how much sharper one photo of a pair is than the other."""

from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np

from analysis.alignment import rigid_mask
from analysis.calibration import VISIBLE_RAYS, Limbus
from analysis.geometry import blurred, sample
from analysis.registered_pair import RegisteredPair
from models.anatomy import Side
from models.arrays import Mask, Plane
from models.measurement import NotAssessable
from models.scale import Scale

_REACH_MM: Final = 2.0
_FINE_MM: Final = (0.25, 0.6)
_COARSE_MM: Final = (0.9, 2.2)


def edge_width_mm(grey: Plane, limbi: Mapping[Side, Limbus | NotAssessable], scale: Scale) -> float | None:
    """Width of the limbus' edge: its step over its steepest slope, median over rays and eyes; None without an iris."""
    reach = np.arange(-_REACH_MM, _REACH_MM, 0.1)
    widths = []
    for limbus in limbi.values():
        if isinstance(limbus, NotAssessable):
            continue
        circle = limbus.circle
        radii = circle.radius + reach * scale.px_per_mm
        # The rays' v points up, the face frame's y down.
        points = circle.centre + radii[None, :, None] * (VISIBLE_RAYS * (1, -1))[:, None, :]
        profile = np.sort(sample(grey, points), axis=1), np.gradient(sample(grey, points), 0.1, axis=1)
        step = profile[0][:, -4] - profile[0][:, 3]
        widths.append(float(np.median(step / np.maximum(profile[1].max(axis=1), 1e-3))))
    return float(np.mean(widths)) if widths else None


def sharpness_ratio(pair: RegisteredPair) -> float:
    """Fine over coarse skin texture of the after, over the same of the before; above 1 the after is sharper.

    On forehead, temples and nose, which no treatment changes; the coarse band takes out tone and light.
    """
    height, width = pair.before_grey.shape
    rows, columns = np.nonzero(rigid_mask((height, width), pair.before.landmarks))
    box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    mask = rigid_mask((height, width), pair.before.landmarks)[box] > 0
    ratios = []
    for plane in (pair.before_log_light[box], pair.after_log_light[box]):
        fine, coarse = (_spread(plane, band, pair.px_per_mm, mask) for band in (_FINE_MM, _COARSE_MM))
        ratios.append(fine / coarse)
    return ratios[1] / ratios[0]


def _spread(plane: Plane, band_mm: tuple[float, float], px_per_mm: float, mask: Mask) -> float:
    fine, coarse = (blurred(plane, max(sigma * px_per_mm, 0.31)) for sigma in band_mm)
    detail = cv2.subtract(fine, coarse)[mask]
    # The median of the size ignores hair and highlights.
    return float(np.median(np.abs(detail))) + 1e-6
