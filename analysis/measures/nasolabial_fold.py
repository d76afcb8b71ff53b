"""The nasolabial fold: how dark its crease is, and how much of that is left in another photo.

A change is the gain of the after's shading depth on the before's, along the same crease and divided by the photos' tone
ratio. It is shading, not tissue: the same light is a condition, and is checked.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from analysis.crease_band import ALONG_STEP_MM, CreaseLine, across_mm, without_shoulders
from analysis.crease_gain import CreaseGain, crease_gain
from analysis.registered_pair import RegisteredPair
from analysis.tone import LightDifference, light_difference, tone_ratio
from models.anatomy import Landmark, Side
from models.arrays import FloatArray, Plane
from models.comparison import ChangeRefused, ErrorTerm, MeasuredChange
from models.landmarks import FaceLandmarks
from models.measurement import Contour, Estimate, NotAssessable

_CREASE_MM: Final = 1.6
"""Half width in which the darkest part of the crease is looked for."""
_BAND_MM: Final = 10.0

_LEAST_CORRELATION: Final = 0.75
_LEAST_CONTRAST_LOG: Final = 0.03
"""Below it noise and compression alone are worth a tenth of the fold."""
_HANDLING: Final = 2.0
"""Per cent that remain between photos of one face under one light (86 unchanged sides of 13 rendered faces)."""
_FAINT_SHADING_LOG: Final = 0.003
"""Shading that noise and compression put on any crease."""
_LIGHT_SHADING_LOG: Final = 0.025
"""Shading that another light puts on a crease, per unit of light difference: absolute, so a faint fold suffers most."""
_FILL_SHADING_LOG: Final = 0.12
"""The same per relative change of the face's broad shading: fill light reaches into a crease first."""
_POSE_PERCENT: Final = 1.5
"""Per degree of yaw or pitch: a crease that turns under its lamps is lit anew."""
_CREASE_SHARE: Final = 0.15
"""A fold's depth and its shading change alike to so much: 0.10 over 70 sides of rendered faces whose fold lost 16-42 %
of its depth; on photographed ones whose shading was multiplied beside the fold a quarter of it was missed."""


@dataclass(frozen=True, slots=True)
class FoldMeasures:
    """What one photo carries of one fold: shading depth in log luminance (positive is darker), length in mm."""

    depth: Estimate | NotAssessable
    length: Estimate | NotAssessable


@dataclass(frozen=True, slots=True)
class FoldChanges:
    """What changed: depth in per cent of the before's shading, length in mm."""

    depth: MeasuredChange | ChangeRefused
    length: MeasuredChange | ChangeRefused


def measure_fold(
    log_plane: Plane, fold: Contour, landmarks: FaceLandmarks, side: Side, px_per_mm: float
) -> FoldMeasures:
    """Shading depth and length of a fold in one photo.

    Depth is the mean over the crease of its darkest part within 1.6 mm, below the line through the shoulders at 4-7 mm.
    Length is the arc over which that depth exceeds twice the texture beside the crease.
    """
    depths, texture = _column_depths(log_plane, _crease_line(fold, landmarks, side, px_per_mm))
    blocks = len(depths) * ALONG_STEP_MM / 4
    uncertainty = float(np.hypot(depths.std() / np.sqrt(blocks), texture / np.sqrt(blocks)))
    depth = float(depths.mean())
    return FoldMeasures(Estimate(depth, uncertainty), _length(depths, texture))


def fold_changes(pair: RegisteredPair, side: Side) -> FoldChanges:
    """How much of the before's fold the after shows.

    Refused without a contour in the before, under another light, where the after's texture is not the before's (hair,
    make-up, expression), or where the before's fold is too faint to be compared.
    """
    fold = pair.before.contours[side].nasolabial_fold
    if isinstance(fold, NotAssessable):
        refused = ChangeRefused(fold.reason)
        return FoldChanges(refused, refused)
    line = _crease_line(fold, pair.before.landmarks, side, pair.px_per_mm)
    return FoldChanges(_depth_change(pair, line), _length_change(pair, line))


def _depth_change(pair: RegisteredPair, line: CreaseLine) -> MeasuredChange | ChangeRefused:
    light = light_difference(pair)
    before_log = float(_column_depths(pair.before_log, line)[0].mean())
    if not light.same_light:
        return ChangeRefused(light.refusal, before_log)
    found = crease_gain(_band(pair.before_log, line), _band(pair.after_log, line))
    refusal = _refusal(found)
    if refusal:
        return ChangeRefused(refusal, before_log)
    tone = tone_ratio(pair)
    ratio = found.gain / tone.value
    terms = _error_terms(found, ratio, tone, light, float(np.hypot(pair.yaw_difference_deg, pair.pitch_difference_deg)))
    return MeasuredChange(100.0, 100 * (ratio - 1), terms, 1.96, before_log, before_log * ratio)


def _error_terms(
    found: CreaseGain, ratio: float, tone: Estimate, light: LightDifference, turn_deg: float
) -> tuple[ErrorTerm, ...]:
    """What a gain's uncertainty is made of, in per cent of the before."""
    return (
        ErrorTerm("skin texture and noise", 100 * float(np.hypot(found.repeatability, _faint(found))) / tone.value),
        ErrorTerm("tone", 100 * abs(ratio) * tone.standard_uncertainty / tone.value),
        ErrorTerm("light", float(np.hypot(_HANDLING, 100 * _light_shading_log(light) / found.contrast))),
        ErrorTerm("head pose", _POSE_PERCENT * turn_deg),
        ErrorTerm("share of the crease", 100 * _CREASE_SHARE * abs(ratio - 1)),
    )


def _faint(found: CreaseGain) -> float:
    return _FAINT_SHADING_LOG / found.contrast


def _light_shading_log(light: LightDifference) -> float:
    """What the difference in light may have done to a crease, in log luminance."""
    return float(np.hypot(_LIGHT_SHADING_LOG * light.gradient_rms, _FILL_SHADING_LOG * np.log(light.shading_ratio)))


def _refusal(found: CreaseGain) -> str | None:
    if found.contrast < _LEAST_CONTRAST_LOG:
        return (
            f"The fold is too faint to be compared: its contrast is {found.contrast:.3f}, at least "
            f"{_LEAST_CONTRAST_LOG} is needed."
        )
    if found.correlation < _LEAST_CORRELATION:
        return (
            f"The skin along the fold does not look the same in both photos (correlation {found.correlation:.2f}, at "
            f"least {_LEAST_CORRELATION}): a beard, hair, make-up or the expression may be in the way."
        )
    return None


def _length_change(pair: RegisteredPair, line: CreaseLine) -> MeasuredChange | ChangeRefused:
    before, after = (_length(*_column_depths(plane, line)) for plane in (pair.before_log, pair.after_log))
    if isinstance(before, NotAssessable):
        return ChangeRefused(before.reason)
    if isinstance(after, NotAssessable):
        return ChangeRefused(after.reason, before.value)
    terms = (ErrorTerm("ends of the crease", float(np.hypot(before.standard_uncertainty, after.standard_uncertainty))),)
    return MeasuredChange(before.value, after.value - before.value, terms, 1.96)


def _length(depths: FloatArray, texture: float) -> Estimate | NotAssessable:
    """Arc over which the crease stands out; its uncertainty is that of where a noisy slope crosses the threshold."""
    standing_out = depths > 2 * texture
    if not standing_out.any():
        return NotAssessable("The fold does not stand out from the skin's own texture.")
    length = float(standing_out.sum()) * ALONG_STEP_MM
    marginal = float((np.abs(depths - 2 * texture) < texture).sum()) * ALONG_STEP_MM
    return Estimate(length, float(np.hypot(1.0, marginal / 2)))


def _column_depths(log_plane: Plane, line: CreaseLine) -> tuple[FloatArray, float]:
    """Depth of each column (n,), and the texture of the skin beside the crease, in log luminance."""
    across = across_mm(_BAND_MM)
    flat = without_shoulders(line.smoothed(log_plane, _BAND_MM, 0.35), across)
    flat = scipy.ndimage.gaussian_filter1d(flat, 2.0 / ALONG_STEP_MM, axis=1)
    depths = -flat[np.abs(across) <= _CREASE_MM].min(axis=0)
    beside = flat[np.abs(across) >= 4]  # noqa: PLR2004  the shoulders begin there
    return depths.astype(np.float64), 1.48 * float(np.median(np.abs(beside)))


def _crease_line(fold: Contour, landmarks: FaceLandmarks, side: Side, px_per_mm: float) -> CreaseLine:
    return CreaseLine.along(fold.points, landmarks[Landmark.MALAR, side], px_per_mm)


def _band(log_plane: Plane, line: CreaseLine) -> Plane:
    return line.straightened(log_plane, _BAND_MM)
