"""The ledger: it survives a kill at any byte, and lies about no file."""

import os

import pytest

from service.importing.ledger import Ledger


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"photo")
    return path


@pytest.fixture
def written(tmp_path, photo):
    with Ledger(tmp_path / "ledger") as ledger:
        ledger.write(photo, "ab" * 32, {"outcome": "accepted"})
    return tmp_path / "ledger"


def test_a_hash_is_known_while_the_file_stays_what_it_was(written, photo):
    assert Ledger(written).sha256(photo) == "ab" * 32
    photo.write_bytes(b"other")
    os.utime(photo, ns=(1, 1))
    assert Ledger(written).sha256(photo) is None


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_line_that_was_cut_short_is_passed_over_and_spoils_no_other(written, photo, tmp_path, cut):
    whole = written.read_bytes()
    written.write_bytes(whole + whole[:cut])
    other = tmp_path / "b.jpg"
    other.write_bytes(b"photo")
    with Ledger(written) as ledger:
        ledger.write(other, "cd" * 32, {})
    again = Ledger(written)
    assert (again.sha256(photo), again.sha256(other)) == ("ab" * 32, "cd" * 32)


def test_a_file_that_is_no_ledger_says_nothing(tmp_path, photo):
    path = tmp_path / "ledger"
    path.write_bytes(b"\xff\xfe[1, 2]\nnull\n{}\n")
    assert Ledger(path).sha256(photo) is None


def test_its_owner_alone_may_read_it(written):
    assert written.stat().st_mode & 0o077 == 0
