"""Keys and ciphertexts."""

import base64
import stat
import threading

import pytest

from service.blobs import BlobDamagedError, LocalFolder
from service.blobs.key_ring import KeyFiles, KeyRing, Sealed
from service.blobs.master_key import Cipher, MasterKey, MasterKeyError, UnknownMasterKeyError
from service.blobs.vault import Vaults
from service.database.tables import Subject


@pytest.fixture
def vaults(tmp_path) -> Vaults:
    return Vaults(LocalFolder(tmp_path / "blobs"), KeyRing.of(MasterKey(b"m" * 32)))


def a_subject(vaults: Vaults, name: str) -> Subject:
    key = vaults.new_wrapped_key(name)
    return Subject(id=name, tenant_id="clinic", reference=name, wrapped_key=key.content, wrapped_by=key.by)


def test_what_is_sealed_opens_in_its_own_context_alone():
    cipher = Cipher(b"k" * 32)
    sealed = cipher.seal(b"photo", "photos/1")
    assert cipher.open(sealed, "photos/1") == b"photo"
    for other in (lambda: cipher.open(sealed, "photos/2"), lambda: Cipher(b"l" * 32).open(sealed, "photos/1")):
        with pytest.raises(MasterKeyError):
            other()


@pytest.mark.parametrize("position", [0, 12, 20, -1])
def test_an_altered_byte_is_noticed(position):
    cipher = Cipher(b"k" * 32)
    sealed = bytearray(cipher.seal(b"photo of a face", "c"))
    sealed[position] ^= 1
    with pytest.raises(MasterKeyError):
        cipher.open(bytes(sealed), "c")


def test_sealing_twice_gives_two_ciphertexts():
    cipher = Cipher(b"k" * 32)
    assert cipher.seal(b"photo", "c") != cipher.seal(b"photo", "c")


def test_a_subjects_key_does_not_open_another_subjects_blobs(vaults):
    first, second = a_subject(vaults, "s1"), a_subject(vaults, "s2")
    vaults.of(first).put("a", b"photo")
    stolen = vaults.store.get("clinic/s1/a")
    vaults.store.put("clinic/s2/a", stolen)
    with pytest.raises(BlobDamagedError):
        vaults.of(second).get("a")


def test_a_wrapped_key_opens_for_its_own_subject_alone(vaults):
    subject = a_subject(vaults, "s1")
    subject.id = "s2"
    with pytest.raises(MasterKeyError):
        vaults.of(subject)


def test_the_master_key_file_is_the_owners_alone_and_stays_the_same(tmp_path):
    path = tmp_path / "new" / "master.key"
    first = MasterKey.from_file(path).derive("test")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert MasterKey.from_file(path).derive("test") == first


def test_processes_that_start_together_share_one_master_key(tmp_path):
    keys = []
    threads = [
        threading.Thread(target=lambda: keys.append(MasterKey.from_file(tmp_path / "k").derive("t"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


@pytest.mark.parametrize("written", ["", "short", base64.b64encode(b"x" * 31).decode(), "ü" * 44])
def test_a_master_key_that_is_none_is_refused(written):
    with pytest.raises(MasterKeyError):
        MasterKey.from_base64(written)


def test_keys_of_two_purposes_differ():
    master = MasterKey(b"m" * 32)
    assert master.derive("links") != master.derive("other")


@pytest.fixture
def files(tmp_path) -> KeyFiles:
    MasterKey.from_file(tmp_path / "master.key")
    return KeyFiles(tmp_path / "master.key", tmp_path / "other-master.keys")


def test_a_key_that_is_replaced_is_noticed_and_the_former_one_still_opens(files):
    ring = KeyRing(files)
    before = ring.seal(b"key", "s")
    new = files.replace()
    after = ring.seal(b"key", "s")
    assert after.by == new.id != before.by
    assert [ring.open(one, "s") for one in (before, after)] == [b"key"] * 2
    assert stat.S_IMODE(files.others.stat().st_mode) == 0o600
    assert KeyRing(files).open(before, "s") == b"key"


@pytest.mark.parametrize("spoil", [lambda file: file.unlink(), lambda file: file.write_bytes(b"torn")])
def test_a_key_file_that_is_gone_or_torn_for_a_moment_changes_nothing_and_is_not_made_anew(files, spoil):
    ring, key = KeyRing(files), files.present.read_bytes()
    sealed = ring.seal(b"key", "s")
    spoil(files.present)
    assert ring.open(sealed, "s") == b"key"
    assert ring.seal(b"key", "s").by == sealed.by
    assert not files.present.exists() or files.present.read_bytes() == b"torn"
    files.present.write_bytes(key)
    assert ring.open(sealed, "s") == b"key"


def test_what_names_a_key_that_is_not_here_says_which():
    with pytest.raises(UnknownMasterKeyError, match="abcd"):
        KeyRing.of(MasterKey(b"m" * 32)).open(Sealed(b"x" * 60, "abcd"), "s")


def test_what_names_no_key_is_opened_by_the_one_that_sealed_it():
    former, new = MasterKey(b"f" * 32), MasterKey(b"n" * 32)
    unnamed = Sealed(former.seal(b"key", "s"), "")
    assert KeyRing.of(new, former).open(unnamed, "s") == b"key"
    with pytest.raises(MasterKeyError):
        KeyRing.of(new).open(unnamed, "s")
