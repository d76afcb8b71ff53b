"""The shipped pictures: what the manifest says of them is true."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.anatomy import Side
from models.measurand import MeasurandCode
from service.archive import read_subject

FOLDER = Path(__file__).parents[2] / "sample_images"
MANIFEST = json.loads((FOLDER / "manifest.json").read_text())
PAIRS = {pair["name"]: pair for pair in MANIFEST["pairs"]}
SERIES = {series["name"]: series for series in MANIFEST["series"]}
SCRIPT = runpy.run_path(str(FOLDER / "make_astronaut_pair.py"))


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_each_pair_has_its_files_origin_licence_and_truth(pair) -> None:
    assert (FOLDER / pair["before"]).is_file()
    assert (FOLDER / pair["after"]).is_file()
    assert pair["origin"]
    assert pair["licence"]
    assert set(pair["truth"]) == set(Side)
    assert set(pair["truth"]["left"]) == set(pair["truth"]["right"]) <= set(MeasurandCode)


def test_each_picture_is_in_the_manifest() -> None:
    named = {pair[which] for pair in PAIRS.values() for which in ("before", "after")}
    assert {path.name for path in FOLDER.iterdir() if path.suffix in {".jpg", ".png"}} == named


@pytest.mark.parametrize("series", SERIES.values(), ids=SERIES)
def test_each_photo_of_a_series_has_a_day_a_phase_and_its_true_change(series) -> None:
    folder = FOLDER / series["folder"]
    photos = {path.name for path in folder.glob("*.jpg")}
    archive = read_subject(folder, lambda _: None)
    assert {entry.file for entry in archive.entries} == photos == {series["before"], *series["truth"]}
    assert not archive.refusals
    assert not archive.confounders  # no note of it names any
    assert series["origin"]
    assert series["licence"]
    for truth in series["truth"].values():
        assert set(truth) == set(Side)
        assert set(truth["left"]) == set(truth["right"]) <= set(MeasurandCode)


def test_the_astronaut_pair_is_what_its_script_makes() -> None:
    for made, name in zip(SCRIPT["make_pair"](), ("before", "after"), strict=True):
        np.testing.assert_array_equal(made, np.asarray(Image.open(FOLDER / PAIRS["astronaut"][name])))


def test_the_astronauts_lids_are_raised_by_what_the_manifest_says() -> None:
    # On a ramp of 10 grey levels a row a colour is a position: at the new margin stands what stood at the old one.
    # Positions are good to OpenCV's 1/32 px, half a grey level (0.05) and the curve between two rows (0.03).
    ramp = np.clip((np.arange(512) - 90) * 10, 0, 250).astype(np.uint8)
    raised = SCRIPT["with_raised_lids"](np.ascontiguousarray(np.broadcast_to(ramp[:, None, None], (512, 512, 3))))
    for eye in SCRIPT["EYES"]:
        position = raised[:, round((eye.inner_x + eye.outer_x) / 2), 0] / 10 + 90
        new_margin_y = eye.margin_y - PAIRS["astronaut"]["raised_px"]
        assert np.interp(new_margin_y, np.arange(512), position) == pytest.approx(eye.margin_y, abs=0.12)


def test_nothing_but_the_astronauts_lids_was_touched() -> None:
    before, after = (np.asarray(Image.open(FOLDER / PAIRS["astronaut"][name])) for name in ("before", "after"))
    rows, columns = np.nonzero((before != after).any(axis=2))
    reach = SCRIPT["LID_REACH_PX"] + SCRIPT["RAISED_PX"]
    margins = [eye.margin_y - SCRIPT["CROP_TOP"] for eye in SCRIPT["EYES"]]
    assert min(margins) - reach <= rows.min() <= rows.max() <= max(margins) + reach
    corners = [x - SCRIPT["CROP_LEFT"] for eye in SCRIPT["EYES"] for x in (eye.inner_x, eye.outer_x)]
    assert min(corners) <= columns.min() <= columns.max() <= max(corners)
