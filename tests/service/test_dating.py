"""When a comparison's photos were taken."""

from datetime import UTC, datetime
from types import SimpleNamespace

from service.comparisons.dating import dated
from service.documents import comparison_document
from tests.service.examples import a_comparison, an_analysis

VISITS = {"v1": datetime(2026, 1, 12, 9, 30, tzinfo=UTC), "v2": datetime(2026, 3, 9, 9, 30, tzinfo=UTC)}
PAIR = SimpleNamespace(before_photo_id="p1", after_photo_id="p2")


class Kept(dict):
    def get(self, key: str) -> SimpleNamespace:
        return self[key]


def told(before, after):
    document = comparison_document(an_analysis(), an_analysis(), a_comparison())
    document = document.model_copy(
        update={
            "before": document.before.model_copy(update={"taken_at": before}),
            "after": document.after.model_copy(update={"taken_at": after}),
        }
    )
    visits = Kept({name: SimpleNamespace(taken_at=time) for name, time in VISITS.items()})
    photos = Kept({"p1": SimpleNamespace(visit_id="v1"), "p2": SimpleNamespace(visit_id="v2")})
    return dated(document, visits, photos, PAIR)


def test_a_photo_without_a_time_of_its_own_has_its_visits():
    document = told(None, None)
    assert (document.before.taken_at, document.after.taken_at) == (VISITS["v1"], VISITS["v2"])


def test_the_cameras_word_stands():
    camera = datetime(2026, 1, 11, 8, 0, tzinfo=UTC)
    document = told(camera, None)
    assert (document.before.taken_at, document.after.taken_at) == (camera, VISITS["v2"])
