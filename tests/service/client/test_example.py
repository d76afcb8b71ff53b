"""The client's page runs as it stands; and the client keeps its promises against the real service."""

import hashlib
import re

import pytest

from models.anatomy import View
from service.client import DamagedError, Liftmark, ProblemError, each
from service.confounders.schemas import NewConfounder
from service.courses.schemas import CoursePatch, NewCourse
from service.subjects.schemas import NewSubject
from service.visits.schemas import NewVisit
from tests.service.api.conftest import PHOTO


@pytest.fixture
def made(clinic, address):
    """A client, and a visit made with it."""
    with Liftmark(address, clinic.headers["Authorization"].removeprefix("Bearer ")) as liftmark:
        subject = liftmark.make_subject(NewSubject(reference="P-1"))
        new = NewVisit.model_validate({"taken_at": "2026-03-02T10:00:00Z", "phase": "baseline"})
        yield liftmark, liftmark.make_visit(subject.id, new)


def test_the_example_of_the_page_runs(repository, clinic, address, tmp_path):
    (example,) = re.findall(r"```python\n(.*?)```", (repository / "docs/client.md").read_text(), re.DOTALL)
    told: dict = {}
    exec(example, told)
    for name in ("before", "after"):
        (tmp_path / f"{name}.jpg").write_bytes(PHOTO + name.encode())
    key = clinic.headers["Authorization"].removeprefix("Bearer ")
    assert told["compare"](address, key, tmp_path / "before.jpg", tmp_path / "after.jpg") == "compared"
    assert (tmp_path / "copy.jpg").read_bytes() == PHOTO + b"before"
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_the_same_upload_again_is_the_same_photo_and_another_view_another(made):
    liftmark, visit = made
    once, again = (liftmark.upload_photo(visit.id, PHOTO, wait=10) for _ in range(2))
    assert once.id == again.id
    assert once.sha256 == hashlib.sha256(PHOTO).hexdigest()
    assert liftmark.upload_photo(visit.id, PHOTO, view=View.PROFILE_LEFT, wait=10).id != once.id


def test_what_the_service_turns_down_is_told_with_its_code_and_advice(made):
    liftmark, _ = made
    with pytest.raises(ProblemError, match="Check the photo's id") as told:
        liftmark.get_photo("0" * 32)
    assert (told.value.status, told.value.code) == (404, "photo_not_found")


def test_lists_are_walked_to_their_end(made):
    liftmark, visit = made
    photos = {liftmark.upload_photo(visit.id, PHOTO + bytes([number])).id for number in range(5)}
    listed = [one.id for one in each(lambda after: liftmark.list_photos(visit.id, after=after, limit=2))]
    assert len(listed) == 5
    assert set(listed) == photos


def test_what_comes_damaged_is_not_written(made, service, tmp_path, monkeypatch):
    liftmark, visit = made
    photo = liftmark.upload_photo(visit.id, PHOTO)
    monkeypatch.setattr(liftmark, "get_file", lambda _: PHOTO[:-1])
    with pytest.raises(DamagedError):
        liftmark.download_file(photo.id, tmp_path / "copy.jpg")
    assert list(tmp_path.glob("*copy*")) == []


def test_changes_and_aliases_arrive_as_they_were_meant(made):
    liftmark, visit = made
    course = liftmark.make_course(visit.subject_id, NewCourse.model_validate({"started_on": "2026-03-02"}))
    changed = liftmark.change_course(course.id, CoursePatch(maintenance_days=None))
    assert changed.maintenance_days is None
    assert changed.kind == course.kind
    new = NewConfounder.model_validate({"kind": "weight", "from": "2026-03-02"})
    assert str(liftmark.make_confounder(visit.subject_id, new).since) == "2026-03-02"
    liftmark.delete_course(course.id)
