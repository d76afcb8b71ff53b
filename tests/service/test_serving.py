"""How the web process is started."""

import gc

import pytest

from service import serving
from service.settings import Settings


@pytest.fixture
def usual_collection():
    threshold = gc.get_threshold()
    gc.unfreeze()  # what the tests themselves left out
    yield
    gc.set_threshold(*threshold)


def test_what_is_loaded_is_left_out_of_searches_for_garbage(monkeypatch, usual_collection, tmp_path):
    found = []

    class Server:
        def run(self) -> None:
            found.append((gc.get_freeze_count(), gc.get_threshold()))

    monkeypatch.setattr(serving, "_server", lambda *_: Server())
    serving.serve(Settings(data=tmp_path), "127.0.0.1", 0)
    (frozen, threshold) = found[0]
    assert frozen > 100_000
    assert threshold[0] > 5_000
