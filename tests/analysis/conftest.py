"""The sample photos, analysed once a test run."""

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.pipeline import analyse_photo, compare_photos
from models.analysis import PhotoAnalysis
from models.comparison import PairComparison
from models.face_landmarker.landmarker import FaceLandmarker
from models.quality import Refused

SAMPLES = Path(__file__).parents[2] / "sample_images"


class Studio:
    """Analyses sample photos and remembers them."""

    def __init__(self, landmarker: FaceLandmarker) -> None:
        self.landmarker = landmarker

    @functools.cache  # noqa: B019  lives as long as the test run
    def photo(self, name: str) -> PhotoAnalysis:
        analysis = self.analyse((SAMPLES / name).read_bytes())
        assert isinstance(analysis, PhotoAnalysis)
        return analysis

    @functools.cache  # noqa: B019
    def pair(self, before: str, after: str) -> PairComparison:
        return compare_photos(self.photo(before), self.photo(after))

    def analyse(self, upload: bytes) -> PhotoAnalysis | Refused:
        return analyse_photo(upload, self.landmarker)


@pytest.fixture(scope="session")
def studio() -> Iterator[Studio]:
    with FaceLandmarker() as landmarker:
        yield Studio(landmarker)


@pytest.fixture(scope="session")
def samples() -> dict[str, dict[str, Any]]:
    """The manifest's pairs by name."""
    return {pair["name"]: pair for pair in json.loads((SAMPLES / "manifest.json").read_text())["pairs"]}
