"""A photo as a DICOM file: VL Photographic Image (PS3.3, A.32.4), JPEG baseline.

It holds the upright picture without the camera's metadata. There is no name; but a face is what people are known by, so
the file says that the patient can be recognised in it and does not call itself de-identified.
"""

import io
import struct
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from models.anatomy import Side, View
from service.interop.coded import FACE, VIEWS, Coded
from service.interop.extra import extra_needed
from service.sandbox import WholePicture

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

MEDIA_TYPE: Final = "application/dicom"

_VL_PHOTOGRAPHIC_IMAGE: Final = "1.2.840.10008.5.1.4.1.1.77.1.4"
_JPEG_BASELINE: Final = "1.2.840.10008.1.2.4.50"
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:liftmark:dicom")
_PROFILE_DATE: Final = slice(24, 36)  # ICC.1:2022, 7.2.1: when the profile was made

_IMAGE_VIEW: Final = Coded("111031", "Image View")  # DICOM's own, PS3.16, annex D
_ORIENTATIONS: Final[Mapping[View, tuple[str, str]]] = MappingProxyType(
    {
        View.FRONTAL: ("L", "F"),
        View.OBLIQUE_LEFT: ("LP", "F"),
        View.OBLIQUE_RIGHT: ("LA", "F"),
        View.PROFILE_LEFT: ("P", "F"),
        View.PROFILE_RIGHT: ("A", "F"),
    }
)
"""Where in the body the picture's rows lead to the right, and its columns downward (PS3.3, C.7.6.1.1.1)."""
_LATERALITY: Final = {None: "U", Side.LEFT: "L", Side.RIGHT: "R"}


@dataclass(frozen=True, slots=True)
class ArchivedPhoto:
    """What the file tells of a photo besides its pixels.

    Parameters
    ----------
    taken_at, visited_at : with their zones.
    """

    id: str
    subject_id: str
    visit_id: str
    view: View
    taken_at: datetime
    visited_at: datetime
    version: str


def dicom_file(picture: WholePicture, photo: ArchivedPhoto) -> bytes:
    """The file's bytes, the same whenever they are asked for.

    Raises
    ------
    ServiceError
        Where the extra is not installed.
    """
    with extra_needed():
        from pydicom.dataset import Dataset, FileMetaDataset  # noqa: PLC0415  an extra
        from pydicom.uid import UID  # noqa: PLC0415  an extra
    dataset = Dataset()
    _describe_patient(dataset, photo)
    _describe_study(dataset, photo)
    _describe_image(dataset, photo, picture)
    _put_pixels(dataset, picture)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(_JPEG_BASELINE)
    written = io.BytesIO()
    dataset.save_as(written, enforce_file_format=True)
    return written.getvalue()


def _describe_patient(dataset: "Dataset", photo: ArchivedPhoto) -> None:
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName = ""
    dataset.PatientID = photo.subject_id
    dataset.IssuerOfPatientID = "Liftmark"
    dataset.PatientBirthDate = ""
    dataset.PatientSex = ""
    dataset.PatientIdentityRemoved = "NO"


def _describe_study(dataset: "Dataset", photo: ArchivedPhoto) -> None:
    """A visit is a study, its photos of one view a series."""
    dataset.StudyInstanceUID = _uid("visit", photo.visit_id)
    dataset.StudyDate, dataset.StudyTime = _day_and_time(photo.visited_at)
    dataset.ReferringPhysicianName = ""
    dataset.StudyID = ""
    dataset.AccessionNumber = ""
    dataset.Modality = "XC"
    dataset.SeriesInstanceUID = _uid("visit", photo.visit_id, photo.view)
    dataset.SeriesNumber = list(View).index(photo.view) + 1
    dataset.SeriesDescription = photo.view
    dataset.BodyPartExamined = "FACE"
    dataset.Manufacturer = "Liftmark"
    dataset.ManufacturerModelName = "Liftmark"
    dataset.SoftwareVersions = photo.version


def _describe_image(dataset: "Dataset", photo: ArchivedPhoto, picture: WholePicture) -> None:
    dataset.SOPClassUID = _VL_PHOTOGRAPHIC_IMAGE
    dataset.SOPInstanceUID = _uid("photo", photo.id)
    dataset.ImageType = ["DERIVED", "PRIMARY"]
    dataset.DerivationDescription = "Turned upright, converted to sRGB, compressed as JPEG."
    dataset.InstanceNumber = 1
    dataset.AcquisitionDate, dataset.AcquisitionTime = _day_and_time(photo.taken_at)
    dataset.ContentDate, dataset.ContentTime = dataset.AcquisitionDate, dataset.AcquisitionTime
    dataset.TimezoneOffsetFromUTC = "+0000"
    dataset.PatientOrientation = list(_ORIENTATIONS[photo.view])
    dataset.ImageLaterality = _LATERALITY[photo.view.near_side]
    dataset.AnatomicRegionSequence = [_code(FACE)]
    dataset.AcquisitionContextSequence = [_view(photo.view)]
    dataset.RecognizableVisualFeatures = "YES"
    dataset.LossyImageCompression = "01"
    dataset.LossyImageCompressionRatio = round(3 * picture.width * picture.height / len(picture.jpeg), 2)
    dataset.LossyImageCompressionMethod = "ISO_10918_1"


def _put_pixels(dataset: "Dataset", picture: WholePicture) -> None:
    from pydicom.encaps import encapsulate  # noqa: PLC0415  an extra; it is there, as the dataset is

    dataset.SamplesPerPixel = 3
    dataset.PhotometricInterpretation = "YBR_FULL_422"
    dataset.PlanarConfiguration = 0
    dataset.Rows, dataset.Columns = picture.height, picture.width
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.PixelRepresentation = 0
    dataset.ColorSpace = "SRGB"
    dataset.ICCProfile = _srgb()
    dataset.PixelData = encapsulate([picture.jpeg])
    dataset["PixelData"].VR = "OB"


def _view(view: View) -> "Dataset":
    """In the acquisition context, for this kind of file has no place of its own for it."""
    from pydicom.dataset import Dataset  # noqa: PLC0415  an extra; it is there, as the file's dataset is

    item = Dataset()
    item.ValueType = "CODE"
    item.ConceptNameCodeSequence = [_code(_IMAGE_VIEW, "DCM")]
    item.ConceptCodeSequence = [_code(VIEWS[view])]
    return item


def _code(coded: Coded, scheme: str = "SCT") -> "Dataset":
    from pydicom.dataset import Dataset  # noqa: PLC0415  an extra; it is there, as the file's dataset is

    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = coded.code, scheme, coded.meaning
    return item


def _uid(*words: str) -> str:
    """A UUID as a UID (PS3.5, B.2), the same for the same record."""
    return f"2.25.{uuid.uuid5(_NAMESPACE, '/'.join(words)).int}"


def _day_and_time(at: datetime) -> tuple[str, str]:
    moment = at.astimezone(UTC)
    return moment.strftime("%Y%m%d"), moment.strftime("%H%M%S")


def _srgb() -> bytes:
    """The profile of the pixels, with a date that does not change."""
    from PIL import ImageCms  # noqa: PLC0415  the web process needs nothing else of it

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_PROFILE_DATE] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    return bytes(profile)
