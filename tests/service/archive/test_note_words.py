"""What a visit's note names, and what it denies, plans or asks about."""

from datetime import date

import pytest

from models.confounder import ConfounderKind
from models.measurand import Family
from service.archive.note_words import kind_called, named_in_note

DAY = date(2026, 2, 2)


def named(note: str) -> dict[str, str]:
    return {one.kind: one.since.isoformat() for one in named_in_note(note, DAY, "a.jpg")}


@pytest.mark.parametrize(
    "note, kind",
    [
        ("filler in both cheeks", "filler"),
        ("Hyaluronic acid, 1 ml", "filler"),
        ("BOTOX today", "toxin"),
        ("botulinum toxin between the brows", "toxin"),
        ("had surgery on the nose", "surgery"),
        ("upper blepharoplasty", "surgery"),
        ("lost 4.5 kg", "weight"),
        ("weight loss of 3 kg", "weight"),
        ("make-up on", "make_up"),
        ("her usual make-up", "make_up"),
        ("some mascara left", "make_up"),
        ("laser on the cheeks", "device"),
        ("radiofrequency", "device"),
        ("started new medication", "medication"),
        ("lids swollen", "other"),
        ("did not sleep, lids swollen", "other"),
        ("no make-up, lids swollen", "other"),
        ("never had fillers, but botox in May", "toxin"),
        ("No filler. Botox since May", "toxin"),
        ("before the session, filler yesterday", "filler"),
        ("filler not mentioned before today", "filler"),
    ],
)
def test_a_note_names(note, kind):
    assert list(named(note)) == [kind]


@pytest.mark.parametrize(
    "note",
    [
        "",
        "no filler",
        "No fillers, no botox",
        "no filler, botox or laser",
        "no filler and botox",
        "without make-up",
        "make-up removed",
        "filler: none",
        "denies any recent filler",
        "never had botox",
        "asked about filler",
        "filler planned next month",
        "considering botox",
        "has had no filler or toxin since",
        "weight stable, 62 kg",
        "no weight loss",
        "non-surgical",
        "before the session",
        "five minutes after the session",
        "re-captured: left the chair and sat down again",
        "led the way",
    ],
)
def test_a_note_names_nothing(note):
    assert named(note) == {}


def test_a_note_may_name_several_things():
    assert set(named("make-up on; lost 5 kg since Christmas, filler in January")) == {"make_up", "weight", "filler"}


@pytest.mark.parametrize(
    "note, since",
    [
        ("filler 3 weeks ago", "2026-01-12"),
        ("filler two months ago", "2025-12-04"),
        ("filler yesterday", "2026-02-01"),
        ("filler last week", "2026-01-26"),
        ("filler", "2026-02-02"),
    ],
)
def test_a_note_says_how_long_ago(note, since):
    assert named(note) == {"filler": since}


@pytest.mark.parametrize(
    "note, families",
    [
        ("filler in the nasolabial folds", {Family.NASOLABIAL_FOLD, Family.JAWLINE}),
        ("lip filler", {Family.NASOLABIAL_FOLD, Family.JAWLINE}),
        ("tear trough filler", {Family.EYELIDS, Family.PERIORBITAL_LINES, Family.SYMMETRY}),
        ("botox masseter", {Family.NASOLABIAL_FOLD, Family.JAWLINE}),
        ("cheek filler", set(Family)),
        ("filler", None),
        ("lost 5 kg, fuller cheeks", None),
    ],
)
def test_what_is_done_in_one_place_acts_on_that_part_of_the_face(note, families):
    (one,) = named_in_note(note, DAY, "b.jpg")
    assert one.families == families


def test_its_own_note_says_where_a_confounder_comes_from():
    (one,) = named_in_note("filler  in\ncheeks", DAY, "b.jpg, 2026-02-02")
    assert one.note == "named in the note of b.jpg, 2026-02-02: filler in cheeks"


def test_a_table_may_call_a_kind_by_code_or_in_words():
    assert kind_called("make_up") is kind_called("Make-Up") is ConfounderKind.MAKE_UP
    assert kind_called("Botox") is ConfounderKind.TOXIN
    assert kind_called("magic") is None
