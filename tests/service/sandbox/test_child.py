"""The real analysis process, on the shipped pictures: one journey from bytes to documents, locked in."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from models.anatomy import View
from models.measurand import MeasurandCode
from models.quality import FlagCode
from service.documents import ComparisonDocument, MeasurementDocument, RefusedDocument
from service.sandbox import AnalysisWorkers

SAMPLES = Path(__file__).parents[3] / "sample_images"
PROFILE = (Path(__file__).parents[2] / "views" / "profile_left.jpg").read_bytes()
BEFORE, AFTER = ((SAMPLES / f"eyelids_{which}.jpg").read_bytes() for which in ("before", "after"))


@pytest.fixture(scope="module")
def workers() -> Iterator[AnalysisWorkers]:
    with AnalysisWorkers() as real:
        yield real


def test_a_photo_is_measured(workers: AnalysisWorkers) -> None:
    outcome = workers.measure(BEFORE)
    assert isinstance(outcome.document, MeasurementDocument)
    assert outcome.document.size_px == Image.open(BytesIO(BEFORE)).size
    assert any(measured.value is not None for measured in outcome.document.measurements)
    assert outcome.overlay_jpeg is not None
    Image.open(BytesIO(outcome.overlay_jpeg)).verify()


def test_a_pair_is_compared_and_aligned(workers: AnalysisWorkers) -> None:
    outcome = workers.compare(BEFORE, AFTER)
    assert isinstance(outcome.document, ComparisonDocument)
    assert outcome.document.alignment is not None
    for jpeg in (outcome.aligned_before_jpeg, outcome.aligned_after_jpeg):
        assert jpeg is not None
        assert Image.open(BytesIO(jpeg)).size == outcome.document.aligned_size_px


def test_a_photo_against_itself_changes_nothing(workers: AnalysisWorkers) -> None:
    document = workers.compare(BEFORE, BEFORE).document
    assert isinstance(document, ComparisonDocument)
    assert all("detectable" not in change.verdict for change in document.changes)


def test_the_camera_says_when_a_photo_was_taken_or_nothing(workers: AnalysisWorkers) -> None:
    exif, dated = Image.Exif(), BytesIO()
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2026:05:04 10:11:12"
    Image.new("RGB", (8, 8)).save(dated, "JPEG", exif=exif)
    assert workers.capture_time(dated.getvalue()) == datetime.fromisoformat("2026-05-04T10:11:12")
    assert workers.capture_time(BEFORE) is workers.capture_time(b"no photo") is None


def test_a_photo_that_is_asked_for_again_gives_the_same_document(workers: AnalysisWorkers) -> None:
    assert workers.measure(AFTER) == workers.measure(AFTER)


def test_a_photo_in_profile_is_accepted_without_a_face(workers: AnalysisWorkers) -> None:
    outcome = workers.measure(PROFILE, View.PROFILE_LEFT)
    assert isinstance(outcome.document, MeasurementDocument)
    assert outcome.document.view is View.PROFILE_LEFT
    measured = {one.measurand for one in outcome.document.measurements if one.value is not None}
    assert measured == {MeasurandCode.CERVICOMENTAL_ANGLE}
    assert outcome.overlay_jpeg is not None


def test_photos_in_profile_are_not_compared(workers: AnalysisWorkers) -> None:
    document = workers.compare(PROFILE, PROFILE, View.PROFILE_LEFT).document
    assert isinstance(document, RefusedDocument)
    assert document.refused.code is FlagCode.PROFILES_NOT_COMPARED


def test_one_photo_sent_as_two_views_is_analysed_as_each(workers: AnalysisWorkers) -> None:
    frontal, oblique = workers.measure(BEFORE).document, workers.measure(BEFORE, View.OBLIQUE_LEFT).document
    assert isinstance(frontal, MeasurementDocument)
    assert isinstance(oblique, MeasurementDocument)
    assert [flag.code for flag in frontal.quality.flags] != [flag.code for flag in oblique.quality.flags]
    (wrong,) = (flag for flag in oblique.quality.flags if flag.code is FlagCode.WRONG_VIEW)
    assert wrong.shows is View.FRONTAL


@pytest.mark.parametrize("pair, refused", [((b"", BEFORE), "before"), ((BEFORE, b"a letter"), "after")])
def test_a_refused_photo_of_a_pair_is_named(workers: AnalysisWorkers, pair: tuple[bytes, bytes], refused: str) -> None:
    outcome = workers.compare(*pair)
    assert isinstance(outcome.document, RefusedDocument)
    assert outcome.document.refused.photo == refused
    assert outcome.aligned_before_jpeg is None


def test_a_picture_without_a_face_is_refused(workers: AnalysisWorkers) -> None:
    plain = BytesIO()
    Image.new("RGB", (800, 1000), (200, 160, 140)).save(plain, "JPEG")
    outcome = workers.measure(plain.getvalue())
    assert isinstance(outcome.document, RefusedDocument)
    assert outcome.document.refused.code == "no_face"
    assert outcome.overlay_jpeg is None


def test_the_header_check_refuses_what_is_no_picture(workers: AnalysisWorkers) -> None:
    assert workers.check(BEFORE) is None
    refused = workers.check(b"a letter")
    assert refused is not None
    assert refused.refused.code == "not_an_image"


def test_no_output_carries_the_cameras_metadata(workers: AnalysisWorkers) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera that knows where it is"
    tagged = BytesIO()
    Image.open(BytesIO(BEFORE)).save(tagged, "JPEG", exif=exif, quality=95)
    outcome = workers.compare(tagged.getvalue(), AFTER)
    assert outcome.aligned_before_jpeg is not None
    assert b"A camera" not in outcome.aligned_before_jpeg
    assert not Image.open(BytesIO(outcome.aligned_before_jpeg)).getexif()
