"""What is known of photos beyond their pixels reaches the analysis process and what it answers: real processes."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from models.anatomy import View
from models.burst import FrameUse
from models.measurand import MeasurandCode
from models.scale import HVID_MM
from service.documents import (
    ComparisonDocument,
    GivenFloor,
    GivenIris,
    GivenStudy,
    GivenSubject,
    MeasurementDocument,
    PlacedContour,
    Shot,
)
from service.sandbox import AnalysisWorkers, CorrectionRefusedError

ROOT = Path(__file__).parents[3]
BEFORE, AFTER = ((ROOT / "sample_images" / f"eyelids_{name}.jpg").read_bytes() for name in ("before", "after"))
PHANTOMS = ROOT / "tests" / "phantoms"
BASE, AGAIN, LATER = ((PHANTOMS / f"p13_{name}.jpg").read_bytes() for name in ("base", "zero", "after1"))


@pytest.fixture(scope="module")
def workers() -> Iterator[AnalysisWorkers]:
    with AnalysisWorkers() as workers:
        yield workers


@pytest.fixture(scope="module")
def measured(workers) -> MeasurementDocument:
    document = workers.measure(BEFORE).document
    assert isinstance(document, MeasurementDocument)
    return document


def raised(document: MeasurementDocument, by_px: float) -> PlacedContour:
    """The left upper lid as found, moved up."""
    lid = document.contours_px["left"].upper_lid
    points = [(x, y - by_px) for x, y in lid[:: len(lid) // 12]]
    return PlacedContour(side="left", contour="upper_lid", points=points, corrected_by="Dr. A.")


def mrd1(document) -> float:
    return next(m.value for m in document.measurements if (m.measurand, m.side) == ("mrd1", "left"))


def compared(workers, before, after, subject=None) -> ComparisonDocument:
    document = workers.compare_shots(before, after, subject).document
    assert isinstance(document, ComparisonDocument)
    return document


def test_a_photo_is_measured_from_the_contour_that_was_placed(workers, measured):
    placed = raised(measured, 4)
    document = workers.measure(BEFORE, View.FRONTAL, [placed]).document
    assert mrd1(document) - mrd1(measured) == pytest.approx(4 * measured.scale.mm_per_px, abs=0.03)
    assert document.corrections[0].corrected_by == "Dr. A."
    assert document.contours_px["left"].found["upper_lid"] == measured.contours_px["left"].upper_lid
    assert workers.measure(BEFORE).document == measured


def test_a_contour_that_cannot_be_is_refused_unless_it_was_checked_before(workers, measured):
    backwards = raised(measured, 0)
    backwards = backwards.model_copy(update={"points": backwards.points[::-1]})
    with pytest.raises(CorrectionRefusedError, match="must run from the outer corner"):
        workers.measure(BEFORE, View.FRONTAL, [backwards])
    with pytest.raises(CorrectionRefusedError, match="must run from the outer corner"):
        workers.compare_shots([Shot(BEFORE, (backwards,))], [Shot(AFTER)])
    assert isinstance(workers.measure(BEFORE, View.FRONTAL, [backwards], checked=True).document, MeasurementDocument)


def test_a_pair_has_one_scale_and_says_so(workers):
    document = compared(workers, [Shot(BEFORE)], [Shot(AFTER)])
    assert (document.before.scale.method, document.after.scale.method) == ("iris_of_subject", "iris_of_subject")
    assert document == workers.compare(BEFORE, AFTER).document


def test_no_change_is_surer_than_the_clinics_own_study(workers):
    study = GivenStudy(id="s1", name="Room 1", made_on=date(2026, 3, 2))
    floors = [
        GivenFloor(measurand=code, change_sd=size, studies=(study,))
        for code, size in ((MeasurandCode.MRD1, 5.0), (MeasurandCode.MRD2, 0.0001))
    ]
    plain = compared(workers, [Shot(BEFORE)], [Shot(AFTER)])
    floored = workers.compare_shots([Shot(BEFORE)], [Shot(AFTER)], floors=floors).document
    (told,) = floored.clinic_repeatability
    assert (told.study_id, told.name, told.made_on) == ("s1", "Room 1", date(2026, 3, 2))
    assert (told.measurands, told.widened) == (("mrd1", "mrd2"), ("mrd1",))
    for change, before in zip(floored.changes, plain.changes, strict=True):
        assert change.change == before.change
        if change.measurand == "mrd1" and change.change is not None:
            assert change.standard_uncertainty == pytest.approx(5.0)
            assert change.error_terms[-1].source == "repeatability in this clinic"
            assert change.verdict == change.family_verdict == "within_measurement_error"
        else:
            assert change.ci95 == before.ci95
    assert plain.clinic_repeatability == ()


def test_a_measured_iris_stretches_the_change(workers):
    plain = compared(workers, [Shot(BEFORE)], [Shot(AFTER)])
    wide = compared(workers, [Shot(BEFORE)], [Shot(AFTER)], GivenSubject(iris=GivenIris(mm=1.1 * HVID_MM)))
    assert wide.before.scale.method == "iris_measured"
    for change, stretched in zip(plain.changes, wide.changes, strict=True):
        if change.measurand in {"mrd1", "palpebral_fissure_height"} and change.change is not None:
            # The registration's windows grow with the scale and find the skin anew, within hundredths of a pixel.
            assert stretched.change == pytest.approx(1.1 * change.change, abs=0.01)


def test_of_a_burst_every_photo_is_told_and_one_without_a_face_is_left_out(workers, tmp_path):
    Image.new("RGB", (400, 500), "grey").save(tmp_path / "wall.jpg")
    wall = (tmp_path / "wall.jpg").read_bytes()
    document = compared(workers, [Shot(wall), Shot(BASE), Shot(AGAIN)], [Shot(LATER)])
    uses = {(frame.which, frame.index): frame.use for frame in document.frames}
    assert uses["before", 0] is FrameUse.LEFT_OUT
    assert sorted((uses["before", 1], uses["before", 2])) == [FrameUse.AVERAGED, FrameUse.SHOWN]
    assert uses["after", 0] is FrameUse.SHOWN
    (left_out,) = (frame for frame in document.frames if frame.reason)
    assert left_out.reason.startswith("No face")


def test_a_picture_to_look_at_is_upright_and_carries_no_metadata(workers, tmp_path):
    turned = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010E] = "a name"
    Image.new("RGB", (500, 300), "grey").save(turned, exif=exif)
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(workers.picture(turned.read_bytes()))
    with Image.open(picture) as shown:
        assert shown.size == (300, 500)
        assert not shown.getexif()
    assert workers.picture(b"no picture") is None
