"""How people come, change and go, and what a clinic sets for itself."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import update

from service.database.base import now
from service.database.people_tables import Invitation
from service.sandbox.logo import HEIGHT_PX, WIDTH_PX, drawn_anew
from tests.service.people.conftest import OWNER, PASSWORD

SETTINGS = "/app/settings"
OTHER_PASSWORD = "copper meadow violin"


def invited(owner, email: str, role: str) -> str:
    """The path of the link of a new invitation."""
    owner.open(SETTINGS)
    page = owner.send(f"{SETTINGS}/invitations", email=email, role=role)
    return re.search(r'value="http://[^/]+(/invitations/[^"]+)"', page.text).group(1)


def joined(new_browser, path: str, name: str, password: str = OTHER_PASSWORD):
    browser = new_browser()
    browser.open(path)
    browser.page = browser.client.post(path, data={"name": name, "password": password})
    return browser


def actions(owner) -> list[str]:
    return [row["action"] for row in owner.client.get("/v1/audit?limit=1000").json()["items"]]


def test_who_is_invited_joins_once_with_the_role_and_goes_when_ended(owner, new_browser, service):
    path = invited(owner, "Mia@Aurora.example", "marketing")
    assert "Join Aurora" in new_browser().open(path).text
    mia = joined(new_browser, path, "Mia Marketing")
    assert mia.page.url.path == "/app"
    assert new_browser().open(path).status_code == 404
    assert mia.client.get("/v1/subjects").status_code == 200
    csrf = {"X-Liftmark-CSRF": mia.csrf}
    assert mia.client.post("/v1/subjects", json={"reference": "P-1"}, headers=csrf).json()["code"] == "scope_missing"
    assert mia.client.get("/v1/audit").status_code == 403
    assert "API keys" not in mia.open(SETTINGS).text
    for act in ("invitations", "keys", "clinic", "people/x/end"):
        refused = mia.client.post(f"{SETTINGS}/{act}", data={"csrf": mia.csrf, "email": "a@b.example", "name": "x"})
        assert refused.status_code == 403, act
    (person,) = re.findall(r"people/(\w+)/end", owner.open(SETTINGS).text.partition("Mia Marketing")[2])
    assert "signed out everywhere" in owner.send(f"{SETTINGS}/people/{person}/end").text
    assert mia.open("/app").url.path == "/sign-in"
    assert "do not belong together" in mia.sign_in("mia@aurora.example", OTHER_PASSWORD).text
    again = joined(new_browser, invited(owner, "mia@aurora.example", "practitioner"), "Mia Returns")
    assert "Mia Returns" in again.page.text
    told = actions(owner)
    for action in ("invitation_made", "person_made", "signed_in", "person_ended", "people_listed"):
        assert action in told


def test_an_invitation_ends_by_itself_by_hand_and_with_whoever_made_it(owner, new_browser, service):
    withdrawn = invited(owner, "a@aurora.example", "owner")
    (one,) = re.findall(r"invitations/(\w+)/withdraw", owner.open(SETTINGS).text)
    owner.send(f"{SETTINGS}/invitations/{one}/withdraw")
    replaced = invited(owner, "b@aurora.example", "owner")
    second = joined(new_browser, invited(owner, "b@aurora.example", "owner"), "Bo Owner")
    back_door = invited(second, "c@aurora.example", "owner")
    (person,) = set(re.findall(r"people/(\w+)/end", owner.open(SETTINGS).text.partition("Bo Owner")[2]))
    owner.send(f"{SETTINGS}/people/{person}/end")
    old = invited(owner, "d@aurora.example", "marketing")
    with service.database.writing_across() as session:
        session.execute(update(Invitation).values(expires_at=now() - timedelta(seconds=1)))
    for path in (withdrawn, replaced, back_door, old, "/invitations/x"):
        assert new_browser().open(path).status_code == 404
        assert joined(new_browser, path, "Nobody").page.status_code == 404


def test_the_last_owner_stays_an_owner(owner):
    (person,) = set(re.findall(r"people/(\w+)/end", owner.open(SETTINGS).text))
    assert "last owner" in owner.send(f"{SETTINGS}/people/{person}/end").text
    assert "last owner" in owner.send(f"{SETTINGS}/people/{person}/role", role="marketing").text
    assert owner.open("/app").url.path == "/app"


def test_a_new_password_ends_the_other_sessions_alone(owner, new_browser):
    elsewhere = new_browser()
    elsewhere.sign_in()
    owner.open(SETTINGS)
    assert "Your present password is another one" in owner.send(f"{SETTINGS}/password", current="x", password="y").text
    done = owner.send(f"{SETTINGS}/password", current=PASSWORD, password=OTHER_PASSWORD)
    assert "The password is changed" in done.text
    assert elsewhere.open("/app").url.path == "/sign-in"
    assert elsewhere.sign_in(password=PASSWORD).status_code == 403
    assert elsewhere.sign_in(password=OTHER_PASSWORD).url.path == "/app"
    lost = joined(new_browser, invited(owner, OWNER["email"], "marketing"), "", "thistle orbit saddle")
    assert "API keys" in lost.open(SETTINGS).text  # the role stays
    assert elsewhere.open("/app").url.path == "/sign-in"


def test_whether_an_address_is_known_shows_in_no_answer_and_makes_no_difference_in_work(
    owner, new_browser, monkeypatch
):
    hashes = []
    from service.people import passwords

    monkeypatch.setattr(passwords, "_fits", lambda _password, kept: bool(hashes.append(kept)))
    known, unknown = (
        new_browser().client.post("/sign-in", data={"email": email, "password": PASSWORD})
        for email in (OWNER["email"], "nobody@aurora.example")
    )
    assert known.status_code == unknown.status_code == 403
    assert known.text.replace(OWNER["email"], "") == unknown.text.replace("nobody@aurora.example", "")
    assert len(hashes) == 2
    assert len({kept.rpartition("$")[0].rpartition("$")[0] for kept in hashes}) == 1  # the same parameters


class TestFewTries:
    @pytest.fixture
    def settings(self, settings):
        return settings.model_copy(update={"failed_sign_ins_per_minute": 3})

    def test_after_a_few_failures_no_password_is_looked_at(self, owner, new_browser):
        thief = new_browser()
        assert [thief.sign_in(password="x" * 12).status_code for _ in range(4)] == [403, 403, 403, 429]
        assert thief.sign_in().status_code == 429
        assert thief.page.headers["retry-after"] == "60"
        assert owner.open("/app").url.path == "/app"  # who is signed in, stays so


def test_an_owner_makes_and_revokes_keys_of_the_own_clinic_alone(owner, new_clinic):
    stranger = new_clinic("Borealis")
    owner.open(SETTINGS)
    assert "at least one" in owner.send(f"{SETTINGS}/keys").text
    page = owner.send(f"{SETTINGS}/keys", scope="read")
    key = {"Authorization": "Bearer " + re.search(r"lm_[\w-]{43}", page.text).group()}
    assert owner.client.get("/v1/subjects", headers=key).status_code == 200
    assert owner.client.get("/v1/audit", headers=key).status_code == 403
    assert "lm_" not in owner.open(SETTINGS).text
    (mine,) = re.findall(r"keys/(\w+)/revoke", owner.page.text)
    assert stranger.get("/v1/subjects").status_code == 200
    theirs = stranger.get("/v1/audit").json()["items"][-1]["actor"]
    for other in (theirs, "x"):
        refused = owner.client.post(f"{SETTINGS}/keys/{other}/revoke", data={"csrf": owner.csrf})
        assert "No such key" in refused.text
    owner.send(f"{SETTINGS}/keys/{mine}/revoke")
    assert owner.client.get("/v1/subjects", headers=key).status_code == 401
    assert stranger.get("/v1/subjects").status_code == 200
    assert {"key_made", "key_revoked"} <= set(actions(owner))


def test_a_clinic_names_itself_and_has_a_logo(owner):
    owner.open(SETTINGS)
    assert "Aurora &amp; Söhne" in owner.send(f"{SETTINGS}/clinic", name=" Aurora  & Söhne ").text
    assert "Give a name" in owner.send(f"{SETTINGS}/clinic", name=" ").text
    for content, says in ((b"x" * 1_000_001, "1 MB"), (b"photo cut in half", "PNG or JPEG"), (b"logo", "is changed")):
        sent = {"data": {"csrf": owner.csrf}, "files": {"file": ("logo.png", content)}}
        owner.page = owner.client.post(f"{SETTINGS}/logo", **sent)
        assert says in owner.page.text
    picture = owner.client.get(f"{SETTINGS}/logo.png")
    assert (picture.headers["content-type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    owner.send(f"{SETTINGS}/logo")
    assert owner.client.get(f"{SETTINGS}/logo.png").status_code == 404


def written(picture: Image.Image, kind: str, **more) -> bytes:
    stream = BytesIO()
    picture.save(stream, kind, **more)
    return stream.getvalue()


def test_a_logo_is_drawn_anew_small_and_without_anything_else():
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "Xanthippe")
    (drawn,) = drawn_anew(written(Image.new("RGBA", (3000, 500), (9, 8, 7, 0)), "PNG", pnginfo=told))
    logo = Image.open(BytesIO(drawn))
    assert logo.size == (WIDTH_PX, WIDTH_PX * 500 // 3000)
    assert (logo.mode, logo.getpixel((0, 0))[3]) == ("RGBA", 0)
    assert b"Xanthippe" not in drawn
    (upright,) = drawn_anew(written(Image.new("CMYK", (100, 900)), "JPEG"))
    assert Image.open(BytesIO(upright)).height == HEIGHT_PX
    for none in (b"", b"<svg/>", written(Image.new("L", (5, 5)), "GIF"), written(Image.new("1", (4001, 1)), "PNG")):
        assert drawn_anew(none) == ()
