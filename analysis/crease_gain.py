"""How much of a crease's shading in one photo is found again in another: a gain of its depth below a chord.

The depth of a place is how much darker it is than the mean of its two neighbours 5 mm across the crease, in log
luminance: what a caliper with 10 mm between its feet would read on a profile. A line through the profile does not enter
it, so neither exposure nor a slope of the light does.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analysis.crease_band import ACROSS_STEP_MM, ALONG_STEP_MM, across_mm
from analysis.geometry import parabola_peak
from models.arrays import FloatArray, Plane

_HALF_CHORD_MM: Final = 5.0
_SMOOTHING_MM: Final = (0.5, 4.0)
"""Sigmas across and along: pores and compression are finer, and a crease runs on for longer."""
_FOLD_MIDDLE_MM: Final = -2.5
_FOLD_SIGMA_MM: Final = 2.5
"""Where the fold's shading lies from its darkest line: between the dark wall on the cheek's side and the
lit one on the lip's (17 sides of rendered faces; any middle from -2 to -3 and sigma from 2 to 3 mm is as good)."""
_REGISTERED_BAND_MM: Final = (0.4, 2.5)
_REGISTERED_ALONG_MM: Final = 1.0
_REGISTERED_HALF_WIDTH_MM: Final = 5.0
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
    correlation : of the two photos' depths after the shift.
    contrast : mean depth of the before's crease in log luminance, darker places counting more.
    shift_mm : (across, along) of the after's crease against the before's.
    """

    gain: float
    repeatability: float
    correlation: float
    contrast: float
    shift_mm: tuple[float, float]


def crease_gain(before: Plane, after: Plane) -> CreaseGain:
    """Gain of ``after`` on ``before``, bands of one crease (rows across in ACROSS_STEP_MM, columns in ALONG_STEP_MM).

    The after is first shifted onto the before by correlation. Each place counts by its depth in the before, as a
    least-squares template does; the uncertainty is a jackknife over blocks of 4 mm.
    """
    across_px, along_px = _shift(before, after)
    depth, shown = _depth(before), _depth(_moved(after, across_px, along_px))
    template = np.maximum(depth, 0) * _fold_part(len(depth))
    overlap, energy = (template * shown).sum(axis=0), (template * depth).sum(axis=0)
    return CreaseGain(
        gain=float(overlap.sum() / (energy.sum() + 1e-12)),
        repeatability=_jackknife(overlap, energy),
        correlation=_correlation(depth, shown, _fold_part(len(depth))),
        contrast=float(energy.sum() / (template.sum() + 1e-12)),
        shift_mm=(across_px * ACROSS_STEP_MM, along_px * ALONG_STEP_MM),
    )


def _depth(band: Plane) -> FloatArray:
    """How much darker than the mean of both ends of the chord about it: (rows less one chord, columns)."""
    across, along = _SMOOTHING_MM
    smooth = cv2.GaussianBlur(band, (0, 0), sigmaX=along / ALONG_STEP_MM, sigmaY=across / ACROSS_STEP_MM)
    half = round(_HALF_CHORD_MM / ACROSS_STEP_MM)
    return ((smooth[: -2 * half] + smooth[2 * half :]) / 2 - smooth[half:-half]).astype(np.float64)


def _fold_part(rows: int) -> FloatArray:
    """How much each row (rows, 1) of a depth map belongs to the fold."""
    across = across_mm((rows - 1) / 2 * ACROSS_STEP_MM)
    return np.asarray(np.exp(-0.5 * ((across[:, None] - _FOLD_MIDDLE_MM) / _FOLD_SIGMA_MM) ** 2))


def _shift(before: Plane, after: Plane) -> tuple[float, float]:
    """Shift (across, along) in samples of ``after`` against ``before``, by normalised cross-correlation."""
    rows, columns = round(_REACH_ACROSS_MM / ACROSS_STEP_MM), round(_REACH_ALONG_MM / ALONG_STEP_MM)
    middle, half = before.shape[0] // 2, round(_REGISTERED_HALF_WIDTH_MM / ACROSS_STEP_MM)
    fine_before, fine_after = _band_passed(before), _band_passed(after)
    template = fine_before[middle - half : middle + half + 1, columns : before.shape[1] - columns]
    searched = fine_after[middle - half - rows : middle + half + 1 + rows]
    score = np.asarray(cv2.matchTemplate(searched, template, cv2.TM_CCOEFF_NORMED), dtype=np.float32)
    row, column = (int(index) for index in np.unravel_index(score.argmax(), score.shape))
    return (
        row - rows + _peak_offset(score[:, column], row),
        column - columns + _peak_offset(score[row], column),
    )


def _band_passed(band: Plane) -> Plane:
    fine, broad = (
        cv2.GaussianBlur(band, (0, 0), sigmaX=_REGISTERED_ALONG_MM / ALONG_STEP_MM, sigmaY=across / ACROSS_STEP_MM)
        for across in _REGISTERED_BAND_MM
    )
    return np.asarray(fine - broad, dtype=np.float32)


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
    without = [(overlap.sum() - overlap[part].sum()) / (energy.sum() - energy[part].sum() + 1e-12) for part in parts]
    return float(np.sqrt((blocks - 1) / blocks * ((np.array(without) - np.mean(without)) ** 2).sum()))


def _correlation(depth: FloatArray, shown: FloatArray, part: FloatArray) -> float:
    energy = (part * depth**2).sum() * (part * shown**2).sum()
    return float((part * depth * shown).sum() / np.sqrt(energy + 1e-12))
