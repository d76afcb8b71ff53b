"""An object store that is down, slow or lying: nothing is said to be kept that is not, and no wrong bytes come back."""

import os
import secrets
import socket
import threading
from datetime import timedelta

import pytest

from service.blobs import BlobDamagedError, BlobMissingError, BlobsUnavailableError, ObjectStore
from service.blobs.key_ring import KeyRing
from service.blobs.master_key import MasterKey
from service.blobs.vault import Vaults
from service.database.tables import Subject
from tests.contracts.unreliable_store import UnreliableStore, unreliable_store

REQUEST = timedelta(seconds=1)
RETRY = timedelta(seconds=0.5)
NAME = "clinic/subject/photos/1/upload"


@pytest.fixture
def store(s3, monkeypatch):
    with unreliable_store(os.environ["AWS_ENDPOINT"]) as store:
        monkeypatch.setenv("AWS_ENDPOINT", store.endpoint)
        yield store


@pytest.fixture
def blobs(s3, store) -> ObjectStore:
    return ObjectStore(f"{s3}/{secrets.token_hex(6)}", REQUEST, RETRY)


def test_a_working_store_is_asked_whether_it_kept_what_it_was_sent(store, blobs):
    blobs.put(NAME, b"photo")
    assert store.asked == ["PUT", "HEAD"]


@pytest.mark.parametrize("fault", ["silent", "reset", "error 500", "error 503", "forgetful", "half kept"])
def test_a_put_that_failed_is_never_said_to_have_been_kept(store: UnreliableStore, blobs, fault):
    store.fail(fault)
    with pytest.raises(BlobsUnavailableError):
        blobs.put(NAME, b"photo")
    store.fail(None)
    store.let_go.set()
    blobs.put(NAME, b"photo")
    assert blobs.get(NAME) == b"photo"


@pytest.mark.parametrize("fault", ["silent", "reset", "error 500", "cut short"])
def test_a_get_that_failed_is_an_error_and_not_half_a_photo(store, blobs, fault):
    blobs.put(NAME, b"photo")
    store.fail(fault, "GET")
    with pytest.raises(BlobsUnavailableError):
        blobs.get(NAME)


def test_a_failure_that_passes_is_not_noticed(store, blobs):
    blobs.put(NAME, b"photo")
    store.fail("error 503", "GET")
    threading.Timer(0.05, store.fail, [None]).start()
    assert blobs.get(NAME) == b"photo"


def test_a_slow_store_is_waited_for(store, blobs):
    store.fail("slow")
    blobs.put(NAME, b"photo")
    assert blobs.get(NAME) == b"photo"


def test_a_store_that_is_not_there_is_given_up_soon(s3, monkeypatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:{1}".format(*nobody.getsockname()))
        blobs = ObjectStore(s3, REQUEST, RETRY)
        for use in (lambda: blobs.put(NAME, b"x"), lambda: blobs.get(NAME), lambda: list(blobs.names_under("clinic"))):
            with pytest.raises(BlobsUnavailableError):
                use()


def test_a_silent_store_keeps_few_waiting_and_turns_the_others_away(store, blobs):
    store.fail("silent")
    told: list[str] = []

    def use() -> None:
        with pytest.raises(BlobsUnavailableError) as why:
            blobs.get(NAME)
        told.append(str(why.value))

    threads = [threading.Thread(target=use) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 40
    assert 16 <= len(store.asked) < 40


@pytest.mark.parametrize("fault", ["altered", "missing"])
def test_a_photo_that_the_store_altered_does_not_open(s3, store, blobs, fault):
    vaults = Vaults(blobs, KeyRing.of(MasterKey(b"k" * 32)))
    wrapped = vaults.new_wrapped_key("s")
    subject = Subject(id="s", tenant_id="t", wrapped_key=wrapped.content, wrapped_by=wrapped.by)
    vault = vaults.of(subject)
    vault.put("photo", b"the bytes of a photo")
    if fault == "missing":
        blobs.delete_under("t/s/photo")
    store.fail(fault, "GET")
    with pytest.raises(BlobDamagedError if fault == "altered" else BlobMissingError):
        vault.get("photo")
