"""Pairs of photos whose true change is known, as the accuracy benchmark reads them from disk.

Two kinds of folder are understood:

- with a ``manifest.json`` like that of ``sample_images/``: ``pairs`` with ``before``, ``after`` and ``truth`` by side
  and measurand;
- with a ``pairs.json`` as a renderer of faces writes it: a list of ``before``, ``after`` and ``true_change`` for the
  subject's ``L`` and ``R``, in which ``mrd1_measured`` and ``pfh`` are lid movements in mm, ``jaw_skin_shift_mm`` is
  the jowl's skin along the outline's outward normal, and ``nlf_chord10``, ``crow_param`` with their ``…_before`` give
  the fold and the lines beside the eye as shares.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.anatomy import Side
from models.measurand import MEASURANDS, MeasurandCode

Truth = Mapping[tuple[MeasurandCode, Side | None], float]
"""True change by measurand and side, in the catalogue's ``change_unit``; what is not named is not known."""


def with_differences(truth: Truth) -> Truth:
    """The truth, and that of each difference between the sides where both are known: left less right."""
    differences: Truth = {
        (code, None): truth[entry.difference_of, Side.LEFT] - truth[entry.difference_of, Side.RIGHT]
        for code, entry in MEASURANDS.items()
        if entry.difference_of is not None and all((entry.difference_of, side) in truth for side in Side)
    }
    return {**truth, **differences}


@dataclass(frozen=True, slots=True)
class TruePair:
    """Two photos and what truly changed between them."""

    before: Path
    after: Path
    truth: Truth


def true_pairs(folder: Path) -> Iterator[TruePair]:
    """Every pair of a folder.

    Raises
    ------
    FileNotFoundError
        When the folder holds neither ``manifest.json`` nor ``pairs.json``.
    """
    manifest, rendered = folder / "manifest.json", folder / "pairs.json"
    if manifest.is_file():
        for pair in json.loads(manifest.read_text())["pairs"]:
            yield TruePair(folder / pair["before"], folder / pair["after"], _named(pair["truth"]))
    elif rendered.is_file():
        for pair in json.loads(rendered.read_text()):
            yield TruePair(folder / pair["before"], folder / pair["after"], _rendered(pair["true_change"]))
    else:
        raise FileNotFoundError(f"{folder} holds neither manifest.json nor pairs.json, so no truth is known.")


def _named(truth: Mapping[str, Any]) -> Truth:
    return {
        (MeasurandCode(measurand), Side(side)): float(change)
        for side, changes in truth.items()
        if side in set(Side)
        for measurand, change in changes.items()
    }


def _rendered(true_change: Mapping[str, Any]) -> Truth:
    return {
        (measurand, side): change
        for letter, side in (("L", Side.LEFT), ("R", Side.RIGHT))
        for measurand, change in _rendered_side(true_change[letter]).items()
    }


def _rendered_side(moved: Mapping[str, float]) -> Mapping[MeasurandCode, float]:
    """Rendered lower lids and brows never move; whatever the fissure gains beyond MRD1 is the gaze's doing."""
    return {
        MeasurandCode.MRD1: moved["mrd1_measured"],
        MeasurandCode.MRD2: moved["pfh"] - moved["mrd1_measured"],
        MeasurandCode.PALPEBRAL_FISSURE_HEIGHT: moved["pfh"],
        MeasurandCode.BROW_HEIGHT: 0.0,
        MeasurandCode.JAWLINE_CONTOUR: moved["jaw_skin_shift_mm"],
        MeasurandCode.NASOLABIAL_FOLD_DEPTH: 100 * moved["nlf_chord10"] / moved["nlf_chord10_before"],
        MeasurandCode.PERIORBITAL_LINES: 100 * moved["crow_param"] / moved["crow_param_before"],
    }
