"""Negative controls: parts of the face that no treatment moves, measured as if they were not known to be still."""

from typing import Final

import cv2
import numpy as np

from analysis.registered_pair import RegisteredPair
from analysis.rigid_motion import TERMS, fit_flow, flow_basis
from models.anatomy import Midline
from models.arrays import FloatArray, Mask
from models.comparison import NegativeControl

_REGIONS: Final = {"nasal_bridge": Midline.NASAL_BRIDGE, "forehead": Midline.FOREHEAD}
_FEWEST_MATCHES: Final = 8
_INDEPENDENT_SHARE: Final = 0.25
"""Features 2.2 mm apart are tracked with windows of 5 mm, so that about four share their pixels."""
_DEPTH_ERROR_MM: Final = 0.04
"""What the mesh's depth leaves at a region of its own, at the pose differences that are let through."""


def negative_controls(pair: RegisteredPair) -> tuple[NegativeControl, ...]:
    """How far each still region rose, with the head's motion fitted without it, so that it cannot vouch for itself.

    A region with fewer than eight tracked features is left out.
    """
    found = (_control(pair, region, polygon) for region, polygon in _REGIONS.items())
    return tuple(control for control in found if control is not None)


def _control(pair: RegisteredPair, region: str, polygon: Midline) -> NegativeControl | None:
    registration = pair.registration
    inside = _inside(registration.matches, pair.before.landmarks.midline(polygon))
    if inside.sum() < _FEWEST_MATCHES or (~inside).sum() < 4 * TERMS:
        return None
    basis = flow_basis(registration.matches, registration.motion.depth)
    without = fit_flow(basis[~inside], registration.misfit[~inside], TERMS)
    left = registration.misfit[inside] - basis[inside] @ without.terms
    upward = left @ pair.before.landmarks.upward
    middle = basis[inside].mean(axis=0).T @ pair.before.landmarks.upward
    # Both the region's own mean and the motion predicted for it are uncertain.
    own = (1.48 * float(np.median(np.abs(upward - np.median(upward))))) ** 2 / max(inside.sum() * _INDEPENDENT_SHARE, 1)
    predicted = float(middle @ without.covariance @ middle) / _INDEPENDENT_SHARE
    return NegativeControl(
        region,
        change=float(np.median(upward)) / pair.px_per_mm,
        standard_uncertainty=float(np.hypot(np.sqrt(own + predicted) / pair.px_per_mm, _DEPTH_ERROR_MM)),
    )


def _inside(points: FloatArray, polygon: FloatArray) -> Mask:
    hull = cv2.convexHull(polygon.astype(np.float32))
    return np.array([cv2.pointPolygonTest(hull, (float(x), float(y)), measureDist=False) >= 0 for x, y in points])
