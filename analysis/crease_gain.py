"""How much of a crease's shading in one photo is found again in another: a template gain on straightened bands."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analysis.crease_band import ACROSS_STEP_MM, ALONG_STEP_MM, across_mm
from analysis.geometry import parabola_peak
from models.arrays import FloatArray, Plane

_BAND_PASS_MM: Final = (0.4, 2.5)
"""Sigmas across: finer is pores and noise, broader is the cheek's roundness."""
_ALONG_SMOOTHING_MM: Final = 1.5
_HALF_WIDTH_MM: Final = 5.0
_MATCHED_HALF_WIDTH_MM: Final = 5.0
_REACH_ACROSS_MM: Final = 2.0
_REACH_ALONG_MM: Final = 1.5
_BLOCK_MM: Final = 4.0
"""Length over which neighbouring columns share texture."""


@dataclass(frozen=True, slots=True)
class CreaseGain:
    """The gain of the after's shading on the before's.

    Parameters
    ----------
    gain : 1 where nothing changed; 0 where the crease is gone.
    repeatability : its standard uncertainty from how blocks of columns disagree.
    correlation : of the two bands after the shift.
    contrast : RMS of the before's band-passed shading in the median column, in log luminance: a nostril at one end is
        no crease.
    shift_mm : (across, along) of the after's crease against the before's.
    """

    gain: float
    repeatability: float
    correlation: float
    contrast: float
    shift_mm: tuple[float, float]


def crease_gain(before: Plane, after: Plane) -> CreaseGain:
    """Gain of ``after`` on ``before``, bands of one crease (rows across in ACROSS_STEP_MM, columns in ALONG_STEP_MM).

    The after is first shifted onto the before by correlation. Columns are weighted so that none with a nostril's
    contrast outweighs the rest; the uncertainty is a jackknife over blocks of 4 mm.
    """
    across_px, along_px = _shift(before, after)
    moved = _moved(after, across_px, along_px)
    template, shown = (_crease_part(_band_passed(band)) for band in (before, moved))
    weight = _column_weights(template)
    overlap, energy = weight * (template * shown).sum(axis=0), weight * (template**2).sum(axis=0)
    return CreaseGain(
        gain=float(overlap.sum() / energy.sum()),
        repeatability=_jackknife(overlap, energy),
        correlation=_correlation(template, shown),
        contrast=float(np.median(_column_contrasts(template))),
        shift_mm=(across_px * ACROSS_STEP_MM, along_px * ALONG_STEP_MM),
    )


def _band_passed(band: Plane, along_mm: float = _ALONG_SMOOTHING_MM) -> Plane:
    fine, broad = (
        cv2.GaussianBlur(band, (0, 0), sigmaX=along_mm / ALONG_STEP_MM, sigmaY=across / ACROSS_STEP_MM)
        for across in _BAND_PASS_MM
    )
    return np.asarray(fine - broad, dtype=np.float32)


def _crease_part(band: Plane) -> FloatArray:
    across = across_mm((band.shape[0] - 1) / 2 * ACROSS_STEP_MM)
    return band[np.abs(across) < _HALF_WIDTH_MM].astype(np.float64)


def _column_weights(template: FloatArray) -> FloatArray:
    contrast = _column_contrasts(template)
    return np.asarray(np.minimum(1, np.median(contrast) / contrast) ** 2)


def _column_contrasts(template: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt((template**2).mean(axis=0)) + 1e-6)


def _shift(before: Plane, after: Plane) -> tuple[float, float]:
    """Shift (across, along) in samples of ``after`` against ``before``, by normalised cross-correlation."""
    rows, columns = round(_REACH_ACROSS_MM / ACROSS_STEP_MM), round(_REACH_ALONG_MM / ALONG_STEP_MM)
    middle, half = before.shape[0] // 2, round(_MATCHED_HALF_WIDTH_MM / ACROSS_STEP_MM)
    fine_before, fine_after = _band_passed(before, 1.0), _band_passed(after, 1.0)
    template = fine_before[middle - half : middle + half + 1, columns : before.shape[1] - columns]
    searched = fine_after[middle - half - rows : middle + half + 1 + rows]
    score = np.asarray(cv2.matchTemplate(searched, template, cv2.TM_CCOEFF_NORMED), dtype=np.float32)
    row, column = (int(index) for index in np.unravel_index(score.argmax(), score.shape))
    return (
        row - rows + _peak_offset(score[:, column], row),
        column - columns + _peak_offset(score[row], column),
    )


def _peak_offset(score: Plane, peak: int) -> float:
    if not 0 < peak < len(score) - 1:
        return 0.0
    return float(parabola_peak(score[peak - 1], score[peak], score[peak + 1]))


def _moved(band: Plane, across_px: float, along_px: float) -> Plane:
    matrix = np.array([[1, 0, along_px], [0, 1, across_px]], dtype=np.float64)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(band, matrix, band.shape[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.float32)


def _jackknife(overlap: FloatArray, energy: FloatArray) -> float:
    """Standard uncertainty of the ratio of sums, leaving out one block of columns at a time."""
    blocks = max(3, round(len(overlap) * ALONG_STEP_MM / _BLOCK_MM))
    parts = np.array_split(np.arange(len(overlap)), blocks)
    without = [(overlap.sum() - overlap[part].sum()) / (energy.sum() - energy[part].sum()) for part in parts]
    return float(np.sqrt((blocks - 1) / blocks * ((np.array(without) - np.mean(without)) ** 2).sum()))


def _correlation(template: FloatArray, shown: FloatArray) -> float:
    return float((template * shown).sum() / np.sqrt((template**2).sum() * (shown**2).sum() + 1e-12))
