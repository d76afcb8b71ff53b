"""Uploads that come at once never keep more than the clinic may, on every database."""

import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from service.app import create_app
from service.serving import serving
from service.settings import Settings
from service.tenancy.keys import create_key
from tests.service.api.conftest import Clinic, FakeAnalyst


@pytest.fixture
def clinic(database_url, tmp_path):
    settings = Settings(data=tmp_path, database_url=database_url, photos_limit=5, workers=1)
    app = create_app(settings, FakeAnalyst())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        with serving(app, listener) as address, httpx.Client(base_url=address, timeout=60) as client:
            with app.state.service.database.writing_across() as session:
                key = create_key(session, "Aurora")
            yield Clinic(client, key)


def test_uploads_at_once_never_keep_more_than_one_after_the_other(clinic):
    visits = [clinic.visit(clinic.subject(f"P-{number}")) for number in range(4)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: clinic.upload(visits[n % 4], b"photo %d" % n, wait=0), range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [403] * 15
    assert clinic.get("/v1/usage").json()["photos"] == {"used": 5, "limit": 5}
