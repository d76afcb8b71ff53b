"""The service as a client meets it, with an analyst that looks at the first bytes alone."""

import importlib.util
import socket
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from models.quality import Flag, FlagCode, Refused
from service.app import create_app
from service.documents import comparison_document, measurement_document, refused_document
from service.sandbox import CompareOutcome, CrashKind, MeasureOutcome, WorkerCrashed
from service.serving import server
from service.settings import Settings
from service.tenancy.keys import create_key

_spec = importlib.util.spec_from_file_location("service_examples", Path(__file__).parents[1] / "examples.py")
examples = sys.modules.setdefault("service_examples", importlib.util.module_from_spec(_spec))
_spec.loader.exec_module(examples)

PHOTO = b"photo of a face"
FACELESS = b"photo of a wall"
POISON = b"photo that kills"
TEXT = b"a text named .jpg"


class FakeAnalyst:
    """Stands where the sandbox stands. It holds every analysis while ``go_on`` is cleared."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.go_on.set()
        self.measured: list[bytes] = []

    def check(self, upload: bytes):
        if not upload:
            return refused_document(Refused(Flag.of(FlagCode.EMPTY_FILE)))
        return None if upload.startswith(b"photo") else refused_document(Refused(Flag.of(FlagCode.NOT_AN_IMAGE)))

    def measure(self, upload: bytes) -> MeasureOutcome:
        self.measured.append(upload)
        assert self.go_on.wait(20)
        if upload == POISON:
            raise WorkerCrashed(CrashKind.MEMORY)
        if upload == FACELESS:
            return MeasureOutcome(refused_document(Refused(Flag.of(FlagCode.NO_FACE))), None)
        return MeasureOutcome(measurement_document(examples.an_analysis()), b"\xff\xd8 overlay")

    def compare(self, before: bytes, after: bytes) -> CompareOutcome:
        if FACELESS in {before, after}:
            return CompareOutcome(refused_document(Refused(Flag.of(FlagCode.NO_FACE)), "after"), None, None)
        pair = examples.a_comparison(examples.a_change(0.5), examples.a_refused_change())
        document = comparison_document(examples.an_analysis(), examples.an_analysis("cd" * 32), pair)
        return CompareOutcome(document, b"\xff\xd8 before", b"\xff\xd8 after")


class Clinic:
    """A client with a key of its own, and the few calls that most tests begin with."""

    def __init__(self, client: httpx.Client, key: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str, **options):
        return self.client.get(path, headers=self.headers, **options)

    def post(self, path: str, json=None, headers=(), **options):
        return self.client.post(path, json=json, headers={**self.headers, **dict(headers)}, **options)

    def delete(self, path: str):
        return self.client.delete(path, headers=self.headers)

    def subject(self, reference: str = "P-1") -> str:
        return self.post("/v1/subjects", {"reference": reference}).json()["id"]

    def visit(self, subject: str | None = None) -> str:
        new = {"taken_at": "2026-03-02T10:00:00+01:00", "phase": "baseline"}
        return self.post(f"/v1/subjects/{subject or self.subject()}/visits", new).json()["id"]

    def upload(self, visit: str, content: bytes = PHOTO, key: str | None = None, wait: float = 10, view="frontal"):
        return self.post(
            f"/v1/visits/{visit}/photos?wait={wait}",
            files={"file": ("a.jpg", content, "image/jpeg")},
            data={"view": view},
            headers={"Idempotency-Key": key} if key else {},
        )

    def photo(self, content: bytes = PHOTO, visit: str | None = None) -> str:
        return self.upload(visit or self.visit(), content).json()["id"]

    def pair(self, after: bytes = PHOTO) -> str:
        visit = self.visit()
        asked = {"before_photo_id": self.photo(visit=visit), "after_photo_id": self.photo(after, visit)}
        return self.post("/v1/comparisons", asked).json()["id"]


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    for name in ("DATABASE_URL", "BLOBS_URL", "MASTER_KEY"):
        monkeypatch.delenv(f"LIFTMARK_{name}", raising=False)
    return Settings(data=tmp_path / "data", workers=2, upload_limit_mb=0.2)


@pytest.fixture
def analyst() -> FakeAnalyst:
    return FakeAnalyst()


@pytest.fixture
def app(settings, analyst):
    return create_app(settings, analyst)


@pytest.fixture
def address(app, analyst):
    """Where the app is served, by the real server on a port of its own."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        serving = server(app, "127.0.0.1", 0)
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]})
        thread.start()
        while not serving.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        analyst.go_on.set()
        serving.should_exit = True
        thread.join()


@pytest.fixture
def client(address):
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture
def service(app, address):
    return app.state.service


@pytest.fixture
def new_clinic(client, service):
    """Make further clinics, or further keys with fewer scopes."""

    def make(name: str, *scopes) -> Clinic:
        with service.database.writing() as session:
            return Clinic(client, create_key(session, name, scopes))

    return make


@pytest.fixture
def clinic(new_clinic) -> Clinic:
    return new_clinic("Aurora")


@pytest.fixture
def other_clinic(new_clinic) -> Clinic:
    return new_clinic("Borealis")
