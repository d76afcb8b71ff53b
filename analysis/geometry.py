"""Sampling pictures along lines, fitting similarities, and the shortest path through a cost image."""

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import scipy
from numpy.typing import NDArray

from models.arrays import FloatArray, Pixels, Plane

_LEAST_SIGMA: Final = 0.3
"""A Gaussian narrower than this, in pixels, falls between them."""
_FLAT: Final = 1e-9
DARK_OFFSET: Final = 6.0
"""Grey levels added before a logarithm, so that noise in shadow does not dominate."""


def sample(plane: Plane, points: FloatArray, interpolation: int = cv2.INTER_CUBIC) -> Plane:
    """Values of ``plane`` at ``points`` (..., 2), shape (...); outside the picture the nearest edge counts."""
    grid = np.ascontiguousarray(points, dtype=np.float32)
    shape = grid.shape[:-1]
    grid = grid.reshape(-1, shape[-1] if len(shape) > 1 else 1, 2)
    values = cv2.remap(plane, grid[..., 0], grid[..., 1], interpolation, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(values.reshape(shape), dtype=np.float32)


def log_light(grey: Plane) -> Plane:
    """Logarithm of gamma-coded grey 0-255; cubic sampling may overshoot below black, hence the clip."""
    return np.asarray(np.log(np.maximum(grey, 0) + DARK_OFFSET), dtype=np.float32)


def blurred(plane: Plane, sigma: float) -> Plane:
    """Gaussian blur; a sigma below 0.3 px changes nothing and is left out."""
    return plane if sigma < _LEAST_SIGMA else np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma), dtype=np.float32)


def wide_blur(plane: Plane, sigma: float) -> Plane:
    """Gaussian blur of a sigma of several pixels, on a reduced plane: many times quicker, nearly the same."""
    reduce = max(1, int(sigma / 3))
    if reduce == 1:
        return blurred(plane, sigma)
    height, width = plane.shape
    small = cv2.resize(plane, (-(-width // reduce), -(-height // reduce)), interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(small, (0, 0), sigma / reduce)
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def anti_aliased(pixels: Pixels, shrink: float) -> Pixels:
    """A picture blurred just enough that reducing it by ``shrink`` (0 to 1) skips no detail."""
    sigma = 0.5 * float(np.sqrt(max(1 / shrink**2 - 1, 0)))
    return pixels if sigma < _LEAST_SIGMA else np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Polyline:
    """A smooth line through points (n, 2), by arc length in the points' unit."""

    points: FloatArray
    arc: FloatArray

    @classmethod
    def through(cls, knots: FloatArray, count: int = 200) -> "Polyline":
        """Shape-preserving cubic through ``knots`` (k, 2) (Fritsch & Carlson 1980), ``count`` points."""
        steps = np.linalg.norm(np.diff(knots, axis=0), axis=1)
        arc = np.concatenate([[0.0], np.cumsum(np.maximum(steps, 1e-9))])
        dense = np.linspace(0, arc[-1], count)
        return cls(scipy.interpolate.PchipInterpolator(arc, knots)(dense), dense)

    @classmethod
    def along(cls, points: FloatArray) -> "Polyline":
        """Straight from point to point of a line (n, 2) that is already dense."""
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        return cls(points, np.concatenate([[0.0], np.cumsum(steps)]))

    def resampled(self, count: int) -> FloatArray:
        """Points (count, 2) evenly spaced from end to end."""
        return self.at(np.linspace(0, self.arc[-1], count))

    def at(self, arc: FloatArray) -> FloatArray:
        """Points (n, 2) at the given arc lengths, the ends held."""
        return np.column_stack([np.interp(arc, self.arc, self.points[:, axis]) for axis in (0, 1)])

    def nearest_arc(self, point: FloatArray) -> float:
        """Arc length of the point of the line nearest to ``point``."""
        return float(self.arc[np.argmin(np.linalg.norm(self.points - point, axis=1))])


def normals(points: FloatArray, towards: FloatArray) -> FloatArray:
    """Unit normals (n, 2) of a line, on the side on which ``towards`` (2,) or (n, 2) lies."""
    tangent = np.gradient(points, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    side = np.sign(((towards - points) * normal).sum(axis=1, keepdims=True))
    return np.asarray(normal * np.where(side == 0, 1, side))


def fit_similarity(source: FloatArray, target: FloatArray) -> FloatArray:
    """Least-squares rotation, scale and translation (2, 3) from ``source`` to ``target`` (n, 2).

    Umeyama 1991, IEEE Trans. Pattern Anal. 13:376-380, eq. 40-42; never a reflection.
    """
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    centred = source - source_mean
    u, singular, vt = np.linalg.svd((target - target_mean).T @ centred)
    sign = np.array([1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = u @ np.diag(sign) @ vt
    scale = (singular * sign).sum() / (centred**2).sum()
    return np.column_stack([scale * rotation, target_mean - scale * rotation @ source_mean])


def transform(matrix: FloatArray, points: FloatArray) -> FloatArray:
    """Points (n, 2) through a (2, 3) or affine (3, 3) matrix."""
    return np.asarray(points @ matrix[:2, :2].T + matrix[:2, 2])


def enlargement(matrix: FloatArray) -> float:
    """By how much a similarity, (2, 3) or (3, 3), enlarges."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))


def decoded_to_pixel(decoded_scale: tuple[float, float]) -> FloatArray:
    """(3, 3) from a picture decoded at ``decoded_scale`` (x, y) to the pixel frame of the photo in full."""
    x, y = decoded_scale
    return np.array([[1 / x, 0, 0.5 / x - 0.5], [0, 1 / y, 0.5 / y - 0.5], [0, 0, 1]])


def moved(pixels: Pixels, matrix: FloatArray, size_px: tuple[int, int], **border: Any) -> Pixels:  # noqa: ANN401  OpenCV's
    """A picture through a similarity (2, 3), colours untouched: one look-up in it for each pixel of ``size_px``.

    Where it is reduced it is low-passed first, just enough that no detail is skipped.

    Parameters
    ----------
    size_px : (width, height) of the result.
    border : what counts outside the picture, as :func:`cv2.warpAffine` takes it.
    """
    shrink = enlargement(matrix)
    source = anti_aliased(pixels, shrink) if shrink < 1 else pixels
    flags = cv2.INTER_LINEAR if shrink < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.warpAffine(source, matrix, size_px, flags=flags, **border), dtype=np.uint8)


def homogeneous(matrix: FloatArray) -> FloatArray:
    """A (2, 3) matrix as (3, 3)."""
    return np.vstack([matrix[:2], [0.0, 0.0, 1.0]])


def cheapest_path(cost: NDArray[np.floating], smoothness: float, reach: int = 2) -> NDArray[np.intp]:
    """Row of each column along the path of least cost through ``cost`` (rows, columns).

    A step by s rows between neighbouring columns costs ``smoothness * s**2``; at most ``reach`` rows. Dynamic
    programming (Amini, Weymouth & Jain 1990, IEEE Trans. Pattern Anal. 12:855-867).
    """
    rows, columns = cost.shape
    steps = np.arange(-reach, reach + 1)
    penalty = (smoothness * steps.astype(np.float64) ** 2)[:, None]
    # Rows beyond the picture cost infinitely much; the window's rows are the neighbours that a step can come from.
    padded = np.full(rows + 2 * reach, np.inf)
    total = padded[reach : reach + rows]
    neighbours = np.lib.stride_tricks.sliding_window_view(padded, rows)
    total[:] = cost[:, 0]
    came_from = np.zeros((rows, columns), dtype=np.int16)
    for column in range(1, columns):
        candidates = neighbours + penalty
        best = candidates.argmin(axis=0)
        came_from[:, column] = steps[best]
        np.add(candidates.min(axis=0), cost[:, column], out=total)
    path = np.empty(columns, dtype=np.intp)
    path[-1] = int(total.argmin())
    for column in range(columns - 1, 0, -1):
        path[column - 1] = path[column] + came_from[path[column], column]
    return path


def robust_fit(design: FloatArray, values: FloatArray, floor: float = 0.02) -> FloatArray:
    """Least-squares coefficients (k,) of ``values`` (n,) on ``design`` (n, k), outliers weighted down (Cauchy).

    ``floor`` is the spread below which a misfit counts as none, in the values' unit.
    """
    weight: FloatArray = np.ones(len(values))
    solution: FloatArray = np.zeros(design.shape[1])
    for _ in range(6):
        solution = np.linalg.lstsq(design * weight[:, None], values * weight, rcond=None)[0]
        misfit = values - design @ solution
        weight = 1 / (1 + (misfit / (2 * (1.48 * median(np.abs(misfit)) + floor))) ** 2)
    return np.asarray(solution)


def median(values: FloatArray) -> float:
    """The median, of an even number the upper of the middle two; numpy's own checks take ten times as long."""
    flat = values.ravel()
    return float(np.partition(flat, flat.size // 2)[flat.size // 2])


def parabola_peak(left: NDArray[np.floating], middle: NDArray[np.floating], right: NDArray[np.floating]) -> FloatArray:
    """Offset in samples, within ±1, of the extremum of the parabola through three neighbours; 0 where it is flat."""
    curvature = np.asarray(left - 2 * middle + right, dtype=np.float64)
    safe = np.where(np.abs(curvature) > _FLAT, curvature, 1.0)
    offset = np.where(np.abs(curvature) > _FLAT, 0.5 * (left - right) / safe, 0.0)
    return np.asarray(np.clip(offset, -1, 1), dtype=np.float64)


def reduced(pixels: Pixels, long_side_px: int) -> Pixels:
    """The picture, at most ``long_side_px`` long."""
    height, width = pixels.shape[:2]
    shrink = min(1.0, long_side_px / max(height, width))
    size = round(width * shrink), round(height * shrink)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
