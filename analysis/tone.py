"""How tone and light differ between the two photos of a pair.

Shading can be compared only under the same light and tone. The tone ratio is the contrast of the after over the before
in features that no treatment moves and that are much darker or brighter than skin; the light difference says how the
broad shading of the face changed. Exposure and white balance do neither: they shift log luminance as a whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analysis.geometry import blurred
from analysis.registered_pair import RegisteredPair, once_per_pair
from analysis.uncertainty import clear_share
from models.anatomy import Midline, Outline, Side
from models.arrays import FloatArray, Mask, Plane, require_finite
from models.landmarks import FaceLandmarks
from models.measurement import Estimate

_TONE_PX_PER_MM: Final = 2.0
_TONE_BAND_MM: Final = (0.8, 4.0)
"""Sigmas of the band-pass: brows, lips and nostrils are 3-10 mm wide."""
_LEAST_TONE_UNCERTAINTY: Final = 0.015
"""Spread of the estimate between photos of one tone curve is 0.011 (95 rendered pairs)."""

_SHARPNESS_BANDS_MM: Final = ((0.15, 0.5), (0.5, 2.0))

_LIGHT_PX_PER_MM: Final = 0.5
_LIGHT_SIGMA_MM: Final = 8.0
"""Broader than a fold or a jowl, narrower than a cheek."""
_NOSE_SIGMA_MM: Final = 2.0

LARGEST_LIGHT_GRADIENT: Final = 0.25
"""Same lamps and a head within two degrees: at most 0.12 (95 rendered pairs); other lamps: 0.44 and more (20 pairs)."""
LEAST_NOSE_CORRELATION: Final = 0.90
"""Same lamps: 0.997 and more; other lamps: 0.92 and less."""


@dataclass(frozen=True, slots=True)
class LightDifference:
    """How the light fell differently; exposure is taken out.

    Parameters
    ----------
    gradient_rms : RMS over the face of the gradient of the low-pass log-luminance ratio, per half face width. 0 under
        the same light; 0.05-0.10 for a head turned by a degree or two; above 0.2 another lamp or another place.
    nose_shadow_correlation : of the two photos' shading around the nose, where light from another side moves shadows.
    shading_ratio : strength of the face's broad shading, after over before; fill light lowers it, a dark room
        raises it. 0.98-1.03 between photos under the same light.
    """

    gradient_rms: float
    nose_shadow_correlation: float
    shading_ratio: float

    def __post_init__(self) -> None:
        require_finite("a light difference", self.gradient_rms, self.nose_shadow_correlation, self.shading_ratio)

    @property
    def same_light(self) -> bool:
        """Whether shading can be compared at all."""
        return self.gradient_rms <= LARGEST_LIGHT_GRADIENT and self.nose_shadow_correlation >= LEAST_NOSE_CORRELATION

    @property
    def refusal(self) -> str:
        """What to tell the reader when it cannot."""
        return (
            f"The light falls differently in the two photos (difference {self.gradient_rms:.2f}, at most "
            f"{LARGEST_LIGHT_GRADIENT}), which changes shading by itself."
        )


@once_per_pair
def tone_ratio(pair: RegisteredPair) -> Estimate:
    """Contrast of the after over the before in brows, nostrils and lips; 1 where the photos have the same tone curve.

    The median of the features' own ratios, of which what their spread alone could make is taken off: two photos of one
    camera mostly have one tone curve.
    """
    before, after = (_reduced(plane, pair.px_per_mm, _TONE_PX_PER_MM) for plane in (pair.before_log, pair.after_log))
    before, after = (_band_passed(plane, *_TONE_BAND_MM, _TONE_PX_PER_MM) for plane in (before, after))
    zoom = _TONE_PX_PER_MM / pair.px_per_mm
    ratios = [
        _log_ratio(before[mask], after[mask])
        for mask in (_mask(before, [polygon * zoom]) for polygon in _features(pair.before.landmarks))
    ]
    found = float(np.median(ratios))
    uncertainty = max(float(np.std(ratios, ddof=1)) / np.sqrt(len(ratios)), _LEAST_TONE_UNCERTAINTY)
    kept = clear_share(found, uncertainty)
    # What is taken off may have been true: it stays in the uncertainty, next to the estimate's own.
    left = float(np.hypot(uncertainty * np.sqrt(kept), min(abs(found), uncertainty) * (1 - kept)))
    return Estimate(float(np.exp(kept * found)), left)


@once_per_pair
def light_difference(pair: RegisteredPair) -> LightDifference:
    """The light gate's figures: a change of broad shading over the face, and of the shading around the nose."""
    before, after = (_reduced(plane, pair.px_per_mm, _LIGHT_PX_PER_MM) for plane in (pair.before_log, pair.after_log))
    zoom = _LIGHT_PX_PER_MM / pair.px_per_mm
    landmarks = pair.before.landmarks
    face = _mask(before, [landmarks.midline(Midline.FACE_OVAL) * zoom])
    inner = cv2.erode(face.astype(np.uint8), np.ones((9, 9), dtype=np.uint8)) > 0
    half_width = landmarks.face_width * zoom / 2
    change, strength_before, strength_after = (
        _gradient_rms(plane, face, inner, sigma_mm)
        for plane, sigma_mm in ((after - before, _LIGHT_SIGMA_MM), (before, _NOSE_SIGMA_MM), (after, _NOSE_SIGMA_MM))
    )
    return LightDifference(
        gradient_rms=change * half_width,
        nose_shadow_correlation=_nose_correlation(before, after, landmarks, zoom),
        shading_ratio=strength_after / max(strength_before, 1e-6),
    )


def _gradient_rms(plane: Plane, face: Mask, inner: Mask, sigma_mm: float) -> float:
    """RMS gradient of the low-passed plane over the inner face, per pixel."""
    broad = _blurred_within(plane, face, sigma_mm * _LIGHT_PX_PER_MM).astype(np.float64)
    down, right = np.gradient(broad, axis=0), np.gradient(broad, axis=1)
    return float(np.sqrt((down[inner] ** 2 + right[inner] ** 2).mean()))


@once_per_pair
def sharpness_ratio(pair: RegisteredPair) -> float:
    """Fine over coarse contrast of brows and lashes, after over before: above 1 the after is the sharper photo."""
    energy = [np.zeros(2), np.zeros(2)]
    for side in Side:
        outline = np.vstack([pair.before.landmarks.outline(name, side) for name in (Outline.BROW, Outline.UPPER_LID)])
        low, high = np.floor(outline.min(axis=0)).astype(int), np.ceil(outline.max(axis=0)).astype(int)
        window = slice(max(low[1], 0), high[1]), slice(max(low[0], 0), high[0])
        for photo, plane in enumerate((pair.before_log, pair.after_log)):
            for band, (fine_mm, coarse_mm) in enumerate(_SHARPNESS_BANDS_MM):
                passed = _band_passed(plane[window], fine_mm, coarse_mm, pair.px_per_mm)
                energy[photo][band] += float((passed.astype(float) ** 2).mean())
    before, after = (float(np.sqrt(fine / (coarse + 1e-6))) for fine, coarse in energy)
    return after / max(before, 1e-6)


def _nose_correlation(before: Plane, after: Plane, landmarks: FaceLandmarks, zoom: float) -> float:
    sigma = _NOSE_SIGMA_MM * _LIGHT_PX_PER_MM
    mask = _mask(before, [landmarks.midline(Midline.NOSE) * zoom])
    mask = cv2.dilate(mask.astype(np.uint8), np.ones((7, 7), dtype=np.uint8)) > 0
    first, second = (blurred(plane, sigma)[mask].astype(np.float64) for plane in (before, after))
    first, second = first - first.mean(), second - second.mean()
    return float((first * second).sum() / np.sqrt((first**2).sum() * (second**2).sum() + 1e-12))


def _features(landmarks: FaceLandmarks) -> Iterable[FloatArray]:
    """Polygons of features far from skin's tone that keep their own contrast: brows, nostrils, lips."""
    for side in Side:
        yield landmarks.outline(Outline.BROW, side)
        yield np.vstack([landmarks.outline(Outline.NOSTRIL, side), landmarks.midline(Midline.NOSE_TIP)])
    yield landmarks.midline(Midline.LIPS)


def _log_ratio(before: FloatArray | Plane, after: FloatArray | Plane) -> float:
    """Log of the geometric-mean regression of ``after`` on ``before``: noise in both, no attenuation."""
    before_energy, after_energy = (float((band.astype(np.float64) ** 2).mean()) + 1e-6 for band in (before, after))
    return 0.5 * float(np.log(after_energy / before_energy))


def _reduced(plane: Plane, from_px_per_mm: float, to_px_per_mm: float) -> Plane:
    zoom = to_px_per_mm / from_px_per_mm
    return np.asarray(cv2.resize(plane, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _band_passed(plane: Plane, low_mm: float, high_mm: float, px_per_mm: float) -> Plane:
    return np.asarray(blurred(plane, low_mm * px_per_mm) - blurred(plane, high_mm * px_per_mm), dtype=np.float32)


def _blurred_within(plane: Plane, mask: Mask, sigma: float) -> Plane:
    """Normalised convolution: the mean of ``plane`` about each pixel, of pixels within ``mask`` alone."""
    weight = mask.astype(np.float32)
    total = cv2.GaussianBlur(plane * weight, (0, 0), sigma)
    return np.asarray(total / np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-3), dtype=np.float32)


def _mask(plane: Plane, polygons: Iterable[FloatArray]) -> Mask:
    filled = np.zeros(plane.shape, dtype=np.uint8)
    for polygon in polygons:
        cv2.fillPoly(filled, [cv2.convexHull(np.rint(polygon).astype(np.int32))], 1)
    return filled > 0
