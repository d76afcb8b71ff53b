"""What every keeper of blobs promises."""

from datetime import UTC, datetime, timedelta

import pytest

from service.blobs import BlobMissingError

PHOTO = bytes(range(256)) * 5000


def test_a_blob_comes_back_as_it_was_put(blobs):
    blobs.put("clinic/subject/photos/1/upload", PHOTO)
    assert blobs.get("clinic/subject/photos/1/upload") == PHOTO


def test_an_empty_blob_is_a_blob(blobs):
    blobs.put("clinic/empty", b"")
    assert blobs.get("clinic/empty") == b""


def test_a_blob_that_is_put_again_is_replaced(blobs):
    blobs.put("clinic/a", b"first")
    blobs.put("clinic/a", b"second")
    assert blobs.get("clinic/a") == b"second"


def test_a_blob_that_is_not_there_is_missing(blobs):
    with pytest.raises(BlobMissingError):
        blobs.get("clinic/nothing")


def test_names_are_those_of_the_blobs_below_a_prefix_and_no_others(blobs):
    for name in ("c/s1/a", "c/s1/deep/b", "c/s10/c", "c/s2/d"):
        blobs.put(name, b"x")
    assert sorted(blobs.names_under("c/s1")) == ["c/s1/a", "c/s1/deep/b"]
    assert list(blobs.names_under("c/none")) == []


def test_a_list_tells_each_blobs_size_and_when_it_was_put_there(blobs):
    a_moment = timedelta(seconds=2)  # some stores tell whole seconds
    before = datetime.now(UTC) - a_moment
    for name, content in (("c/s1/a", b"four"), ("c/s1/deep/b", b""), ("c/s2/d", b"x")):
        blobs.put(name, content)
    listed = list(blobs.blobs_under("c/s1"))
    assert {blob.name: blob.size_bytes for blob in listed} == {"c/s1/a": 4, "c/s1/deep/b": 0}
    assert all(before <= blob.kept_at <= datetime.now(UTC) + a_moment for blob in listed)
    assert list(blobs.blobs_under("c/none")) == []


def test_folders_are_the_names_of_one_level_that_have_something_below_them(blobs):
    for name in ("c/s1/a", "c/s1/deep/b", "c/s2/d", "c/alone", "d/s3/a"):
        blobs.put(name, b"x")
    assert sorted(blobs.folders_under("c")) == ["s1", "s2"]
    assert list(blobs.folders_under("none")) == []


def test_tidying_takes_no_blob_away(blobs):
    blobs.put("c/a", b"x")
    assert blobs.tidy(datetime.now(UTC) + timedelta(days=1)) == 0
    assert blobs.get("c/a") == b"x"


def test_deleting_a_prefix_takes_all_below_it_and_nothing_beside_it(blobs):
    for name in ("c/s1/a", "c/s1/deep/b", "c/s10/c", "c/s2/d"):
        blobs.put(name, b"x")
    blobs.delete_under("c/s1")
    assert sorted(blobs.names_under("c")) == ["c/s10/c", "c/s2/d"]


def test_deleting_takes_a_single_blob_too_and_what_is_not_there_is_no_error(blobs):
    blobs.put("c/a", b"x")
    blobs.put("c/b", b"x")
    for _ in range(2):
        blobs.delete_under("c/a")
    assert list(blobs.names_under("c")) == ["c/b"]


def test_a_working_keeper_passes_its_check_and_keeps_nothing_of_it(blobs):
    blobs.check()
    assert list(blobs.names_under("ready")) == []


@pytest.mark.parametrize("name", ["", "/", "../x", "a/../b", "a//b", "/a", "a/", ".hidden", "a\x00b", "a b", "ä"])
def test_a_name_that_could_lead_elsewhere_is_refused(blobs, name):
    for use in (lambda: blobs.put(name, b"x"), lambda: blobs.get(name), lambda: blobs.delete_under(name)):
        with pytest.raises(ValueError, match="not a blob name"):
            use()
