"""The camera's date, read in the real analysis process."""

from datetime import datetime
from io import BytesIO

from PIL import Image
from PIL.ExifTags import IFD, Base

from service.archive import read_subject
from service.archive.camera import camera_clock


def dated(stamp: str) -> bytes:
    exif, stream = Image.Exif(), BytesIO()
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = stamp
    Image.new("RGB", (8, 8)).save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def test_photos_without_a_day_in_their_names_are_dated_by_the_camera(tmp_path):
    for name, content in {
        "IMG_1.jpg": dated("2026:01:12 09:30:00"),
        "IMG_2.jpg": dated("2026:01:19 09:31:00"),
        "IMG_3.jpg": dated("0000:00:00 00:00:00"),
        "IMG_4.jpg": b"\xff\xd8\xff\xe1\xff\xffExif broken",
        "IMG_5.jpg": b"",
    }.items():
        (tmp_path / name).write_bytes(content)
    with camera_clock() as clock:
        archive = read_subject(tmp_path, clock)
        assert clock(tmp_path / "gone.jpg") is None
    assert {entry.file: entry.taken_at for entry in archive.entries} == {
        "IMG_1.jpg": datetime.fromisoformat("2026-01-12T09:30"),
        "IMG_2.jpg": datetime.fromisoformat("2026-01-19T09:31"),
    }
    assert all(entry.by_camera for entry in archive.entries)
    assert [refusal.file for refusal in archive.refusals] == ["IMG_3.jpg", "IMG_4.jpg", "IMG_5.jpg"]
