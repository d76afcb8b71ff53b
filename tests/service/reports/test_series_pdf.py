"""The reports on paper: typeset from data that are never code, for readers and for screen readers."""

import io
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import typst
from PIL import Image

from service.reports.pdf import Letterhead, comparison_pdf, series_pdf
from service.reports.pdf import typeset as typesetting
from service.reports.pdf.pictures import MOST_PHOTOS, is_jpeg, spread_over
from service.reports.pdf.printable import printable, printable_text
from tests.browser.site import drawn_face
from tests.service.reports import documents as pairs
from tests.service.reports import series_documents as series
from tests.service.reports.pdf_text import inflated, pdf_text

SERIES = {
    "everything": series.a_series(),
    "without effect": series.without_effect(),
    "filler": series.with_filler(),
    "two visits": series.two_visits(),
    "everything excluded": series.everything_excluded(),
    "without measures": series.without_measures(),
}
MARKUP = '#panic("run") $x$ *b* _i_ `c` @ref <label> // c /* d */ \\u{41} [x] https://example.org = h'


def pictures(document) -> dict[str, bytes]:
    return {visit.photo: drawn_face(number % 5) for number, visit in enumerate(document.visits)}


def heavy(jpeg: bytes, seed: int) -> bytes:
    """The picture with comments in it, no two alike, as heavy as an aligned photo is."""
    comments = (b"\xff\xfe\xea\x62" + Random(seed + 1000 * n).randbytes(60_000) for n in range(4))
    return jpeg[:2] + b"".join(comments) + jpeg[2:]


def claims_accessibility(pdf: bytes) -> bool:
    return b"pdfuaid" in inflated(pdf)


AskTypst = Callable[[str], list[object]]


@pytest.fixture
def ask_typst(monkeypatch, tmp_path) -> AskTypst:
    """Ask the last document that was typeset for all elements of a kind."""
    compilers: list[typst.Compiler] = []
    compile_pdf = typesetting._compile

    def watched(root, source, standard, *, system_fonts):
        kept = Path(shutil.copytree(root, root.with_name(f"{root.name}-kept")))
        compilers.append(typst.Compiler(input=kept / source.name, root=kept, ignore_system_fonts=True))
        return compile_pdf(root, source, standard, system_fonts=system_fonts)

    monkeypatch.setattr(typesetting, "_compile", watched)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return lambda kind: json.loads(compilers[-1].query(kind))


@pytest.mark.parametrize("document", SERIES.values(), ids=SERIES)
def test_every_series_becomes_a_pdf_for_screen_readers_too(document):
    pdf = series_pdf(document, pictures(document))
    assert pdf.startswith(b"%PDF-")
    assert claims_accessibility(pdf)


def test_a_hundred_visits_become_a_pdf_that_can_be_sent():
    document = series.a_hundred_visits()
    photos = {visit.photo: heavy(drawn_face(0), number) for number, visit in enumerate(document.visits)}
    pdf = series_pdf(document, photos)
    assert claims_accessibility(pdf)
    assert 20 * 230_000 < len(pdf) < 10_000_000


@pytest.mark.parametrize("document", [pairs.a_comparison(), pairs.not_comparable(), pairs.with_changes()])
def test_every_comparison_becomes_a_pdf_for_screen_readers_too(document):
    assert claims_accessibility(comparison_pdf(document, drawn_face(0), drawn_face(9)))


def test_the_headings_ask_what_the_reader_asks(ask_typst):
    series_pdf(series.a_series(), {})
    headings = json.dumps(ask_typst("heading"))
    for words in ("Did it work?", "What else could it be?", "How sure is it?", "What each number means", "Limits"):
        assert words in headings


def test_every_picture_of_a_pdf_has_words(ask_typst):
    document = series.a_series()
    series_pdf(document, pictures(document))
    images = ask_typst("image")
    assert len(images) > len(document.visits)  # the photos and the charts
    assert all(image["alt"] for image in images)


def logo() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (300, 120), "teal").save(drawn, "PNG")
    return drawn.getvalue()


def test_the_paper_names_the_clinic_and_the_files_that_were_measured(ask_typst):
    paper = Letterhead("Clinic #panic()", logo())
    document = series.a_series()
    visits = tuple(visit.model_copy(update={"sha256": f"{n:064x}"}) for n, visit in enumerate(document.visits))
    shown = pdf_text(series_pdf(document.model_copy(update={"visits": visits}), {}, paper))
    assert "Clinic #panic()" in shown
    assert all(f"{n:064x}" in shown for n in range(len(visits)))
    assert "Sign of Clinic #panic()" in {image["alt"] for image in ask_typst("image")}
    pdf = comparison_pdf(pairs.a_comparison(), drawn_face(0), drawn_face(9), paper)
    assert claims_accessibility(pdf)
    assert "Clinic #panic()" in pdf_text(pdf)


@pytest.mark.parametrize("kind", ["math.equation", "raw", "ref", "link", "emph"])
def test_text_is_never_read_as_code(ask_typst, kind):
    document = series.hostile_series(MARKUP)
    assert claims_accessibility(series_pdf(document, pictures(document)))
    assert ask_typst(kind) == []
    assert claims_accessibility(comparison_pdf(pairs.hostile(MARKUP), drawn_face(0), drawn_face(9)))
    assert ask_typst(kind) == []


def test_scripts_from_right_to_left_are_set_with_the_fonts_at_hand():
    document = series.hostile_series("שלום עולם مرحبا بالعالم")
    assert claims_accessibility(series_pdf(document, pictures(document)))


def test_a_sign_that_no_font_has_costs_the_claim_and_not_the_document():
    document = series.hostile_series("\N{EGYPTIAN HIEROGLYPH A001}")
    assert series_pdf(document, pictures(document)).startswith(b"%PDF-")


@pytest.mark.parametrize("text", ["a\x00b\x07", "\ud800", "x" * 2000, "a\u202eb", "\n\n\t", ""])
def test_any_text_can_be_set(text):
    data = {"text": printable(text)}
    assert "\x00" not in data["text"]
    assert "\u202e" not in data["text"]
    data["text"].encode("utf-8")


def test_no_fault_of_a_template_is_hidden(monkeypatch):
    monkeypatch.setattr(typesetting, "_NO_GLYPH", "another fault")
    with pytest.raises(typst.TypstError):
        series_pdf(series.hostile_series("\N{EGYPTIAN HIEROGLYPH A001}"), {})


def test_a_long_word_may_be_broken_and_a_short_one_stays_whole():
    assert printable_text("Unterlidstraffung") == "Unterlidstraffung"
    assert "\N{ZERO WIDTH SPACE}" in printable_text("x" * 60)
    assert printable_text("x" * 60).replace("\N{ZERO WIDTH SPACE}", "") == "x" * 60


def test_figures_keep_their_units_on_the_line():
    assert printable_text("+0.51\N{NO-BREAK SPACE}mm") == "+0.51\N{NO-BREAK SPACE}mm"


def test_paper_shows_the_first_the_last_and_photos_evenly_between():
    assert spread_over(range(100)) == tuple(sorted(set(spread_over(range(100)))))
    assert (spread_over(range(100))[0], spread_over(range(100))[-1]) == (0, 99)
    assert len(spread_over(range(100))) == MOST_PHOTOS
    assert spread_over(range(5)) == (0, 1, 2, 3, 4)


def test_a_photo_that_is_whole_is_told_from_one_cut_short():
    assert is_jpeg(drawn_face(0))
    assert is_jpeg(drawn_face(0) + bytes(3))
    assert not is_jpeg(drawn_face(0)[:-100])


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\xff\xd8\xff", drawn_face(0)[:400]])
def test_a_picture_that_cannot_be_read_is_left_out_and_the_rest_is_told(content):
    document = series.two_visits()
    photos = {visit.photo: content for visit in document.visits}
    assert not is_jpeg(content)
    assert claims_accessibility(series_pdf(document, photos))
    assert claims_accessibility(comparison_pdf(pairs.a_comparison(), content, content))
