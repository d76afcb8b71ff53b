"""How sharp a photo is, by the edge of its irises. How much sharper one photo is than another: analysis.tone."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from analysis.calibration import VISIBLE_RAYS, Limbus
from analysis.geometry import sample
from models.anatomy import Side
from models.arrays import Plane
from models.measurement import NotAssessable
from models.scale import Scale

_REACH_MM: Final = 2.0


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
