"""A clinic's folder, read: what tables, names and cameras say, what is guessed, what is refused and why."""

import os
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.anatomy import View
from models.confounder import ConfounderKind
from models.course import Phase
from models.measurand import Family
from service.archive import Reason, read_archive, read_subject
from service.archive.dates import in_name, written
from service.archive.drafts import draft_of_name
from service.archive.records import ArchiveError

at = datetime.fromisoformat


def no_camera(_: Path) -> None:
    return None


@pytest.fixture
def folder(tmp_path):
    """Make files by name; those with content as bytes or text, the others as empty photos."""

    def make(*names: str, **tables: str | bytes) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"\xff\xd8")
        for name, content in tables.items():
            path = tmp_path / f"{name}.csv"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return make


def reasons(archive):
    return {refusal.file or refusal.line: refusal.reason for refusal in archive.refusals}


def phases(archive):
    return {entry.file: (entry.phase, entry.treatment_number) for entry in archive.entries}


# ---- tables ----


TABLE = """file,taken_at,phase,treatment_number,note
a.jpg,2026-01-12T09:30:00,baseline,0,
b.jpg,2026-01-19T09:30:00,treatment,1,before the session
"""


@pytest.mark.parametrize(
    "content",
    [
        TABLE,
        TABLE.replace("\n", "\r\n"),
        "\ufeff" + TABLE,
        TABLE.replace(",", ";"),
        TABLE.replace(",", "\t"),
        TABLE.encode("utf-16"),
        TABLE.replace("file,taken_at,phase,treatment_number,note", "File,Taken At,PHASE,Treatment-Number,Notes"),
        TABLE.replace("2026-01-12T", "12.01.2026 ").replace("2026-01-19T", "19.01.2026 "),
        TABLE.replace("T09:30:00", " 9:30"),
    ],
    ids=["plain", "crlf", "bom", "semicolon", "tab", "utf-16", "titles", "dotted days", "loose times"],
)
def test_a_table_says_the_same_however_a_spreadsheet_saves_it(folder, content):
    archive = read_subject(folder("a.jpg", "b.jpg", visits=content), no_camera)
    first, second = archive.entries
    assert (first.file, first.taken_at, first.phase) == ("a.jpg", at("2026-01-12T09:30"), Phase.BASELINE)
    assert (second.treatment_number, second.notes) == (1, "before the session")
    assert not archive.refusals
    assert not archive.told


def test_columns_may_stand_in_any_order_and_further_ones_are_told(folder):
    table = "note,shoe size,phase,file,view,room,course\nx,38,follow_up,a.jpg,oblique left,2,microcurrent\n"
    archive = read_subject(folder("a.jpg", visits=table), lambda _: at("2026-01-12T08:00"))
    (entry,) = archive.entries
    assert (entry.phase, entry.view, entry.notes) == (Phase.FOLLOW_UP, View.OBLIQUE_LEFT, "x")
    assert (entry.sheet.room, entry.sheet.course) == ("2", "microcurrent")
    assert any("shoe size" in sentence for sentence in archive.told)


def test_each_line_that_cannot_be_used_says_why(folder):
    table = """file,taken_at,phase,treatment_number,view
a.jpg,2026-01-12,baseline,0,frontal
b.jpg,03/04/2026,treatment,1,
c.jpg,2026-01-19,epilogue,1,
d.jpg,2026-01-19,treatment,first,
e.jpg,2026-01-19,treatment,1,from above
,2026-01-19,treatment,1,
gone.jpg,2026-01-19,treatment,1,
notes.txt,2026-01-19,treatment,1,
../outside.jpg,2026-01-19,treatment,1,
/etc/passwd,2026-01-19,treatment,1,
C:\\photos\\a.jpg,2026-01-19,treatment,1,
A.JPG,2026-01-26,treatment,2,
"""
    names = ("a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "notes.txt", "unlisted.jpg")
    archive = read_subject(folder(*names, visits=table), no_camera)
    assert [entry.file for entry in archive.entries] == ["a.jpg"]
    found = {(refusal.line, refusal.reason) for refusal in archive.refusals if refusal.line}
    assert found == {
        (3, Reason.DATE_UNREADABLE),
        (4, Reason.PHASE_UNKNOWN),
        (5, Reason.NUMBER_UNREADABLE),
        (6, Reason.VIEW_UNKNOWN),
        (7, Reason.FILE_NOT_NAMED),
        (8, Reason.FILE_MISSING),
        (9, Reason.NOT_A_PHOTO),
        (10, Reason.OUTSIDE),
        (11, Reason.OUTSIDE),
        (12, Reason.OUTSIDE),
        (13, Reason.DUPLICATE),
    }
    assert reasons(archive)["unlisted.jpg"] is Reason.NOT_LISTED
    assert all(refusal.says.endswith((".", "?")) for refusal in archive.refusals)


def test_a_table_without_known_columns_says_what_it_needs(folder):
    archive = read_subject(folder("a.jpg", visits="left,right\n1,2\n"), no_camera)
    assert not archive.entries
    assert archive.refusals[-1].reason is Reason.TABLE_UNREADABLE
    assert "file" in archive.refusals[-1].says


@given(content=st.binary(max_size=300))
def test_no_table_however_broken_raises(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("broken")
    (folder / "a.jpg").write_bytes(b"")
    (folder / "visits.csv").write_bytes(content)
    (folder / "confounders.csv").write_bytes(content)
    archive = read_subject(folder, no_camera)
    assert archive.refusals or archive.entries


def test_what_the_table_leaves_open_the_name_says(folder):
    archive = read_subject(
        folder("2026-01-12_0930_baseline.jpg", visits="file\n2026-01-12_0930_baseline.jpg\n"), no_camera
    )
    (entry,) = archive.entries
    assert (entry.taken_at, entry.phase) == (at("2026-01-12T09:30"), Phase.BASELINE)


# ---- names ----


@pytest.mark.parametrize(
    "name, taken, phase, number, view",
    [
        ("2026-01-12.jpg", at("2026-01-12T12:00"), None, None, None),
        ("2026-01-12_0930.jpg", at("2026-01-12T09:30"), None, None, None),
        ("2026-01-12 09.30 baseline 2.JPG", at("2026-01-12T09:30"), Phase.BASELINE, None, None),
        ("2026-01-19_treatment3_oblique_left_2.jpg", at("2026-01-19T12:00"), Phase.TREATMENT, 3, View.OBLIQUE_LEFT),
        ("2026-01-19_1035_post-session.heic", at("2026-01-19T10:35"), Phase.IMMEDIATELY_AFTER, None, None),
        ("2026-06-01-follow-up.png", at("2026-06-01T12:00"), Phase.FOLLOW_UP, None, None),
        ("IMG_20260119_093012.jpg", at("2026-01-19T09:30:12"), None, None, None),
        ("2026-01-12_4032.jpg", at("2026-01-12T12:00"), None, None, None),
        ("2026-01-12_profile right_1.jpg", at("2026-01-12T12:00"), None, None, View.PROFILE_RIGHT),
        ("2026-01-19_treatment/IMG_7.jpg", at("2026-01-19T12:00"), Phase.TREATMENT, None, None),
        ("2026-01-19/baseline/front.jpg", at("2026-01-19T12:00"), Phase.BASELINE, None, View.FRONTAL),
    ],
)  # fmt: skip
def test_a_name_says(name, taken, phase, number, view):
    draft = draft_of_name(name, "")
    assert (draft.taken.at, draft.phase, draft.number, draft.view) == (taken, phase, number, view)


def test_a_name_and_its_folder_must_not_name_two_days(folder):
    archive = read_subject(folder("2026-01-12/2026-01-13.jpg"), no_camera)
    assert archive.refusals[0].reason is Reason.DATES_DISAGREE


@given(st.text(max_size=60))
def test_no_name_however_odd_raises(name):
    in_name(name)
    draft_of_name(f"{name}.jpg", "")
    written(name)


def test_a_zone_is_kept_where_one_is_written_and_nowhere_guessed():
    assert written("2026-01-12T09:30:00+01:00").at == at("2026-01-12T09:30+01:00")
    assert written("2026-01-12T09:30:00").at.tzinfo is None


def test_slashes_are_not_read_because_they_may_mean_two_days():
    assert written("03/04/2026") is None
    assert written("2026/04/03").day.isoformat() == "2026-04-03"


def test_a_camera_whose_clock_was_never_set_says_nothing(folder):
    archive = read_subject(folder("a.jpg"), lambda _: at("1980-01-01T00:00"))
    assert archive.refusals[0].reason is Reason.DATE_MISSING


# ---- phases and sessions that nobody wrote ----


def test_the_earliest_day_is_the_baseline_and_that_guess_is_told(folder):
    archive = read_subject(folder("2026-01-12.jpg", "2026-01-19.jpg", "2026-01-26.jpg"), no_camera)
    assert list(phases(archive).values()) == [(Phase.BASELINE, 0), (Phase.TREATMENT, 1), (Phase.TREATMENT, 2)]
    assert any("the earliest day was taken as the baseline" in sentence for sentence in archive.told)


def test_a_later_sitting_of_a_day_never_counts_towards_the_lasting_effect(folder):
    names = ("2026-01-12.jpg", "2026-01-19_0930.jpg", "2026-01-19_0945.jpg", "2026-01-19_1030.jpg")
    archive = read_subject(folder(*names), no_camera)
    assert phases(archive)["2026-01-19_0945.jpg"] == (Phase.TREATMENT, 1)
    assert phases(archive)["2026-01-19_1030.jpg"] == (Phase.IMMEDIATELY_AFTER, 1)
    assert any("immediately after a session" in sentence for sentence in archive.told)


def test_after_alone_is_refused_and_after_beside_before_is_minutes_after(folder):
    archive = read_subject(folder("2026-01-12 before.jpg", "2026-01-12 after.jpg", "2026-05-12 after.jpg"), no_camera)
    assert phases(archive)["2026-01-12 after.jpg"][0] is Phase.IMMEDIATELY_AFTER
    assert reasons(archive)["2026-05-12 after.jpg"] is Reason.PHASE_AMBIGUOUS


def test_what_was_taken_immediately_after_stands_after_what_was_taken_before(folder):
    archive = read_subject(folder("2026-01-12_immediately_after.jpg", "2026-01-12_treatment.jpg"), no_camera)
    before, after = archive.entries
    assert (before.phase, after.phase) == (Phase.TREATMENT, Phase.IMMEDIATELY_AFTER)
    assert before.taken_at < after.taken_at


def test_sessions_are_counted_on_where_some_are_numbered(folder):
    names = (
        "2026-01-12_baseline.jpg",
        "2026-01-19_treatment4.jpg",
        "2026-01-26_treatment.jpg",
        "2026-06-01_follow_up.jpg",
    )
    found = phases(read_subject(folder(*names), no_camera))
    assert [number for _, number in found.values()] == [0, 4, 5, 5]


# ---- many subjects ----


def test_each_folder_is_a_subject(folder):
    archive = read_archive(folder("P-1/2026-01-12.jpg", "P-2/2026-01-12_baseline/a.jpg", "2026-01-12.jpg"), no_camera)
    assert archive.subjects == ("P-1", "P-2")
    assert reasons(archive) == {"2026-01-12.jpg": Reason.SUBJECT_MISSING}


def test_a_folder_of_a_subject_may_have_its_own_tables(folder):
    root = folder("P-1/a.jpg", "P-2/2026-01-12.jpg")
    (root / "P-1" / "visits.csv").write_text("file,taken_at,phase\na.jpg,2026-01-12,baseline\n")
    (root / "P-1" / "confounders.csv").write_text("kind,date\nfiller,2026-02-01\n")
    archive = read_archive(root, no_camera)
    assert {entry.file: entry.subject for entry in archive.entries} == {"P-1/a.jpg": "P-1", "P-2/2026-01-12.jpg": "P-2"}
    assert [(one.subject, one.confounder.kind) for one in archive.confounders] == [("P-1", ConfounderKind.FILLER)]


def test_one_table_names_all_subjects(folder):
    table = "subject,file,taken_at\nA,x/a.jpg,2026-01-12\nB,x/b.jpg,2026-01-12\n,x/c.jpg,2026-01-12\n"
    archive = read_archive(folder("x/a.jpg", "x/b.jpg", "x/c.jpg", photos=table), no_camera)
    assert [(entry.file, entry.subject) for entry in archive.entries] == [
        ("x/a.jpg", "A"),
        ("x/b.jpg", "B"),
        ("x/c.jpg", "x"),
    ]


def test_a_series_is_of_one_subject(folder):
    table = "subject,file,taken_at,phase\nA,a.jpg,2026-01-12,baseline\nB,b.jpg,2026-01-12,baseline\n"
    root = folder("a.jpg", "b.jpg", photos=table)
    with pytest.raises(ArchiveError, match="--subject"):
        read_subject(root, no_camera)
    with pytest.raises(ArchiveError, match="no photo of the subject C"):
        read_subject(root, no_camera, "C")
    assert [entry.file for entry in read_subject(root, no_camera, "B").entries] == ["b.jpg"]


def test_an_empty_folder_says_what_is_read(folder):
    with pytest.raises(ArchiveError, match="There is no photo"):
        read_subject(folder(), no_camera)


# ---- nothing from outside ----


def test_no_link_is_followed_out_of_the_folder(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "2026-01-12.jpg").write_bytes(b"\xff\xd8")
    root = folder("2026-01-12.jpg")
    (root / "2026-01-19.jpg").symlink_to(outside / "2026-01-12.jpg")
    (root / "more").symlink_to(outside)
    os.mkfifo(root / "2026-01-26.jpg")
    archive = read_subject(root, no_camera)
    assert [entry.file for entry in archive.entries] == ["2026-01-12.jpg"]
    assert reasons(archive) == {
        "2026-01-19.jpg": Reason.LINK,
        "more": Reason.LINK,
        "2026-01-26.jpg": Reason.OTHER_FILE,
    }


def test_a_table_cannot_name_a_file_behind_a_link(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "a.jpg").write_bytes(b"\xff\xd8")
    root = folder("b.jpg", visits="file,taken_at\nlinked/a.jpg,2026-01-12\nb.jpg,2026-01-12\n")
    (root / "linked").symlink_to(outside)
    archive = read_subject(root, no_camera)
    assert archive.refusals[0].reason is Reason.LINK
    assert [entry.file for entry in archive.entries] == ["b.jpg"]


def test_a_name_that_is_no_text_is_shown_harmlessly(tmp_path):
    path = tmp_path / os.fsdecode(b"P\xe9\x1b[31m") / os.fsdecode(b"2026-01-12_\xff.jpg")
    path.parent.mkdir()
    path.write_bytes(b"\xff\xd8")
    archive = read_archive(tmp_path, no_camera)
    (entry,) = archive.entries
    assert entry.path.read_bytes() == b"\xff\xd8"
    assert all(text.isprintable() and text.encode() for text in (entry.file, entry.subject))


def test_a_table_brings_no_control_codes(folder):
    archive = read_subject(folder("a.jpg", visits="file,taken_at,note\na.jpg,2026-01-12,\x1b[31mred\x00\n"), no_camera)
    assert archive.entries[0].notes == "[31mred"


# ---- confounders ----


def test_a_table_of_confounders_is_read(folder):
    table = """kind,from,until,regions,note
filler,2026-02-01,,lower face,1 ml
botox,01.03.2026,,eyes;lines,
other,2026-02-01,2026-01-01,,
magic,2026-02-01,,,
filler,soon,,,
filler,2026-02-01,,elbow,
"""
    archive = read_subject(folder("2026-01-12.jpg", confounders=table), no_camera)
    filler, toxin = (one.confounder for one in archive.confounders)
    assert (filler.kind, filler.note) == (ConfounderKind.FILLER, "1 ml")
    assert filler.families == {Family.JAWLINE, Family.NASOLABIAL_FOLD}
    assert (toxin.kind, toxin.since.isoformat()) == (ConfounderKind.TOXIN, "2026-03-01")
    assert [refusal.line for refusal in archive.refusals] == [4, 5, 6, 7]
    assert {refusal.reason for refusal in archive.refusals} == {Reason.CONFOUNDER_UNREADABLE}


def test_a_note_names_a_confounder_once_and_that_is_told(folder):
    table = (
        "file,taken_at,phase,note\na.jpg,2026-01-12,baseline,no filler\nb.jpg,2026-01-19,treatment,filler 1 week ago\n"
    )
    root = folder("a.jpg", "b.jpg", visits=table)
    archive = read_subject(root, no_camera)
    (named,) = archive.confounders
    assert (named.confounder.kind, named.confounder.since.isoformat()) == (ConfounderKind.FILLER, "2026-01-12")
    assert any("named in the note of b.jpg" in sentence for sentence in archive.told)
    (root / "confounders.csv").write_text("kind,from\nfiller,2026-01-13\n")
    assert len(read_subject(root, no_camera).confounders) == 1


def test_a_name_may_name_a_confounder(folder):
    archive = read_subject(
        folder("2026-01-12_baseline.jpg", "2026-02-12_lip filler.jpg", "2026-02-19_anna.jpg"), no_camera
    )
    (named,) = archive.confounders
    assert (named.confounder.kind, named.confounder.since.isoformat()) == (ConfounderKind.FILLER, "2026-02-12")
    assert [sentence for sentence in archive.told if "passed over" in sentence and "anna" in sentence]


def test_a_column_may_name_the_confounder(folder):
    table = "file,taken_at,note,confounder\na.jpg,2026-01-12,rested,make_up\nb.jpg,2026-01-19,,\n"
    archive = read_subject(folder("a.jpg", "b.jpg", visits=table), no_camera)
    assert [one.confounder.kind for one in archive.confounders] == [ConfounderKind.MAKE_UP]


@pytest.mark.parametrize(
    "word, phase",
    [
        ("Follow-up", Phase.FOLLOW_UP),
        ("BASELINE", Phase.BASELINE),
        ("before session", Phase.TREATMENT),
        ("after_session", Phase.IMMEDIATELY_AFTER),
    ],
)
def test_a_table_may_call_a_phase_in_words(folder, word, phase):
    archive = read_subject(folder("a.jpg", visits=f"file,taken_at,phase\na.jpg,2026-01-12,{word}\n"), no_camera)
    assert archive.entries[0].phase is phase
