"""Fine lines beside the outer corner of the eye: their contrast, and how much of it is left in another photo.

A change is the slope of the after's line pattern on the before's, after local registration by dense flow and divided by
the photos' tone ratio. What reference skin of the cheek shows in the same filter is texture and noise, and is taken
out.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analysis import line_fan
from analysis.geometry import blurred
from analysis.registered_pair import RegisteredPair
from analysis.tone import light_difference, sharpness_ratio, tone_ratio
from analysis.uncertainty import clear_share
from models.anatomy import Landmark, Outline, Side
from models.arrays import FloatArray, Plane
from models.comparison import ChangeRefused, ErrorTerm, MeasuredChange
from models.landmarks import FaceLandmarks
from models.measurement import Estimate, NotAssessable

_FLOW_SMOOTHING_MM: Final = 1.5
_FLOW_BAND_MM: Final = (0.35, 1.6)
_FLOW_GAIN: Final = 900.0
"""Grey levels per log luminance for the flow, so that fine lines span about a third of the range."""
_LARGEST_SKIN_SHARE: Final = 0.5
"""Of the lines' own energy; where the cheek is rougher than this it is no reference."""
_SECTORS: Final = 9
"""About one line each (8 degrees): what one line does says little about the next."""

_LEAST_CONTRAST_LOG: Final = 0.012
"""Fine lines fainter than this are lost in the texture of bare skin (0.006-0.011)."""
_LEAST_CORRELATION: Final = 0.75
_SHARPNESS_LIMITS: Final = (0.8, 1.25)

_LIGHT_COEFFICIENT: Final = 30.0
"""Per cent per unit of light difference."""
_FILL_COEFFICIENT: Final = 150.0
"""Per cent per relative change of the face's broad shading: fill light reaches into a line first."""
_POSE_COEFFICIENT: Final = 1.2
"""Per cent per degree of yaw or pitch between the photos."""
_FOCUS_GAIN: Final = 0.4
"""Relative change of the lines per relative change of the sharpness of brows and lashes, which are finer."""
_SHARPNESS_SPREAD: Final = 0.024
"""Of the logarithm of the sharpness ratio between photos of one focus (95 rendered pairs)."""
_HANDLING: Final = 2.6
"""Per cent that remain between photos of equal pose and light: processing, compression, the flow."""


@dataclass(frozen=True, slots=True, eq=False)
class _Patterns:
    """The same fan in both photos, (angles, radii)."""

    before: FloatArray
    after: FloatArray

    @property
    def energy(self) -> float:
        """Variance of the before."""
        return float((self.before**2).mean())

    @property
    def shared(self) -> float:
        """Covariance: what both photos show."""
        return float((self.before * self.after).mean())

    @property
    def correlation(self) -> float:
        """Of the two, about zero."""
        energy = (self.before**2).sum() * (self.after**2).sum()
        return float((self.before * self.after).sum() / np.sqrt(energy + 1e-12))


def lines_region(landmarks: FaceLandmarks, side: Side, px_per_mm: float) -> FloatArray:
    """Outline (n, 2) in the face frame of the skin that is looked at: a fan outward from the lateral canthus."""
    return line_fan.outline(landmarks, side, px_per_mm)


def measure_lines(log_plane: Plane, landmarks: FaceLandmarks, side: Side, px_per_mm: float) -> Estimate | NotAssessable:
    """RMS contrast of the lines in log luminance, the cheek's texture in the same filter taken out in quadrature.

    Not assessable when the region lies outside the picture.
    """
    apex = landmarks[Landmark.EXOCANTHION, side]
    points = line_fan.fan_points(apex, landmarks, side, px_per_mm)
    if not _inside(points, log_plane.shape):
        return NotAssessable("The skin beside the eye is not in the picture.")
    reference = line_fan.fan_points(_reference_apex(landmarks, side, px_per_mm), landmarks, side, px_per_mm)
    pattern, skin = (line_fan.lines_in(log_plane, fan) for fan in (points, reference))
    variances = np.array([(part**2).mean() for part in np.array_split(pattern, _SECTORS)])
    contrast = float(np.sqrt(max(variances.mean() - (skin**2).mean(), 0.0)))
    spread = float(variances.std(ddof=1)) / np.sqrt(_SECTORS)
    return Estimate(contrast, spread / (2 * max(contrast, float(skin.std()))))


def lines_change(pair: RegisteredPair, side: Side) -> MeasuredChange | ChangeRefused:
    """How much of the before's lines the after shows, in per cent.

    Refused under another light, when one photo is much sharper, when the before has hardly any lines, or when the
    pattern is not the same skin's (hair, glasses, make-up, a squint).
    """
    apex = pair.before.landmarks[Landmark.EXOCANTHION, side]
    before = measure_lines(pair.before_log, pair.before.landmarks, side, pair.px_per_mm)
    if isinstance(before, NotAssessable):
        return ChangeRefused(before.reason)
    unequal = _unequal_photos(pair)
    if unequal:
        return ChangeRefused(unequal, before.value)
    lines = _patterns(pair, apex, side)
    refusal = _refusal(before.value, lines)
    if refusal:
        return ChangeRefused(refusal, before.value)
    reference = _patterns(pair, _reference_apex(pair.before.landmarks, side, pair.px_per_mm), side)
    return _change(pair, lines, reference, before.value)


def _change(pair: RegisteredPair, lines: _Patterns, skin: _Patterns, before_log: float) -> MeasuredChange:
    slope, repeatability = _slope(lines, skin)
    tone, light = tone_ratio(pair), light_difference(pair)
    sharper = float(np.log(sharpness_ratio(pair)))
    focus = _FOCUS_GAIN * clear_share(sharper, _SHARPNESS_SPREAD) * sharper
    ratio = slope / tone.value * float(np.exp(-focus))
    fill = _FILL_COEFFICIENT * float(np.log(light.shading_ratio))
    terms = (
        ErrorTerm("skin texture and noise", 100 * repeatability / tone.value),
        ErrorTerm("tone", 100 * abs(ratio) * tone.standard_uncertainty / tone.value),
        ErrorTerm("light", float(np.hypot(_LIGHT_COEFFICIENT * light.gradient_rms, fill))),
        ErrorTerm("head pose", _POSE_COEFFICIENT * float(np.hypot(pair.yaw_difference_deg, pair.pitch_difference_deg))),
        ErrorTerm("focus", 100 * abs(ratio * focus)),
        ErrorTerm("photo", _HANDLING),
    )
    return MeasuredChange(100.0, 100 * (ratio - 1), terms, 1.96, before_log, before_log * ratio)


def _slope(lines: _Patterns, skin: _Patterns) -> tuple[float, float]:
    """Slope of after on before, what bare skin shows taken out of both, and its jackknife over sectors of the fan.

    Skin's own texture does not change with the lines and would hide a part of their change; the before's noise would
    hide some of both.
    """
    largest = _LARGEST_SKIN_SHARE * lines.energy
    parts = [np.array_split(product, _SECTORS) for product in (lines.before * lines.after, lines.before**2)]
    bare = min(max(skin.shared, 0.0), largest), min(skin.energy, largest)
    overlap, energy = (
        np.array([(part - level).sum() for part in split]) for split, level in zip(parts, bare, strict=True)
    )
    without = (overlap.sum() - overlap) / np.maximum(energy.sum() - energy, 1e-9)
    spread = np.sqrt((_SECTORS - 1) / _SECTORS * ((without - without.mean()) ** 2).sum())
    return float(overlap.sum() / energy.sum()), float(spread)


def _unequal_photos(pair: RegisteredPair) -> str | None:
    light, sharpness = light_difference(pair), sharpness_ratio(pair)
    if not light.same_light:
        return light.refusal
    if not _SHARPNESS_LIMITS[0] <= sharpness <= _SHARPNESS_LIMITS[1]:
        return f"One photo is sharper than the other by a factor of {max(sharpness, 1 / sharpness):.2f}, at most 1.25."
    return None


def _refusal(before_log: float, lines: _Patterns) -> str | None:
    if before_log < _LEAST_CONTRAST_LOG:
        return (
            f"There are hardly any lines to compare: their contrast is {before_log:.3f}, at least "
            f"{_LEAST_CONTRAST_LOG} is needed."
        )
    if lines.correlation < _LEAST_CORRELATION:
        return (
            f"The skin beside the eye does not look the same in both photos (correlation {lines.correlation:.2f}, at "
            f"least {_LEAST_CORRELATION}): hair, glasses, make-up or a squint may be in the way."
        )
    return None


def _patterns(pair: RegisteredPair, apex: FloatArray, side: Side) -> _Patterns:
    """The fan about ``apex`` in both photos, the after first brought onto the before by smooth dense flow."""
    points = line_fan.fan_points(apex, pair.before.landmarks, side, pair.px_per_mm)
    margin = 3 * pair.px_per_mm
    low = np.maximum(np.floor(points.min(axis=(0, 1)) - margin), 0).astype(int)
    high = np.ceil(points.max(axis=(0, 1)) + margin).astype(int)
    window = slice(low[1], high[1]), slice(low[0], high[0])
    before, after = pair.before_log[window], pair.after_log[window]
    moved = _locally_registered(before, after, pair.px_per_mm)
    return _Patterns(line_fan.lines_in(before, points - low), line_fan.lines_in(moved, points - low))


def _locally_registered(before: Plane, after: Plane, px_per_mm: float) -> Plane:
    """``after`` moved onto ``before`` by dense flow, smoothed so that it cannot follow a single line's depth.

    Dense inverse search: Kroeger et al. 2016, ECCV, LNCS 9908:471-488.
    """
    textures = [
        np.clip(_FLOW_GAIN * _texture(plane, px_per_mm) + 128, 0, 255).astype(np.uint8) for plane in (before, after)
    ]
    empty = np.zeros((*before.shape, 2), dtype=np.float32)
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST).calc(textures[0], textures[1], empty)
    flow = cv2.GaussianBlur(flow, (0, 0), _FLOW_SMOOTHING_MM * px_per_mm)
    rows, columns = np.mgrid[: before.shape[0], : before.shape[1]].astype(np.float32)
    moved = cv2.remap(
        after, columns + flow[..., 0], rows + flow[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, dtype=np.float32)


def _texture(plane: Plane, px_per_mm: float) -> Plane:
    fine, broad = (blurred(plane, width * px_per_mm) for width in _FLOW_BAND_MM)
    return fine - broad


def _reference_apex(landmarks: FaceLandmarks, side: Side, px_per_mm: float) -> FloatArray:
    """Apex of a fan whose middle lies on the cheekbone's smooth skin."""
    middle = landmarks.outline(Outline.ZYGOMA, side).mean(axis=0)
    return np.asarray(middle - 12 * px_per_mm * side.image_direction * landmarks.rightward)


def _inside(points: FloatArray, shape: tuple[int, ...]) -> bool:
    return bool((points >= 0).all() and (points[..., 0] < shape[1]).all() and (points[..., 1] < shape[0]).all())
