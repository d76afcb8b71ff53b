"""The series' page as text: complete, escaped, free of inline code and of forbidden words."""

import json
import re

import pytest

from service.documents import SeriesDocument
from service.reports import STATIC_FOLDER
from service.reports.series_folder import write_series_folder
from service.reports.series_page import render_series_page
from tests.browser.site import drawn_face
from tests.service.reports import series_documents as series
from tests.service.reports.tags import Tags

HOSTILE = """"><script>alert("1")</script>' onload=x"""


def page(document: SeriesDocument | None = None, **options) -> str:
    told = document or series.a_series()
    images = {visit.photo: f"/photo-{number}.jpg" for number, visit in enumerate(told.visits)}
    return render_series_page(told, images=images, **options)


PAGES = {
    "everything": page(csv_link="/series.csv", pdf_link="/series.pdf"),
    "without effect": page(series.without_effect()),
    "filler": page(series.with_filler()),
    "two visits": page(series.two_visits()),
    "a hundred visits": page(series.a_hundred_visits()),
    "everything excluded": page(series.everything_excluded()),
    "without measures": page(series.without_measures()),
    "without photos": render_series_page(series.a_series(), images={}),
    "hostile": page(series.hostile_series(HOSTILE)),
}
every_page = pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)


@every_page
def test_every_tag_is_closed_and_every_identifier_stands_once(html):
    tags = Tags(html)
    assert tags.open == []
    assert len(tags.identifiers()) == len(set(tags.identifiers()))


@every_page
def test_every_reference_inside_the_page_leads_somewhere(html):
    tags = Tags(html)
    known = set(tags.identifiers())
    for _, attributes in tags.tags:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set((attributes.get(name) or "").split()) <= known
        if (attributes.get("href") or "").startswith("#"):
            assert attributes["href"][1:] in known


@every_page
def test_no_script_and_no_style_stands_in_the_page(html):
    for tag, attributes in Tags(html).tags:
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


@every_page
def test_no_page_judges_or_promises(html):
    told = re.sub(r"<[^>]+>", " ", html)
    assert not re.search(r"\b(improve\w*|scores?|significan\w*|better|worse)\b", told, re.IGNORECASE)


@every_page
def test_every_file_that_a_page_asks_for_exists(html):
    asked = re.findall(r'(?:href|src)="/static/([^"]+)"', html)
    assert asked
    assert all((STATIC_FOLDER / name).is_file() for name in asked)


@every_page
def test_every_drawing_is_told_in_words_or_is_beside_them(html):
    drawings = [attributes for tag, attributes in Tags(html).tags if tag == "svg"]
    assert all(one.get("aria-label") or one.get("aria-hidden") == "true" for one in drawings)


def test_hostile_text_is_escaped_wherever_it_stands():
    html = PAGES["hostile"]
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(&#34;1&#34;)") > 100


def test_every_measure_has_its_chart_and_every_missing_figure_its_reason():
    html = page()
    for one in series.a_series().measurands:
        assert f'id="{one.measurand}-{one.side or "face"}"' in html
        assert all(point.reason is None or point.reason in html for point in one.points)


def test_every_visit_is_in_the_table_and_an_excluded_one_says_why():
    html = page()
    for visit in series.a_series().visits:
        assert f"<bdi>{visit.photo}</bdi>" in html
        assert visit.reason is None or visit.reason in html


def test_a_link_to_a_comparison_stands_at_its_visit_alone():
    photo = series.a_series().visits[5].photo
    html = page(compare_links={photo: "/v1/comparisons/7/report"})
    assert html.count('href="/v1/comparisons/7/report"') == 1
    assert html.count('data-compare-link="/v1/comparisons/7/report"') == 1


def test_table_and_paper_are_linked_where_there_are_any():
    assert 'href="/series.csv"' in PAGES["everything"]
    assert 'href="/series.pdf"' in PAGES["everything"]
    assert "CSV" not in PAGES["two visits"]


def test_a_series_of_which_no_photo_is_seen_has_no_player():
    assert "data-player" not in PAGES["without photos"]
    assert "data-player" in PAGES["two visits"]


def test_a_page_of_a_hundred_visits_stays_small_enough_to_be_sent():
    assert len(PAGES["a hundred visits"]) < 2_000_000  # with gzip a tenth of it


def pictures(document: SeriesDocument) -> dict[str, bytes]:
    return {visit.photo: drawn_face(number % 5) for number, visit in enumerate(document.visits)}


def test_the_folder_holds_all_that_its_page_asks_for(tmp_path):
    document = series.a_series()
    report = write_series_folder(document, pictures(document), tmp_path / "deep" / "report")
    asked = re.findall(r'(?:href|src|data-image)="([^"#][^"]*)"', report.read_text(encoding="utf-8"))
    assert all((report.parent / name).is_file() for name in asked)
    assert {"series.csv", "series.pdf", "series.json"} <= {path.name for path in report.parent.iterdir()}
    kept = (report.parent / "series.json").read_text(encoding="utf-8")
    assert SeriesDocument.model_validate_json(kept) == document
    assert {"from", "until"} <= set(json.loads(kept)["notes"][0])


def test_a_photo_named_like_a_path_is_written_inside_the_folder(tmp_path):
    document = series.hostile_series("/../../../escaped")
    report = write_series_folder(document, pictures(document), tmp_path / "report")
    assert len(list((report.parent / "pictures").iterdir())) == len(document.visits)
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_second_report_leaves_no_picture_of_the_first(tmp_path):
    first, second = series.a_series(), series.two_visits()
    write_series_folder(first, pictures(first), tmp_path)
    write_series_folder(second, pictures(second), tmp_path)
    assert len(list((tmp_path / "pictures").iterdir())) == 2
