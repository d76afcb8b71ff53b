"""Photos of one sitting become one visit."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from models.course import Phase
from service.archive import Entry
from service.importing.visits import visits_of

ROME = ZoneInfo("Europe/Rome")


def entry(name: str, at: str, phase: Phase = Phase.BASELINE, **more) -> Entry:
    return Entry(name, Path(name), "P", datetime.fromisoformat(at), phase, 0, **more)


def test_photos_of_one_time_and_phase_are_one_visit():
    front, left = entry("a", "2026-01-12T09:30", notes="x"), entry("b", "2026-01-12T09:30", notes="y")
    (visit,) = visits_of([front, left, replace(left, file="c", notes="x")], ROME)
    assert [photo.file for photo in visit.photos] == ["a", "b", "c"]
    assert visit.notes == "x\ny"


def test_written_times_keep_visits_apart_and_a_cameras_do_not():
    times = ("2026-01-12T09:30:05", "2026-01-12T09:31:10", "2026-01-12T11:00:00")
    assert len(visits_of([entry(at, at) for at in times], ROME)) == 3
    assert [len(visit.photos) for visit in visits_of([entry(at, at, by_camera=True) for at in times], ROME)] == [2, 1]


def test_phases_keep_visits_apart():
    at = "2026-01-12T09:30"
    assert len(visits_of([entry("a", at), entry("b", at, Phase.IMMEDIATELY_AFTER)], ROME)) == 2


def test_a_time_without_a_zone_is_of_the_clinics():
    (visit,) = visits_of([entry("a", "2026-07-12T09:30")], ROME)
    assert visit.taken_at.isoformat() == "2026-07-12T09:30:00+02:00"
    (visit,) = visits_of([entry("a", "2026-07-12T09:30-05:00")], ROME)
    assert visit.taken_at.isoformat() == "2026-07-12T09:30:00-05:00"
    (visit,) = visits_of([entry("a", "2026-07-12T09:30")], None)
    assert visit.taken_at.tzinfo is not None
