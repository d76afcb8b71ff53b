"""A copy of a running service, started anew, has every photo byte for byte."""

import hashlib
import shutil
import threading

import pytest

from service.assembly import open_service
from service.backup import BackupError, back_up
from service.photos.viewing import PhotoViewer
from service.settings import Settings
from service.tenancy.keys import find_actor


def content(number: int) -> bytes:
    return b"photo %d " % number + hashlib.sha256(b"%d" % number).digest() * 500


def test_a_backup_of_a_running_service_restores_every_photo_byte_for_byte(clinic, service, settings, analyst, tmp_path):
    subject = clinic.subject()
    visit = clinic.visit(subject)
    sent = {clinic.upload(visit, content(number)).json()["id"]: content(number) for number in range(10)}
    acknowledged = dict(sent)
    stop = threading.Event()

    def go_on() -> None:
        for number in range(10, 500):
            if stop.is_set():
                return
            sent[clinic.upload(visit, content(number), wait=0).json()["id"]] = content(number)

    uploading = threading.Thread(target=go_on)
    uploading.start()
    done = back_up(settings, tmp_path / "copy")
    stop.set()
    uploading.join()
    assert done.missing == 0
    assert done.blobs >= 10
    assert not (tmp_path / "copy" / "master.key").exists()

    # What is at the old place from now on does not matter; the master key comes from where it was kept.
    restored = tmp_path / "restored"
    shutil.copytree(tmp_path / "copy", restored)
    shutil.copy2(settings.data / "master.key", restored / "master.key")
    with open_service(Settings(data=restored, workers=0), analyst) as again:
        with again.database.reading_across() as session:
            actor = find_actor(session, clinic.headers["Authorization"].removeprefix("Bearer "))
        viewer = PhotoViewer(again.database, again.vaults)
        with again.database.reading_across() as session:
            kept = [row.id for row in _photos(session, actor, subject)]
        assert set(acknowledged) <= set(kept) <= set(sent)
        assert {photo: viewer.upload(actor, photo) for photo in kept} == {photo: sent[photo] for photo in kept}


def _photos(session, actor, subject):
    from service.photos.repository import PhotoFilter, Photos

    return Photos(session, actor.tenant).page_of_subject(subject, PhotoFilter(None, None, None, None), None, 1000)


@pytest.mark.parametrize(
    "elsewhere,says",
    [
        ({"database_url": "postgresql://u@127.0.0.1/x"}, "pg_dump"),
        ({"blobs_url": "s3://photos"}, "bucket"),
    ],
)
def test_what_is_not_on_this_machine_is_not_copied_from_here(service, settings, tmp_path, elsewhere, says):
    with pytest.raises(BackupError, match=says):
        back_up(settings.model_copy(update=elsewhere), tmp_path / "copy")


def test_a_backup_overwrites_nothing_and_needs_something_to_copy(service, settings, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "kept").touch()
    with pytest.raises(BackupError, match="not empty"):
        back_up(settings, tmp_path / "old")
    with pytest.raises(BackupError, match="LIFTMARK_DATA"):
        back_up(Settings(data=tmp_path / "nowhere"), tmp_path / "copy")
