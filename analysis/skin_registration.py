"""How a window of skin moved between two registered photos: one smooth motion fitted to all of its texture at once.

Points tracked one by one need texture in each of their windows, which dark skin under soft light does not have; a
motion of eight terms is carried by the whole window (direct registration: Bergen et al. 1992, ECCV, LNCS 588:237-252;
Baker & Matthews 2004, Int. J. Comput. Vis. 56:221-255). Texture is looked at in a narrow band: broader shading is the
light's, and moves with the head and not with the skin.
"""

from dataclasses import dataclass, replace
from functools import reduce
from typing import Final

import cv2
import numpy as np

from analysis.geometry import blurred, median, sample
from models.arrays import FloatArray, Plane

_LEVELS_MM: Final = ((0.6, 1.08), (0.4, 0.72), (0.2, 0.6))
"""Band-passes from coarse to fine, sigmas on top of the 0.33 mm that edges are blurred by."""
_FIRST_LEVEL_MM: Final = (1.2, 2.1)
"""Catches a motion of over half a millimetre, but on dark skin rather a highlight: one of two ways to begin."""
_FOUND_AT_ONCE: Final = 0.7
"""Correlation from which on the window has been found again and no other beginning is tried."""
_STEPS: Final = 8
_LONGEST_STEP_MM: Final = 0.5
_OUTLIER_SPREADS: Final = 3.0
_SHARED_PIXELS: Final = 6.0
"""Places a quarter of a millimetre apart share their band's pixels: a sixth of them counts as independent."""
_PRIOR_SD: Final = np.array([np.inf, 0.5, 0.5, 0.5, 0.5, np.inf, 0.3, 0.3, 0.1])
"""Of the terms in mm: outward (mean, then how it varies), along the outline (mean, then likewise); the last is the
relative difference of contrast."""
_OUTWARD_TERMS: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class SkinWindow:
    """Places on skin laid out in rows and columns, (m, n, 2), in the frame of the planes.

    Parameters
    ----------
    outward : (n, 2) unit vectors, each column's direction of interest.
    along, across : (m, n) each place's position along the window and across it, about -1 to 1.
    expected_px : (m, n, 2) motion of the places if nothing happened to the skin.
    """

    places: FloatArray
    outward: FloatArray
    along: FloatArray
    across: FloatArray
    expected_px: FloatArray

    @property
    def shapes(self) -> tuple[FloatArray, FloatArray]:
        """How each term moves each place: (m, n, 5) outward, (m, n, 3) along the outline."""
        along, across, one = self.along, self.across, np.ones_like(self.along)
        outward = np.stack([one, along, along**2 - 1 / 3, across, across * along], axis=-1)
        return outward, np.stack([one, along, across], axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class SkinMotion:
    """A fitted motion.

    Parameters
    ----------
    terms : (5,) of the outward motion, mm; covariance (5, 5) from the texture's own noise.
    correlation : of the texture in both photos once moved.
    """

    terms: FloatArray
    covariance: FloatArray
    correlation: float

    def mean_outward(self, shapes: FloatArray) -> tuple[float, float]:
        """Mean outward motion over places whose shapes are (k, 5), and its standard uncertainty, mm."""
        mean = shapes.mean(axis=0)
        return float(mean @ self.terms), float(np.sqrt(mean @ self.covariance @ mean))


def register_skin(before: Plane, after: Plane, window: SkinWindow, px_per_mm: float) -> SkinMotion:
    """The motion beyond the expected one that makes the after's texture look like the before's.

    Parameters
    ----------
    before, after : log light, one frame.
    """
    low, high = _bounds(window.places, before.shape, 6 * px_per_mm)
    rows, columns = slice(low[1], high[1]), slice(low[0], high[0])
    first, second = (np.ascontiguousarray(plane[rows, columns]) for plane in (before, after))
    levels = [_textures(first, second, band, px_per_mm) for band in (_FIRST_LEVEL_MM, *_LEVELS_MM)]
    still = _Fit(np.zeros(len(_PRIOR_SD)), np.eye(len(_PRIOR_SD)), 0.0)
    place = replace(window, places=window.places - low)
    fit = reduce(lambda found, level: _fit_level(level, place, px_per_mm, found), levels[1:], still)
    if fit.correlation < _FOUND_AT_ONCE:
        from_afar = reduce(lambda found, level: _fit_level(level, place, px_per_mm, found), levels, still)
        fit = max(fit, from_afar, key=lambda found: found.correlation)
    return SkinMotion(fit.terms[:_OUTWARD_TERMS], fit.covariance[:_OUTWARD_TERMS, :_OUTWARD_TERMS], fit.correlation)


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """All nine terms, their covariance and the textures' correlation."""

    terms: FloatArray
    covariance: FloatArray
    correlation: float


def _textures(before: Plane, after: Plane, band_mm: tuple[float, float], px_per_mm: float) -> tuple[Plane, Plane]:
    fine, broad = (width * px_per_mm for width in band_mm)
    return blurred(before, fine) - blurred(before, broad), blurred(after, fine) - blurred(after, broad)


def _bounds(places: FloatArray, shape: tuple[int, ...], margin: float) -> tuple[FloatArray, FloatArray]:
    flat = places.reshape(-1, 2)
    low = np.maximum(np.floor(flat.min(axis=0) - margin), 0).astype(np.intp)
    high = np.minimum(np.ceil(flat.max(axis=0) + margin), (shape[1], shape[0])).astype(np.intp)
    return low, high


def _fit_level(textures: tuple[Plane, Plane], window: SkinWindow, px_per_mm: float, start: _Fit) -> _Fit:
    """Gauss-Newton on one band with Cauchy weights."""
    before, after = textures
    slopes = [
        np.asarray(cv2.Sobel(after, cv2.CV_32F, *axes, scale=px_per_mm / 8), dtype=np.float32)
        for axes in ((1, 0), (0, 1))
    ]
    places, shapes = window.places, window.shapes
    outward = np.broadcast_to(window.outward, places.shape)
    tangent = np.stack([-outward[..., 1], outward[..., 0]], axis=-1)
    reference = sample(before, places).astype(np.float64)
    held = np.diag(1 / _PRIOR_SD**2)
    # The contrast's difference is a term of its own: a dimmer after is not a moved one.
    terms, normal, shown = np.append(start.terms[:-1], 0.0), held, reference
    for _ in range(_STEPS):
        moved = (shapes[0] @ terms[:5])[..., None] * outward + (shapes[1] @ terms[5:8])[..., None] * tangent
        seen = places + window.expected_px + px_per_mm * moved
        shown = sample(after, seen).astype(np.float64)
        slope = np.stack([sample(plane, seen) for plane in slopes], axis=-1)
        design = np.concatenate(
            [
                (slope * outward).sum(axis=-1)[..., None] * shapes[0],
                (slope * tangent).sum(axis=-1)[..., None] * shapes[1],
                -reference[..., None],
            ],
            axis=-1,
        ).reshape(-1, len(terms))
        misfit = (reference * (1 + terms[-1]) - shown).ravel()
        spread = 1.48 * median(np.abs(misfit)) + 1e-6
        weight = 1 / (1 + (misfit / (_OUTLIER_SPREADS * spread)) ** 2) / (spread**2 * _SHARED_PIXELS)
        normal = (design * weight[:, None]).T @ design + held
        step = np.linalg.solve(normal, (design * weight[:, None]).T @ misfit - held @ terms)
        terms = terms + np.clip(step, -_LONGEST_STEP_MM, _LONGEST_STEP_MM)
    correlation = float(np.corrcoef(reference.ravel(), shown.ravel())[0, 1])
    return _Fit(terms, np.linalg.inv(normal), correlation)
