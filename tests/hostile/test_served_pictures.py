"""Whatever the camera or an editor wrote into a photo stays in the original: no picture, page or PDF carries it out."""

import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from tests.hostile.bombs import segment
from tests.hostile.ordeal import Ordeal, ordeal
from tests.service.api.test_audit_completeness import CONSENT

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).parents[2] / "sample_images"
CANARY = b"CanaryOfTheCamera"
_METADATA = {
    b"\xff\xe1": "EXIF or XMP",
    b"\xff\xe2": "a profile",
    b"\xff\xed": "Photoshop's blocks",
    b"\xff\xfe": "a comment",
}


def told_all(photo: Path) -> bytes:
    """The photo with EXIF, GPS, XMP, Photoshop's blocks and a comment."""
    exif = Image.Exif()
    exif[Base.Make] = exif[Base.ImageDescription] = CANARY.decode()
    exif.get_ifd(IFD.Exif)[Base.UserComment] = CANARY
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (48.0, 51.0, 29.6)
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSAreaInformation] = CANARY
    out = io.BytesIO()
    Image.open(photo).save(out, "JPEG", quality=95, exif=exif)
    texts = ((0xE1, b"http://ns.adobe.com/xap/1.0/\x00"), (0xED, b"Photoshop 3.0\x00"), (0xFE, b""))
    return out.getvalue()[:2] + b"".join(segment(at, head + CANARY) for at, head in texts) + out.getvalue()[2:]


class Told:
    """A service in which a pair with all metadata there is was analysed, compared and made a series."""

    def __init__(self, trial: Ordeal) -> None:
        self.clinic = trial.clinic
        self.subject = self.clinic.subject()
        new = {"taken_at": "2026-03-02T10:00:00+01:00", "phase": "baseline"}
        later = {"taken_at": "2026-06-02T10:00:00+01:00", "phase": "follow_up"}
        self.photos = [
            self._photo(SAMPLES / f"eyelids_{which}.jpg", visit) for which, visit in (("before", new), ("after", later))
        ]
        pair = dict(zip(("before_photo_id", "after_photo_id"), self.photos, strict=True))
        self.pair = self.clinic.post("/v1/comparisons?wait=60", pair).json()["id"]
        assert self.clinic.ended(f"/v1/comparisons/{self.pair}")["status"] == "compared"
        self.series = self.clinic.get(f"/v1/subjects/{self.subject}/series?wait=60").json()
        assert self.clinic.put(f"/v1/subjects/{self.subject}/consents/print", CONSENT).is_success
        self.addresses = dict(self._addresses())

    def _photo(self, path: Path, visit: dict) -> str:
        made = self.clinic.post(f"/v1/subjects/{self.subject}/visits", visit).json()["id"]
        photo = self.clinic.upload(made, told_all(path), wait=60).json()
        assert photo["status"] == "analysed"
        return photo["id"]

    def _addresses(self) -> Iterator[tuple[str, str]]:
        """Every route that gives a picture, a page of pictures or paper: its path, and where to ask."""
        photo, pair, subject = (f"/v1/photos/{self.photos[0]}", f"/v1/comparisons/{self.pair}", self.subject)
        yield "/v1/photos/{photo_id}/overlay", f"{photo}/overlay"
        yield "/v1/photos/{photo_id}/thumbnail", f"{photo}/thumbnail"
        yield "/v1/photos/{photo_id}/picture", f"{photo}/picture"
        yield "/v1/photos/{photo_id}/correct", f"{photo}/correct"
        yield "/v1/comparisons/{comparison_id}/aligned/{which}", f"{pair}/aligned/after"
        yield "/v1/comparisons/{comparison_id}/export-preview", f"{pair}/export-preview?purpose=print&format=stacked"
        yield "/v1/comparisons/{comparison_id}/report", f"{pair}/report"
        yield "/v1/comparisons/{comparison_id}/report.pdf", f"{pair}/report.pdf"
        series = f"/v1/subjects/{subject}/series"
        compared = next(one["comparison_id"] for one in self.series["visits"] if one["comparison_id"])
        yield "/v1/subjects/{subject_id}/series/pictures/{comparison_id}/{which}", f"{series}/pictures/{compared}/after"
        yield "/v1/subjects/{subject_id}/series/compare/{comparison_id}", f"{series}/compare/{compared}"
        yield "/v1/subjects/{subject_id}/series/report", f"{series}/report"
        yield "/v1/subjects/{subject_id}/series/report.pdf", f"{series}/report.pdf"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with ordeal(tmp_path_factory.mktemp("data")) as trial:
        yield Told(trial)


def metadata(jpeg: bytes) -> list[str]:
    """What the JPEG carries beside its pixels."""
    found, at = [], 2
    while jpeg[at : at + 2] != b"\xff\xda":
        found += [_METADATA[jpeg[at : at + 2]]] if jpeg[at : at + 2] in _METADATA else []
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return found


def streams(pdf: bytes) -> Iterator[bytes]:
    """What the PDF's streams hold, unpacked."""
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            yield zlib.decompressobj().decompress(packed)
        except zlib.error:
            yield packed


def test_the_original_has_what_is_looked_for() -> None:
    original = told_all(SAMPLES / "eyelids_before.jpg")
    assert original.count(CANARY) == 7
    assert set(metadata(original)) == {"EXIF or XMP", "Photoshop's blocks", "a comment"}


def test_every_route_of_pictures_pages_and_paper_is_looked_at(told: Told) -> None:
    kinds = {"image/jpeg", "image/png", "image/webp", "application/pdf", "text/html"}
    paths = told.clinic.client.get("/openapi.json").json()["paths"]
    routes = {
        path
        for path, calls in paths.items()
        for code, answer in calls.get("get", {}).get("responses", {}).items()
        if code == "200" and kinds & answer.get("content", {}).keys()
    }
    assert {path for path in routes if re.search("photo|comparison|series", path)} == told.addresses.keys()


def test_no_picture_page_or_paper_carries_what_the_camera_wrote(told: Told) -> None:
    for path, address in told.addresses.items():
        answer = told.clinic.get(address)
        assert answer.status_code == 200, path
        assert CANARY not in answer.content, path
        if answer.headers["content-type"] == "image/jpeg":
            own = ["a profile"] if path.endswith("/export-preview") else []  # sRGB, written here
            assert metadata(answer.content) == own, path
        if answer.headers["content-type"] == "application/pdf":
            held = list(streams(answer.content))
            pictures = [one for one in held if one.startswith(b"\xff\xd8")]
            assert pictures, path
            assert all(metadata(picture) == [] for picture in pictures), path
            assert not any(CANARY in one for one in held), path
