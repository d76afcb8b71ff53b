"""The folder of blobs keeps what it acknowledged, and nothing half."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.blobs import BlobMissingError, BlobsUnavailableError, LocalFolder


@pytest.fixture
def folder(tmp_path) -> LocalFolder:
    return LocalFolder(tmp_path / "blobs")


def test_file_and_folders_are_synced_before_a_put_returns(folder, tmp_path, monkeypatch):
    order = []
    real_fsync, real_replace = os.fsync, type(tmp_path).replace

    def fsync(descriptor):
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        order.append("sync folder" if is_folder else "sync file")
        real_fsync(descriptor)

    def replace(self, target):
        order.append("rename")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(type(tmp_path), "replace", replace)
    folder.put("clinic/subject/a", b"x")
    assert order == ["sync folder", "sync folder", "sync file", "rename", "sync folder"]  # two new folders first


def test_a_folder_that_another_process_made_and_did_not_sync_is_synced_before_a_put_returns(
    folder, tmp_path, monkeypatch
):
    synced, real_fsync = [], os.fsync

    def fsync(descriptor):
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()).removeprefix(f"{tmp_path}/"))
        real_fsync(descriptor)

    (tmp_path / "blobs" / "clinic" / "subject").mkdir(parents=True)
    monkeypatch.setattr(os, "fsync", fsync)
    folder.put("clinic/subject/a", b"x")
    assert {"blobs", "blobs/clinic", "blobs/clinic/subject"} <= set(synced)
    synced.clear()
    folder.put("clinic/subject/b", b"x")
    assert not {"blobs", "blobs/clinic"} & set(synced)


def test_a_folder_whose_sync_failed_is_not_taken_for_lasting(folder, monkeypatch):
    def broken(_):
        raise OSError(5, "Input/output error")

    real_fsync, synced = os.fsync, []
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(BlobsUnavailableError):
        folder.put("clinic/a", b"x")
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(descriptor) or real_fsync(descriptor))
    folder.put("clinic/a", b"x")
    assert len(synced) == 3  # the folder's name, the file, the file's name


def test_a_put_that_fails_leaves_the_blob_as_it_was(folder, tmp_path, monkeypatch):
    folder.put("c/a", b"first")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BlobsUnavailableError):
        folder.put("c/a", b"second")
    monkeypatch.undo()
    assert folder.get("c/a") == b"first"
    assert [path.name for path in (tmp_path / "blobs" / "c").iterdir()] == ["a"]


def test_a_blob_still_being_written_is_not_a_blob(folder, tmp_path):
    folder.put("c/a", b"x")
    (tmp_path / "blobs" / "c" / ".unfinished-1").write_bytes(b"half")
    assert list(folder.names_under("c")) == ["c/a"]


def test_what_a_killed_writer_left_is_tidied_away_once_it_is_old(folder, tmp_path):
    folder.put("c/a", b"x")
    left, at_work = (tmp_path / "blobs" / "c" / f".unfinished-{which}" for which in ("old", "new"))
    for file in (left, at_work):
        file.write_bytes(b"half")
    os.utime(left, (0, 0))
    assert folder.tidy(datetime.now(UTC) - timedelta(days=1)) == 1
    assert sorted(file.name for file in (tmp_path / "blobs" / "c").iterdir()) == [".unfinished-new", "a"]


def test_blobs_are_readable_by_the_services_user_alone(folder, tmp_path):
    folder.put("c/a", b"x")
    assert stat.S_IMODE((tmp_path / "blobs" / "c" / "a").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "blobs" / "c").stat().st_mode) == 0o700


def test_a_missing_blob_is_missing_and_not_a_broken_disk(folder):
    with pytest.raises(BlobMissingError):
        folder.get("c/nothing")
