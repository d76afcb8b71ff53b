"""A DICOM file holds the upright photo pixel for pixel, what is known of it, and nothing that the camera wrote."""

import hashlib
import io
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pydicom
import pytest
from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base
from pydicom.sr.codedict import codes
from pydicom.uid import UID, JPEGBaseline8Bit, VLPhotographicImageStorage

from models.anatomy import View
from service.errors import ProblemCode, ServiceError
from service.interop.dicom import ArchivedPhoto, dicom_file
from service.sandbox import AnalysisWorkers

TAKEN_AT = datetime(2026, 3, 2, 1, 30, tzinfo=timezone(timedelta(hours=2)))
CANARY = "Canary Camera"
COLOURS = ((200, 120, 90), (20, 160, 40), (30, 60, 220), (240, 240, 240))


def quadrants(orientation: int = 1) -> bytes:
    """Four flat colours, as a camera writes them that was held in this way, with all that a camera tells."""
    upright = np.zeros((64, 96, 3), np.uint8)
    for number, colour in enumerate(COLOURS):
        upright[32 * (number // 2) :, 48 * (number % 2) :] = colour
    stored = Image.fromarray(upright)
    if orientation == 6:
        stored = stored.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Model] = CANARY
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    encoded = io.BytesIO()
    stored.save(encoded, "PNG", exif=exif)
    return encoded.getvalue()


def about(view: View = View.FRONTAL) -> ArchivedPhoto:
    return ArchivedPhoto("a1", "s1", "v1", view, TAKEN_AT, datetime(2026, 3, 2, 9, tzinfo=UTC), "2026.11.1")


@pytest.fixture(scope="module")
def workers():
    with AnalysisWorkers() as workers:
        yield workers


@pytest.fixture(scope="module")
def written(workers) -> bytes:
    return dicom_file(workers.whole_picture(quadrants(6)), about())


@pytest.fixture
def dataset(written) -> pydicom.Dataset:
    return pydicom.dcmread(io.BytesIO(written))


def test_it_is_a_vl_photographic_image(dataset):
    assert dataset.SOPClassUID == dataset.file_meta.MediaStorageSOPClassUID == VLPhotographicImageStorage
    assert dataset.SOPInstanceUID == dataset.file_meta.MediaStorageSOPInstanceUID
    assert dataset.file_meta.TransferSyntaxUID == JPEGBaseline8Bit
    assert (dataset.Modality, dataset.PhotometricInterpretation) == ("XC", "YBR_FULL_422")


@pytest.mark.parametrize("orientation", [1, 6])
def test_the_pixels_are_the_upright_photos(workers, orientation):
    written = dicom_file(workers.whole_picture(quadrants(orientation)), about())
    pixels = pydicom.dcmread(io.BytesIO(written)).pixel_array
    assert pixels.shape == (64, 96, 3)
    for number, colour in enumerate(COLOURS):
        inside = pixels[32 * (number // 2) :, 48 * (number % 2) :][8:24, 16:32].astype(int)
        # A flat block keeps its mean: what is lost is rounding, of the block and to YCbCr and back.
        assert np.abs(inside - colour).max() <= 3


def test_what_any_viewer_decodes_is_what_the_sandbox_encoded(workers, dataset):
    encoded = workers.whole_picture(quadrants(6))
    decoded = np.asarray(Image.open(io.BytesIO(encoded.jpeg)).convert("RGB"))
    assert np.array_equal(dataset.pixel_array, decoded)
    assert (dataset.Columns, dataset.Rows) == (encoded.width, encoded.height) == (96, 64)
    # Halved sideways alone, as YBR_FULL_422 says (PS3.5, 8.2.1).
    assert [layer[1:3] for layer in Image.open(io.BytesIO(encoded.jpeg)).layer] == [(2, 1), (1, 1), (1, 1)]


def test_nothing_that_the_camera_wrote_is_in_it(written, dataset):
    assert CANARY.encode() not in written
    assert b"Exif" not in written
    assert "GPS" not in str(dataset)
    assert dataset.Manufacturer == "Liftmark"


def test_the_subject_is_known_by_an_id_and_the_face_is_said_to_be_one(dataset):
    assert (dataset.PatientID, dataset.PatientName, dataset.PatientBirthDate) == ("s1", "", "")
    assert (dataset.PatientIdentityRemoved, dataset.RecognizableVisualFeatures) == ("NO", "YES")
    assert "BurnedInAnnotation" not in dataset


def test_no_millimetres_are_claimed_for_the_whole_picture(dataset):
    assert not any(name in dataset for name in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"))


def test_times_are_told_in_utc(dataset):
    assert (dataset.AcquisitionDate, dataset.AcquisitionTime) == ("20260301", "233000")
    assert (dataset.StudyDate, dataset.StudyTime, dataset.TimezoneOffsetFromUTC) == ("20260302", "090000", "+0000")


def test_the_profile_says_srgb(dataset):
    profile = ImageCms.ImageCmsProfile(io.BytesIO(dataset.ICCProfile))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    assert dataset.ColorSpace == "SRGB"


def test_the_same_photo_gives_the_same_file_and_every_uid_is_a_uuid(workers, written, dataset):
    again = dicom_file(workers.whole_picture(quadrants(6)), about())
    assert hashlib.sha256(again).digest() == hashlib.sha256(written).digest()
    uids = [dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID]
    assert len(set(uids)) == 3
    assert all(UID(uid).is_valid and uid.startswith("2.25.") for uid in uids)


@pytest.mark.parametrize(
    "view,orientation,laterality,code",
    [
        (View.FRONTAL, ["L", "F"], "U", "399033003"),
        (View.OBLIQUE_LEFT, ["LP", "F"], "L", "399184004"),
        (View.OBLIQUE_RIGHT, ["LA", "F"], "R", "399236003"),
        (View.PROFILE_LEFT, ["P", "F"], "L", "399173006"),
        (View.PROFILE_RIGHT, ["A", "F"], "R", "399198007"),
    ],
)
def test_a_view_is_told_by_orientation_side_and_code(workers, view, orientation, laterality, code):
    dataset = pydicom.dcmread(io.BytesIO(dicom_file(workers.whole_picture(quadrants()), about(view))))
    assert list(dataset.PatientOrientation) == orientation
    assert dataset.ImageLaterality == laterality
    (context,) = dataset.AcquisitionContextSequence
    assert context.ConceptNameCodeSequence[0].CodeMeaning == codes.DCM.ImageView.meaning
    assert context.ConceptNameCodeSequence[0].CodeValue == codes.DCM.ImageView.value
    assert context.ConceptCodeSequence[0].CodeValue == code
    assert dataset.AnatomicRegionSequence[0].CodeValue == "89545001"


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="no dciodvfy on this machine: apt-get install dicom3tools")
@pytest.mark.parametrize("view", View)
def test_dciodvfy_finds_no_error(workers, tmp_path, view):
    (tmp_path / "photo.dcm").write_bytes(dicom_file(workers.whole_picture(quadrants()), about(view)))
    found = subprocess.run(["dciodvfy", str(tmp_path / "photo.dcm")], capture_output=True, text=True, check=False)
    wrong = [line for line in found.stderr.splitlines() if line.startswith(("Error", "Warning"))]
    # The standard lets a study be without an id (type 2); a DVD's index would want one.
    assert wrong == ["Warning - Missing attribute or value that would be needed to build DICOMDIR - Study ID"]
    assert "VLPhotographicImage" in found.stderr


@pytest.mark.skipif(shutil.which("dcmdump") is None, reason="no dcmdump on this machine: apt-get install dcmtk")
def test_dcmtk_reads_it_and_decodes_its_pixels(written, tmp_path, dataset):
    (tmp_path / "photo.dcm").write_bytes(written)
    assert subprocess.run(["dcmdump", str(tmp_path / "photo.dcm")], capture_output=True, check=False).returncode == 0
    plain = ["dcmj2pnm", "+on", str(tmp_path / "photo.dcm"), str(tmp_path / "photo.png")]
    assert subprocess.run(plain, capture_output=True, check=False).returncode == 0
    assert np.array_equal(np.asarray(Image.open(tmp_path / "photo.png").convert("RGB")), dataset.pixel_array)


def test_without_the_extra_the_call_says_what_is_missing(monkeypatch, workers):
    picture = workers.whole_picture(quadrants())
    monkeypatch.setitem(sys.modules, "pydicom.dataset", None)
    with pytest.raises(ServiceError) as refused:
        dicom_file(picture, about())
    assert refused.value.code == ProblemCode.EXTRA_MISSING


def test_what_is_no_picture_has_no_whole_one(workers):
    assert workers.whole_picture(b"no picture") is None
