"""Hostile files through the whole service: each gets a reason or an end, and the next good photo is analysed."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.hostile.bombs import NO_PHOTO, OVERLOADED, STRANGE, TOO_LARGE
from tests.hostile.damage import SCRIPT, File, cut, flipped, two_at_once
from tests.hostile.long_run import of_folder
from tests.hostile.ordeal import GOOD, Ordeal, ordeal

pytestmark = pytest.mark.slow

FOLDER = os.environ.get("LIFTMARK_BAD_IMAGES")
_TAKES_ALL_ITS_TIME = "jpeg: 300 scans"  # three times the analysis' time limit: the long run has it
_BULKY_BYTES = 1_000_000


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ordeal]:
    """Give a service with a real sandbox, and a clinic that attacks it."""
    with ordeal(tmp_path_factory.mktemp("data")) as running:
        yield running


def some(files: Iterator[File], number: int, seed: int) -> list[File]:
    """A few of many, by chance."""
    every = list(files)
    return [every[at] for at in np.random.default_rng(seed).choice(len(every), number, replace=False)]


def endured(trial: Ordeal, files: list[File]) -> bool:
    """Whether each file came to an orderly end and the service works on."""
    trial.odd.clear()
    trial.send(files)
    assert trial.odd == []
    return trial.still_works()


@pytest.mark.parametrize("kind", [TOO_LARGE, NO_PHOTO, OVERLOADED, STRANGE], ids=["large", "none", "overloaded", "odd"])
def test_no_bomb_stops_the_service_or_a_process_of_it(trial: Ordeal, kind) -> None:
    made = ((name, make()) for name, make in kind.items() if name != _TAKES_ALL_ITS_TIME)
    light = [(name, content) for name, content in made if len(content) < _BULKY_BYTES]
    before = len(trial.witness.crashes)
    assert endured(trial, light)
    assert trial.witness.crashes[before:] == []


def test_no_cut_file_stops_the_service(trial: Ordeal) -> None:
    assert endured(trial, some(cut(), 60, seed=1))


def test_no_flipped_bit_stops_the_service(trial: Ordeal) -> None:
    assert endured(trial, some(flipped(2, each=10), 40, seed=3))


def test_a_file_that_is_two_things_is_a_photo_to_us_and_nothing_else(trial: Ordeal) -> None:
    visit = trial.clinic.visit(trial.clinic.subject("two at once"))
    for name, content in itertools.islice(two_at_once(GOOD), 3):
        photo = trial.clinic.upload(visit, content, wait=60).json()
        assert photo["status"] == "analysed", name
        file = trial.clinic.get(f"/v1/photos/{photo['id']}/file")
        assert file.content == content
        assert file.headers["content-type"] == "application/octet-stream"
        assert file.headers["content-disposition"].startswith("attachment")
        assert file.headers["x-content-type-options"] == "nosniff"
        overlay = trial.clinic.get(f"/v1/photos/{photo['id']}/overlay").content
        assert SCRIPT not in overlay
        assert b"PK\x03\x04" not in overlay


@pytest.mark.skipif(FOLDER is None, reason="LIFTMARK_BAD_IMAGES names no folder")
@pytest.mark.timeout(7200)
def test_no_file_of_a_folder_of_bad_images_stops_the_service(trial: Ordeal) -> None:
    assert endured(trial, list(of_folder(Path(str(FOLDER)))))
