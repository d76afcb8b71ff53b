"""The service as a client meets it, with an analyst that looks at the first bytes alone."""

import hashlib
import shutil
import socket
import threading
import time
from io import BytesIO

import httpx
import pytest
from PIL import Image

from models.anatomy import View
from models.measurand import MEASURANDS, MeasurandCode
from models.pose_hint import HintCode, PoseHints
from models.quality import Flag, FlagCode, Refused
from service.app import create_app
from service.assembly import open_database
from service.documents import ComparisonDocument, MeasurementDocument, refused_document
from service.documents.pose_hints import pose_hints_document
from service.documents.publishing import HonestyDocument, PublishedDocument
from service.sandbox import CompareOutcome, CrashKind, MeasureOutcome, PublishOutcome, WholePicture, WorkerCrashed
from service.serving import serving
from service.settings import Settings
from service.tenancy.keys import create_key

QUALITY = {"verdict": "usable", "flags": []}
PHOTO_DOCUMENT = {
    "sha256": "ab" * 32,
    "taken_at": "2026-03-02T10:00:00Z",
    "quality": QUALITY,
    "pose_deg": {"yaw": 0.4, "pitch": -1.2, "roll": 0.1},
    "scale": {"mm_per_px": 0.101, "relative_uncertainty": 0.004, "method": "iris"},
}
LID = {
    "measurand": "mrd1",
    "side": "left",
    "name": "MRD1",
    "family": MEASURANDS[MeasurandCode.MRD1].family,
    "what": "Upper lid.",
    "unit": "mm",
    "standard_uncertainty": 0.06,
    "reason": None,
}
SIDE = {
    "iris": {"centre": (200, 150), "radius": 10},
    "upper_lid": ((225, 150), (212, 142), (200, 140), (188, 143), (175, 151)),
    "lower_lid": ((225, 150), (212, 158), (200, 160), (188, 158), (175, 151)),
    "jawline": ((260, 250), (258, 290), (240, 330), (200, 360), (150, 370)),
    "nasolabial_fold": None,
    "reasons": {"nasolabial_fold": "Too faint."},
}


def mirrored(shape):
    if isinstance(shape, dict):
        return {"centre": (300 - shape["centre"][0], shape["centre"][1]), "radius": shape["radius"]}
    return shape and tuple((300 - x, y) for x, y in shape)


OTHER_SIDE = {name: shape if name == "reasons" else mirrored(shape) for name, shape in SIDE.items()}
MEASURED = MeasurementDocument(
    **PHOTO_DOCUMENT,
    method_version="2026.11.0",
    size_px=(300, 400),
    expression={"smile": 0, "brow_raise": 0, "squint": 0, "jaw_open": 0, "blink": 0, "gaze": (0, 0)},
    measurements=[LID | {"value": 3.91}],
    contours_px={"left": SIDE, "right": OTHER_SIDE},
)
IDENTITY = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
COMPARED = ComparisonDocument(
    method_version="2026.11.0",
    before=PHOTO_DOCUMENT,
    after=PHOTO_DOCUMENT,
    comparability={"verdict": "comparable", "flags": []},
    alignment={"residual_mm": 0.1, "before_to_aligned": IDENTITY, "after_to_aligned": IDENTITY},
    changes=[
        LID
        | {"before": 3.91, "after": 4.41, "change": 0.5, "ci95": (0.38, 0.62), "mdc95": 0.12}
        | {"verdict": "detectable_increase"}
        | {"error_terms": [{"source": "registration", "standard_uncertainty": 0.06}]}
    ],
    negative_controls=[],
    aligned_size_px=(1200, 1500),
    overlays=[],
)

PUBLISHED = PublishedDocument(
    honesty=HonestyDocument(score=88, verdict="Nothing flatters the after photo.", formula="100", factors=()),
    size_px=(16, 16),
    px_per_aligned=1,
    before_to_output=IDENTITY,
    after_to_output=IDENTITY,
)


def measured(corrections, subject, found=None) -> MeasurementDocument:
    """What is found in a photo, with the corrections in place of it and at the subject's scale."""
    document = (found or MEASURED).model_dump()
    for one in corrections:
        side = document["contours_px"][one.side]
        side["found"] = {**side.get("found", {}), one.contour: side[one.contour]}
        side[one.contour] = one.points or {"centre": one.centre, "radius": one.radius}
        placed = {"side": one.side, "contour": one.contour, "corrected_by": one.corrected_by}
        document["corrections"] = (*document["corrections"], {**placed, "corrected_at": one.corrected_at})
    if subject is not None and subject.iris is not None:
        document["scale"] |= {"method": "iris_measured", "iris_mm": subject.iris.mm}
    return MeasurementDocument.model_validate(document)


def burst(before, after) -> ComparisonDocument:
    """The last of each visit is shown, the first of the befores left out."""
    frames = [
        {"which": which, "index": index, "use": "shown" if index == len(shots) - 1 else "left_out", "reason": "Blink."}
        for which, shots in (("before", before), ("after", after))
        for index in range(len(shots))
    ]
    return COMPARED.model_validate({**COMPARED.model_dump(), "frames": frames})


PHOTO = b"photo of a face"
FACELESS = b"photo of a wall"
POISON = b"photo that kills"
UNREADABLE = b"photo cut in half"
TEXT = b"a text named .jpg"


class FakeAnalyst:
    """Stands where the sandbox stands. It holds every analysis while ``go_on`` is cleared."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.go_on.set()
        self.breaks = False
        self.measured: list[bytes] = []
        self.told: list[tuple] = []
        self.compared: list[tuple] = []
        self.views: list[View] = []
        self.floors: list[tuple] = []
        self.published: list = []

    def check(self, upload: bytes):
        if not upload:
            return refused_document(Refused(Flag.of(FlagCode.EMPTY_FILE)))
        return None if upload.startswith(b"photo") else refused_document(Refused(Flag.of(FlagCode.NOT_AN_IMAGE)))

    def picture(self, upload: bytes) -> bytes | None:
        return None if upload == FACELESS else b"\xff\xd8 picture"

    def whole_picture(self, upload: bytes) -> WholePicture | None:
        if upload == POISON:
            raise WorkerCrashed(CrashKind.MEMORY)
        return None if upload == UNREADABLE else WholePicture(b"\xff\xd8 whole \xff\xd9", 300, 400)

    def pose_hints(self, preview: bytes, held):
        found = PoseHints(() if held else (HintCode.FIND_FACE,))
        return None if preview == UNREADABLE else pose_hints_document(found)

    def logo(self, upload: bytes) -> bytes | None:
        return None if upload == UNREADABLE else b"\x89PNG logo"

    def measure(self, upload: bytes, view=View.FRONTAL, corrections=(), subject=None, *, checked=False):
        self.measured.append(upload)
        self.views.append(view)
        self.told.append((corrections, subject))
        assert self.go_on.wait(20)
        if self.breaks or upload == POISON:
            raise WorkerCrashed(CrashKind.MEMORY)
        if upload == FACELESS:
            return MeasureOutcome(refused_document(Refused(Flag.of(FlagCode.NO_FACE))), None, b"\xff\xd8 small")
        return MeasureOutcome(measured(corrections, subject), b"\xff\xd8 overlay", b"\xff\xd8 small")

    def compare_shots(
        self, before, after, subject=None, view=View.FRONTAL, *, checked=False, floors=()
    ) -> CompareOutcome:
        self.views.append(view)
        self.compared.append((before, after, subject))
        self.floors.append(floors)
        assert self.go_on.wait(20)
        if len(before) + len(after) > 2:
            return CompareOutcome(burst(before, after), b"\xff\xd8 before", b"\xff\xd8 after")
        if FACELESS in {before[0].upload, after[0].upload}:
            return CompareOutcome(refused_document(Refused(Flag.of(FlagCode.NO_FACE)), "after"), None, None)
        return CompareOutcome(COMPARED, b"\xff\xd8 before", b"\xff\xd8 after")

    def publish(self, order, before, after, logo=None) -> PublishOutcome:
        self.published.append(order)
        assert self.go_on.wait(20)
        if FACELESS in {before, after}:
            return PublishOutcome(PublishedDocument(refused="No."), None, ())
        if order.draft:
            return PublishOutcome(PUBLISHED, drawn(before + after), ())
        kind = order.layout if order.layout in {"gif", "webp"} else order.image_type
        alone = order.layout in {"pair", "slider"}
        shown = (before, after) if alone else (before + after,)
        return PublishOutcome(PUBLISHED, drawn(before + after), tuple(drawn(one, kind) for one in shown))


def drawn(content: bytes, kind: str = "jpeg") -> bytes:
    """A picture with ``content`` in it, which as a JPEG it tells."""
    file, comment = BytesIO(), {"comment": content} if kind == "jpeg" else {}
    Image.new("RGB", (16, 16), tuple(hashlib.sha256(content).digest()[:3])).save(file, kind, **comment)
    return file.getvalue()


class Clinic:
    """A client with a key of its own, and the few calls that most tests begin with."""

    def __init__(self, client: httpx.Client, key: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str, **options):
        return self.client.get(path, headers=self.headers, **options)

    def post(self, path: str, json=None, headers=(), **options):
        return self.client.post(path, json=json, headers={**self.headers, **dict(headers)}, **options)

    def put(self, path: str, json=None):
        return self.client.put(path, json=json, headers=self.headers)

    def patch(self, path: str, json=None):
        return self.client.patch(path, json=json, headers=self.headers)

    def ended(self, path: str) -> dict:
        """What is at ``path`` once it is no longer queued."""
        deadline = time.monotonic() + 20
        while (seen := self.get(path).json())["status"] == "queued":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return seen

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


@pytest.fixture(scope="session")
def new_home(tmp_path_factory):
    """What a first start makes, so that not every test waits for the tables."""
    data = tmp_path_factory.mktemp("new") / "data"
    with open_database(Settings(data=data, database_url=None, blobs_url=None, master_key=None)):
        return data


@pytest.fixture
def settings(tmp_path, monkeypatch, new_home) -> Settings:
    for name in ("DATABASE_URL", "BLOBS_URL", "MASTER_KEY"):
        monkeypatch.delenv(f"LIFTMARK_{name}", raising=False)
    hosts = "private:http://127.0.0.1:9"  # where nobody listens
    rates = ("requests_per_minute", "key_requests_per_minute", "heavy_per_minute", "failed_keys_per_minute")
    shutil.copytree(new_home, tmp_path / "data")
    no_limits = dict.fromkeys(rates, 1_000_000)  # tests ask faster than any clinic, and with many wrong keys
    return Settings(
        data=tmp_path / "data", workers=2, upload_limit_mb=0.2, receive_idle_s=2, webhook_hosts=hosts, **no_limits
    )


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
        with serving(app, listener) as address:
            yield address
            analyst.go_on.set()


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
        with service.database.writing_across() as session:
            return Clinic(client, create_key(session, name, scopes))

    return make


@pytest.fixture
def clinic(new_clinic) -> Clinic:
    return new_clinic("Aurora")


@pytest.fixture
def other_clinic(new_clinic) -> Clinic:
    return new_clinic("Borealis")
