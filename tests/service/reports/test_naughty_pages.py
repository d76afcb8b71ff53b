"""Whatever a text says, a page keeps its elements and attributes, and paper shows it."""

from types import SimpleNamespace

import pytest

from analysis.cohort import summarise
from analysis.repeatability import evaluate
from models.cohort import CohortMember
from service.cohort.claim import MAKERS, read_claim
from service.cohort.page import render_cohort_page
from service.cohort.table import _named
from service.corrections.page import render_correction_page
from service.corrections.schemas import CorrectionsAnswer
from service.documents.cohort import CohortFilters, cohort_document
from service.documents.repeatability import study_document
from service.repeatability.page import render_study_page
from service.reports import render_comparison_page
from service.reports.pdf import comparison_pdf, series_pdf
from service.reports.series_csv import harmless
from service.reports.series_page import render_series_page
from tests.browser.site import drawn_face
from tests.service.naughty import FORMULAS, SHOWN
from tests.service.reports import documents as pairs
from tests.service.reports import series_documents as series
from tests.service.reports.pdf_text import pdf_text
from tests.service.reports.tags import Tags

FACES = drawn_face(0), drawn_face(9)


def comparison(text: str) -> str:
    return render_comparison_page(pairs.hostile(text), before_image="/b", after_image="/a")


def a_series(text: str) -> str:
    return render_series_page(
        series.hostile_series(text), images={}, compare_links={}, csv_link="/csv", pdf_link="/pdf"
    )


def corrections(text: str) -> str:
    """Its texts travel as JSON in a block that is not run: no text may end the block."""
    contours = {
        side: {"iris": None, "upper_lid": None, "lower_lid": None, "jawline": None, "nasolabial_fold": None}
        | {"reasons": {"nasolabial_fold": text}}
        for side in ("left", "right")
    }
    about = {"photo_id": "0" * 32, "status": "analysed", "size_px": (300, 400), "mm_per_px": 0.1}
    seen = CorrectionsAnswer.model_validate({**about, "contours_px": contours, "corrections": [], "history": []})
    return render_correction_page(seen)


def study(text: str) -> str:
    return render_study_page(study_document(evaluate([], []), []), name=text, says=text)


def cohort(text: str) -> str:
    document = cohort_document(summarise([CohortMember(text, ()) for _ in range(9)]), CohortFilters(), [text])
    return render_cohort_page(document, read_claim(MAKERS), kinds=[text])


PAGES = {"comparison": comparison, "series": a_series, "corrections": corrections, "study": study, "cohort": cohort}


def structure(html: str) -> list[tuple]:
    """Every element with the names of its attributes, and the values of those that a browser acts on."""
    acted_on = ("src", "action", "formaction", "style", "srcdoc", "type", "rel")
    return [
        (tag, *sorted(attributes), *(attributes[name] for name in acted_on if name in attributes))
        for tag, attributes in Tags(html).tags
    ]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_no_text_adds_an_element_or_an_attribute_to_a_page(page):
    plain = structure(page("a plain word"))
    several = [" ".join(SHOWN[first::10]) for first in range(10)]
    assert [text for text in several if structure(page(text)) != plain] == []


def test_paper_takes_every_string_and_shows_the_words_beside_it():
    words = [f"shown{number}" for number in range(len(SHOWN))]
    text = " ".join(f"{text} {word}" for text, word in zip(SHOWN, words, strict=True))
    for pdf in (series_pdf(series.hostile_series(text), {}), comparison_pdf(pairs.hostile(text), *FACES)):
        shown = pdf_text(pdf)
        assert [word for word in words if word not in shown] == []


def test_no_table_holds_a_cell_that_a_spreadsheet_would_run():
    for text in FORMULAS:
        for cell in (harmless(text), _named(SimpleNamespace(kind=text))):
            assert not cell.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\uff1d")), text
            assert cell.removeprefix("'") == text
