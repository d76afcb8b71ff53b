"""Content credentials, read by a reader that shares nothing with what wrote them, and by the library's own."""

import io
import json

import c2pa
import pytest
from PIL import Image

from models.publishing import Layout
from service.assembly import key_ring, open_database
from service.documents.publishing import HonestyDocument, PublishedDocument
from service.exports.certificate import CertificateError, installations_identity
from service.exports.credentials import ASSERTION, Credentials, Provenance, manifests
from service.exports.schemas import ExportOptions
from service.settings import Settings
from tests.service.exports.credentials_reader import read

TURNED = ((0.7133, 0.0104, -17.823), (-0.0104, 0.7133, -42.516), (0.0, 0.0, 1.0))
PUBLISHED = PublishedDocument(
    honesty=HonestyDocument(
        score=59, verdict="The after photo is flattered by: a higher chin.", formula="…", factors=()
    ),
    size_px=(64, 48),
    px_per_aligned=0.75,
    before_to_output=TURNED,
    after_to_output=TURNED,
    eye_bar_px=(3, 4, 60, 20),
)
ORIGINALS = ("ab" * 32, "cd" * 32)


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    return Settings(data=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def credentials(settings):
    settings.data.mkdir(exist_ok=True)
    ring = key_ring(settings)
    with open_database(settings, ring) as database:
        yield Credentials(settings, database, ring)


def picture(kind: str) -> bytes:
    drawn, file = Image.new("RGB", (64, 48)), io.BytesIO()
    drawn.putdata([(x, (x * 7) % 256, 99) for x in range(64)] * 48)
    drawn.save(file, kind)
    return file.getvalue()


def signed(credentials, kind: str, layout: Layout = Layout.STACKED) -> bytes:
    told = Provenance(ExportOptions(format=layout, eye_bar=True), "website", ORIGINALS, PUBLISHED)
    manifest = next(manifests(told, f"image/{kind}", 1 if layout is Layout.STACKED else 2))
    return credentials.sign(picture(kind), f"image/{kind}", manifest)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_an_independent_reader_finds_what_was_done_and_that_nothing_changed_since(credentials, kind):
    file = signed(credentials, kind)
    found = read(file)
    assert (found.signature_holds, found.assertions_hold, found.bytes_hold) == (True, True, True)
    leaf, root = found.certificates
    leaf.verify_directly_issued_by(root)
    ours = found.assertions[ASSERTION]
    assert (ours["honest_pair"]["score"], ours["consent_purpose"], ours["colours"]) == (59, "website", "untouched")
    assert ours["originals_sha256"] == {"before": ORIGINALS[0], "after": ORIGINALS[1]}
    actions = found.assertions["c2pa.actions.v2"]["actions"]
    assert [one["action"].removeprefix("c2pa.") for one in actions] == [
        *("created", "placed", "orientation", "resized", "cropped", "placed", "orientation", "resized", "cropped"),
        *("drawing", "edited"),
    ]
    assert actions[2]["parameters"]["matrix"] == "0.7133 0.0104 -17.823; -0.0104 0.7133 -42.516"
    descriptions = [one["description"] for label, one in found.assertions.items() if "ingredient" in label]
    assert [one.rpartition(" ")[2] for one in descriptions] == list(ORIGINALS)
    assert c2pa.Reader(f"image/{kind}", io.BytesIO(file)).get_validation_state() == "Valid"


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif"])
def test_one_changed_pixel_is_noticed(credentials, kind):
    file = signed(credentials, kind)
    plain = picture(kind)
    inside = plain[len(plain) // 2 :][:12]  # of the picture's own data, wherever the manifest stands
    at = file.index(inside) + 5
    changed = file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]
    assert c2pa.Reader(f"image/{kind}", io.BytesIO(changed)).get_validation_state() == "Invalid"
    if kind != "gif":
        assert read(changed).bytes_hold is False
        assert read(changed).signature_holds is True


def test_a_changed_score_is_noticed(credentials):
    file = signed(credentials, "jpeg")
    changed = file.replace(b'"score":59', b'"score":99')
    assert changed != file
    found = read(changed)
    assert (found.signature_holds, found.assertions_hold) == (True, False)


def test_a_photo_that_stands_alone_comes_from_its_original_alone(credentials):
    found = read(signed(credentials, "jpeg", Layout.PAIR))
    assert found.assertions["c2pa.ingredient.v3"]["relationship"] == "parentOf"
    assert found.assertions["c2pa.actions.v2"]["actions"][0]["action"] == "c2pa.opened"
    assert "c2pa.ingredient.v3__1" not in found.assertions


def test_nothing_in_the_credentials_names_a_person_or_a_record(credentials):
    told = json.dumps(c2pa.Reader("image/jpeg", io.BytesIO(signed(credentials, "jpeg"))).get_active_manifest())
    assert not any(word in told for word in ("subject_id", "comparison_id", "tenant", "reference", "taken_at"))


def test_the_installation_signs_with_one_certificate_of_its_own_that_is_kept_sealed(settings, credentials):
    before = read(signed(credentials, "png")).certificates[0]
    ring = key_ring(settings)
    with open_database(settings, ring) as database:
        again = Credentials(settings, database, ring)
        assert read(signed(again, "png")).certificates[0] == before
        identity = installations_identity(database, ring)
    kept = b"".join(path.read_bytes() for path in settings.data.glob("liftmark.db*"))
    assert identity.key_pem.splitlines()[1] not in kept


def test_the_operators_own_certificate_signs_where_it_is_set_and_a_broken_one_is_told(settings, credentials, tmp_path):
    ring = key_ring(settings)
    with open_database(settings, ring) as database:
        identity = installations_identity(database, ring)
        files = {"c2pa_cert": tmp_path / "chain.pem", "c2pa_key": tmp_path / "key.pem"}
        files["c2pa_cert"].write_bytes(identity.chain_pem)
        files["c2pa_key"].write_bytes(identity.key_pem)
        own = Credentials(settings.model_copy(update=files), database, ring)
        assert read(signed(own, "jpeg")).holds
        files["c2pa_key"].write_bytes(b"no key")
        with pytest.raises(CertificateError):
            signed(Credentials(settings.model_copy(update=files), database, ring), "jpeg")
