"""The service compares rows and blobs by itself, and tells what it found."""

import logging
import os
import time

import pytest

from service.settings import Settings


@pytest.fixture
def settings(settings) -> Settings:
    return settings.model_copy(update={"reconcile_s": 0.2})


def until(look) -> None:
    deadline = time.monotonic() + 60
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def figure(client, line: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return next(float(one.rpartition(" ")[2]) for one in lines if one.startswith(line))


def test_a_lost_picture_comes_back_by_itself_and_is_told_in_log_and_figures(clinic, client, service, caplog):
    photo = clinic.photo()
    row = clinic.get(f"/v1/photos/{photo}").json()
    overlays = list((service.settings.data / "blobs").rglob("overlay-*"))
    repaired = figure(client, 'liftmark_reconcile_repaired_total{kind="picture_missing"}')
    with caplog.at_level(logging.WARNING, "service.housekeeping"):
        for overlay in overlays:
            overlay.unlink()
        until(lambda: figure(client, 'liftmark_reconcile_repaired_total{kind="picture_missing"}') > repaired)
    until(lambda: clinic.get(f"/v1/photos/{photo}/overlay").status_code == 200)
    assert clinic.get(f"/v1/photos/{photo}").json()["status"] == row["status"]
    assert figure(client, "liftmark_reconcile_last_timestamp_seconds") > 0
    assert "rows and blobs differ: picture_missing 1" in caplog.text


def test_a_lost_upload_is_told_as_critical(clinic, client, service, caplog):
    clinic.photo()
    (upload,) = (service.settings.data / "blobs").rglob("upload")
    upload.unlink()
    until(lambda: [one for one in caplog.records if one.levelno == logging.CRITICAL])
    assert figure(client, 'liftmark_reconcile_found{kind="upload_missing"}') == 1
    assert "P-1" not in caplog.text


def test_what_a_killed_upload_left_is_removed_once_it_is_old(client, service):
    old, new = (service.settings.incoming / name for name in ("tmpold", "tmpnew"))
    for file in (old, new):
        file.write_bytes(b"part of an upload")
    os.utime(old, (0, 0))
    until(lambda: not old.exists())
    assert new.exists()
