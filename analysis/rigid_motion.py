"""The head's own motion between two photos: a small-motion flow with a depth term, fitted on rigid skin.

A point of the before's face frame at ``x, y`` (from the face's centre) and depth ``z`` (towards the camera), all in
face widths, is displaced by::

    u = t + s (x, y) + r (-y, x) + w1 (z, 0) + w2 (0, z) + p1 (x², xy) + p2 (xy, y²) + k (xz, yz)

translation, scale, roll, yaw, pitch, their perspective and a change of distance: Longuet-Higgins & Prazdny 1980,
Proc. R. Soc. Lond. B 208:385-397, with the depth from the mesh. Only the depth's shape matters: its global factor is
taken up by w1 and w2. A flat alignment leaves more than a millimetre at the jaw, 70 mm behind the nose.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import scipy

from analysis.geometry import median, transform
from models.anatomy import Landmark, Side
from models.arrays import FloatArray
from models.landmarks import FaceLandmarks

TERMS: Final = 9
_ROLL, _YAW, _PITCH, _DISTANCE = 3, 4, 5, 8
_GRID: Final = 65
_GRID_REACH: Final = (0.9, 1.15)
_MESH_DEPTH_GAIN: Final = 1.13
"""The mesh is flatter than measured faces by this factor."""
_EYEBALL_BULGE_MM: Final = 2.6
_EYEBALL_SIGMA_MM: Final = 7.0
"""The mesh runs behind the open eye's lids and cornea; a Gaussian of this height brings them forward."""


@dataclass(frozen=True, slots=True, eq=False)
class DepthMap:
    """Depth of the face's surface towards the camera in face widths, over the before's face frame."""

    centre: FloatArray
    face_width: float
    grid: FloatArray

    @classmethod
    def of(cls, landmarks: FaceLandmarks, px_per_mm: float) -> "DepthMap":
        """The mesh's depth interpolated linearly, eyes brought forward."""
        centre, width = landmarks.centre, landmarks.face_width
        surface = landmarks.surface
        depth = -surface[:, 2] / width
        middle = float(np.median(depth))
        depth = middle + (depth - middle) * _MESH_DEPTH_GAIN
        x, y = np.meshgrid(*(centre[axis] + np.linspace(-reach, reach, _GRID) * width for axis, reach in _axes()))
        inside = scipy.interpolate.LinearNDInterpolator(surface[:, :2], depth)(x, y)
        grid = np.where(np.isnan(inside), scipy.interpolate.NearestNDInterpolator(surface[:, :2], depth)(x, y), inside)
        for side in Side:
            pupil = landmarks[Landmark.PUPIL_CENTRE, side]
            squared_mm = ((x - pupil[0]) ** 2 + (y - pupil[1]) ** 2) / px_per_mm**2
            grid += _EYEBALL_BULGE_MM * px_per_mm / width * np.exp(-0.5 * squared_mm / _EYEBALL_SIGMA_MM**2)
        return cls(centre, width, np.asarray(scipy.ndimage.gaussian_filter(grid, 0.8)))

    def at(self, points: FloatArray) -> FloatArray:
        """Depth (n,) in face widths at points (n, 2) of the before's face frame."""
        reach = np.array(_GRID_REACH)
        cell = ((points - self.centre) / self.face_width / reach + 1) / 2 * (_GRID - 1)
        return np.asarray(scipy.ndimage.map_coordinates(self.grid, [cell[:, 1], cell[:, 0]], order=1, mode="nearest"))


def _axes() -> tuple[tuple[int, float], tuple[int, float]]:
    return (0, _GRID_REACH[0]), (1, _GRID_REACH[1])


def flow_basis(points: FloatArray, depth: DepthMap) -> FloatArray:
    """The flow of each term at points (n, 2): shape (n, 2, 9), the terms in face widths."""
    x, y = ((points - depth.centre) / depth.face_width).T
    z = depth.at(points)
    zero, one = np.zeros_like(x), np.ones_like(x)
    along_x = (one, zero, x, -y, z, zero, x * x, x * y, x * z)
    along_y = (zero, one, y, x, zero, z, x * y, y * y, y * z)
    return np.stack([np.stack(along_x, axis=-1), np.stack(along_y, axis=-1)], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class RigidMotion:
    """From the before's face frame to the after's: the flow, then a similarity.

    Parameters
    ----------
    similarity : (2, 3), before's to after's face frame.
    terms : (9,) coefficients of the flow, in before face-frame pixels.
    """

    similarity: FloatArray
    depth: DepthMap
    terms: FloatArray = field(default_factory=lambda: np.zeros(TERMS))

    def flow(self, points: FloatArray) -> FloatArray:
        """Displacement (n, 2) within the before's frame."""
        return np.asarray(flow_basis(points, self.depth) @ self.terms)

    def __call__(self, points: FloatArray) -> FloatArray:
        """Points (n, 2) of the before's face frame in the after's."""
        return transform(self.similarity, points + self.flow(points))

    def plus(self, terms: FloatArray) -> "RigidMotion":
        """The same with its flow's terms increased."""
        return RigidMotion(self.similarity, self.depth, self.terms + terms)

    @property
    def yaw_deg(self) -> float:
        """Turn to the subject's left from before to after, in degrees, if the mesh's depth has the true scale."""
        return float(np.degrees(self.terms[_YAW] / self.depth.face_width))

    @property
    def pitch_deg(self) -> float:
        """Lowering of the chin from before to after, in degrees."""
        return float(np.degrees(self.terms[_PITCH] / self.depth.face_width))

    @property
    def roll_deg(self) -> float:
        """Tip of the head towards the subject's right shoulder from before to after, in degrees."""
        turned = np.arctan2(self.similarity[1, 0], self.similarity[0, 0]) + self.terms[_ROLL] / self.depth.face_width
        return float(-np.degrees(turned))

    @property
    def perspective_change(self) -> float:
        """The term (xz, yz): face width over camera distance, after minus before, to first order."""
        return float(self.terms[_DISTANCE] / self.depth.face_width)


Displace = Callable[[FloatArray], FloatArray]
"""Points (n, 2) of one frame to points (n, 2) of another."""


@dataclass(frozen=True, slots=True, eq=False)
class FlowFit:
    """Terms (9,) fitted to matches, the spread of what is left (px, per axis) and the share of matches that obey."""

    terms: FloatArray
    spread: float
    inliers: float
    covariance: FloatArray


def fit_flow(basis: FloatArray, displacement: FloatArray, terms: int) -> FlowFit:
    """Annealed, robust least squares of the first ``terms`` terms on displacements (n, 2).

    Cauchy-like weights whose width shrinks from six to two spreads; starting wide keeps parallax from being thrown out
    as outliers (Black & Rangarajan 1996, Int. J. Comput. Vis. 19:57-91). Rotation, perspective and distance are held
    back weakly, as a prior of a few degrees.
    """
    used = basis[:, :, :terms]
    weight, misfit = np.ones(len(used)), np.zeros(len(used))
    ridge = np.concatenate([np.zeros(min(4, terms)), np.full(max(terms - 4, 0), 2e-5)])
    solution, spread, normal = np.zeros(terms), 1.0, np.eye(terms)
    for turn in range(14):
        weighted = used * weight[:, None, None]
        normal = (
            np.tensordot(weighted, used, axes=([0, 1], [0, 1])) + np.diag(ridge * weight.sum()) + 1e-9 * np.eye(terms)
        )
        solution = np.linalg.solve(normal, np.tensordot(weighted, displacement, axes=([0, 1], [0, 1])))
        misfit = np.linalg.norm(displacement - used @ solution, axis=1)
        spread = median(misfit) / 1.18 + 1e-9
        weight = np.asarray(1 / (1 + (misfit / (max(2.0, 6.0 - turn) * spread)) ** 2) ** 2)
    full = np.zeros(TERMS)
    full[:terms] = solution
    covariance = np.linalg.inv(normal) * spread**2
    return FlowFit(full, spread, float((misfit < 3 * spread).mean()), covariance)
