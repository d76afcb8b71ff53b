"""The first start, signing in and out, and what a session is good for."""

from datetime import timedelta

from sqlalchemy import update

from service.database.base import now
from service.database.people_tables import SignIn
from service.people.cookies import COOKIE
from tests.service.people.conftest import OWNER, PASSWORD


def test_whoever_holds_the_code_becomes_the_owner_once_and_nobody_else(new_browser, service):
    path = service.welcome.path()
    stranger, first = new_browser(), new_browser()
    for entrance in ("/", "/sign-in", "/welcome", "/welcome?code=guess"):
        assert "Liftmark is running" in stranger.open(entrance).text
    answer = stranger.client.post("/welcome", data={**OWNER, "code": "guess"})
    assert answer.status_code == 404
    first.open(path)
    for weak in ("short", "x" * 12, "Password123!", "ownerowner12", "1234567890123"):
        assert 'role="alert"' in first.send("/welcome", **{**OWNER, "password": weak}).text, weak
    assert first.send("/welcome", **OWNER).url.path == "/app/upload"
    assert "Ada Owner" in first.page.text
    assert "Aurora" in first.page.text
    assert service.welcome.path() is None
    for entrance in ("/", "/welcome", path):
        assert stranger.open(entrance).url.path == "/sign-in"
    assert stranger.client.post("/welcome", data={**OWNER, "code": path.partition("=")[2]}).status_code == 404


def test_a_session_opens_pages_and_the_api_until_it_ends(owner, new_browser):
    assert owner.client.get("/v1/subjects").json()["items"] == []
    token = owner.client.cookies[COOKIE]
    thief = new_browser()
    thief.client.cookies[COOKIE] = token
    assert thief.open("/app").status_code == 200
    owner.send("/app/sign-out")
    assert owner.page.url.path == "/sign-in"
    assert thief.client.get("/v1/subjects").status_code == 401
    assert dict(thief.open("/app/x?y=1").url.params) == {"next": "/app/x?y=1"}


def test_a_new_session_has_a_token_that_nobody_brought(owner, new_browser):
    fixed = new_browser()
    fixed.client.cookies.set(COOKIE, "chosen-by-somebody", domain="127.0.0.1")
    fixed.sign_in()
    assert fixed.page.url.path == "/app"
    assert fixed.client.cookies[COOKIE] != "chosen-by-somebody"
    before = owner.client.cookies[COOKIE]
    owner.client.post("/sign-in", data={"email": OWNER["email"], "password": PASSWORD})
    assert owner.client.cookies[COOKIE] != before
    former = new_browser()
    former.client.cookies[COOKIE] = before
    assert former.open("/app").url.path == "/sign-in"


def test_over_https_the_cookie_is_one_that_nobody_else_can_set(owner):
    typed, https = {"email": OWNER["email"], "password": PASSWORD}, {"X-Forwarded-Proto": "https"}
    answer = owner.client.post("/sign-in", data=typed, headers=https, follow_redirects=False)
    name, _, told = answer.headers["set-cookie"].partition("=")
    assert name == f"__Host-{COOKIE}"
    assert told.partition("; ")[2].split("; ") == ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=lax", "Secure"]
    answer = owner.client.get("/app", headers={**https, "Cookie": f"{COOKIE}=planted"}, follow_redirects=False)
    assert answer.headers["location"].startswith("/sign-in")


def test_a_session_ends_by_itself(owner, service):
    for end in ({"seen_at": now() - timedelta(hours=12)}, {"expires_at": now()}):
        with service.database.writing_across() as session:
            session.execute(update(SignIn).values(end))
        assert owner.open("/app").url.path == "/sign-in"
        assert owner.sign_in().url.path == "/app"


def test_a_change_needs_what_only_our_own_page_knows(owner):
    call = owner.client.post
    new, csrf = {"reference": "P-1"}, {"X-Liftmark-CSRF": owner.csrf}
    refused = [
        call("/v1/subjects", json=new),
        call("/v1/subjects", json=new, headers={"X-Liftmark-CSRF": "x"}),
        call("/v1/subjects", json=new, headers={**csrf, "Sec-Fetch-Site": "same-site"}),
        call("/v1/subjects", json=new, headers={**csrf, "Origin": "https://elsewhere.example"}),
        call("/app/sign-out"),
        call("/app/sign-out", data={"csrf": "x"}),
        call("/app/sign-out", data={"csrf": owner.csrf}, headers={"Sec-Fetch-Site": "cross-site"}),
        call(
            "/sign-in", data={"email": OWNER["email"], "password": PASSWORD}, headers={"Sec-Fetch-Site": "cross-site"}
        ),
    ]
    assert {answer.status_code for answer in refused} == {403}
    assert call("/v1/subjects", json=new, headers={**csrf, "Sec-Fetch-Site": "same-origin"}).status_code == 201
    assert owner.client.get("/v1/audit").json()["items"][-1]["actor"].startswith("person:")


def test_a_report_that_is_opened_leads_to_signing_in_and_a_link_opens_what_the_person_may_not(
    new_browser, new_clinic, owner
):
    stranger = new_browser()
    report, navigating = "/v1/cohort/report", {"Sec-Fetch-Mode": "navigate"}
    assert stranger.client.get(report).status_code == 401
    page = stranger.client.get(f"{report}?kind=x", headers=navigating)
    assert dict(page.url.params) == {"next": f"{report}?kind=x"}
    stranger.page = page
    assert str(stranger.send("/sign-in", email=OWNER["email"], password=PASSWORD).url).endswith(f"{report}?kind=x")
    link = new_clinic("Borealis").post("/v1/cohort/link").json()["url"]
    assert owner.client.get(link).status_code == 200
    (read,) = [row for row in owner.client.get("/v1/audit").json()["items"] if row["action"] == "cohort_read"]
    assert read["actor"].startswith("person:")  # the stranger's; what the link showed is in the other clinic's audit
