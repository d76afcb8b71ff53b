"""The skin along a crease, laid out straight: rows across the crease, columns along it.

A line through the shoulders is taken out of each column, so that broad shading of the cheek does not enter; what is
left at the middle is the crease.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analysis.geometry import normals, sample
from models.arrays import FloatArray, Plane

ACROSS_STEP_MM: Final = 0.2
ALONG_STEP_MM: Final = 0.5
SHOULDER_MM: Final = (4.0, 7.0)
"""Where the skin beside a crease is taken as its level: outside the crease, inside the cheek and the lip."""


@dataclass(frozen=True, eq=False)
class CreaseLine:
    """A path down a crease and the lateral direction at each of its points, in the face frame.

    Parameters
    ----------
    points : (n, 2), ALONG_STEP_MM apart.
    lateral : (n, 2) unit normals towards the cheek.
    """

    points: FloatArray
    lateral: FloatArray
    px_per_mm: float

    @classmethod
    def along(cls, points: FloatArray, towards: FloatArray, px_per_mm: float) -> "CreaseLine":
        """The line through ``points`` (n, 2), evenly spaced anew, its normals on the side of ``towards`` (2,)."""
        arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
        even = np.arange(0, arc[-1], ALONG_STEP_MM * px_per_mm)
        spaced = np.column_stack([np.interp(even, arc, points[:, axis]) for axis in (0, 1)])
        return cls(spaced, normals(spaced, towards), px_per_mm)

    def straightened(self, plane: Plane, reach_mm: float) -> Plane:
        """``plane`` (rows across from -reach to +reach, lateral positive; columns along)."""
        across = across_mm(reach_mm) * self.px_per_mm
        return sample(plane, self.points[None] + across[:, None, None] * self.lateral[None])

    def smoothed(self, plane: Plane, reach_mm: float, smoothing_mm: float) -> Plane:
        """The band of ``plane`` blurred; the blur is made across and along the band, not over the whole face."""
        sigma_across, sigma_along = smoothing_mm / ACROSS_STEP_MM, smoothing_mm / ALONG_STEP_MM
        band = self.straightened(plane, reach_mm)
        return np.asarray(cv2.GaussianBlur(band, (0, 0), sigmaX=sigma_along, sigmaY=sigma_across), dtype=np.float32)


def across_mm(reach_mm: float) -> FloatArray:
    """Positions across, from -reach to +reach."""
    half = round(reach_mm / ACROSS_STEP_MM)
    return np.arange(-half, half + 1) * ACROSS_STEP_MM


def without_shoulders(band: Plane, across: FloatArray) -> Plane:
    """Each column minus the line through the means of its two shoulders."""
    inner, outer = SHOULDER_MM
    medial = band[(across >= -outer) & (across <= -inner)].mean(axis=0)
    lateral = band[(across >= inner) & (across <= outer)].mean(axis=0)
    fraction = (across[:, None] / (inner + outer) + 0.5).astype(np.float32)
    return np.asarray(band - medial - (lateral - medial) * fraction, dtype=np.float32)
