"""The page as text: complete, escaped, free of inline code and of forbidden words."""

import re

import pytest

from models.quality import FlagCode
from service.documents import ComparisonDocument
from service.documents.records import ErrorTermDocument, FrameDocument, PlacedDocument
from service.reports import STATIC_FOLDER, render_comparison_page, render_refusal_page, write_report_folder
from service.reports.flags import parted
from service.reports.rows import family_tables
from tests.service.reports.documents import a_comparison, a_refusal, hostile, not_comparable, with_changes
from tests.service.reports.tags import Tags


def page(document: ComparisonDocument | None = None) -> str:
    return render_comparison_page(document or a_comparison(), before_image="/b.jpg", after_image="/a.jpg")


PAGES = {
    "report": page(),
    "not comparable": page(not_comparable()),
    "nothing measured": page(with_changes()),
    "refusal": render_refusal_page(a_refusal()),
}


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_every_tag_is_closed_and_every_identifier_stands_once(html):
    tags = Tags(html)
    assert tags.open == []
    assert len(tags.identifiers()) == len(set(tags.identifiers()))


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_every_reference_inside_the_page_leads_somewhere(html):
    tags = Tags(html)
    known = set(tags.identifiers())
    for _, attributes in tags.tags:
        for name in ("aria-labelledby", "aria-describedby", "aria-controls"):
            assert set((attributes.get(name) or "").split()) <= known
        if (attributes.get("href") or "").startswith("#"):
            assert attributes["href"][1:] in known


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_no_script_and_no_style_stands_in_the_page(html):
    for tag, attributes in Tags(html).tags:
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_no_page_judges_or_promises(html):
    told = re.sub(r"<[^>]+>", " ", html)
    assert not re.search(r"\b(improve\w*|scores?|significan\w*|better|worse)\b", told, re.IGNORECASE)


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_every_file_that_a_page_asks_for_exists(html):
    asked = re.findall(r'(?:href|src)="/static/([^"]+)"', html)
    assert asked
    assert all((STATIC_FOLDER / name).is_file() for name in asked)


def test_hostile_text_is_escaped_wherever_it_stands():
    html = page(hostile("""<script>alert("1")</script>' onload=x"""))
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(&#34;1&#34;)") > 20


def test_every_change_has_its_row_and_every_missing_one_its_reason():
    document = a_comparison()
    html = page(document)
    for change in document.changes:
        assert f'id="{change.measurand}-{change.side or "face"}"' in html
        assert change.reason is None or change.reason in html


def test_the_parts_of_an_error_are_told_from_the_largest_and_nothing_is_left_out_but_nothing():
    change = a_comparison().changes[0]
    terms = [("tone", 0.001), ("edge", 0.02), ("head_pose", 0.05)]
    told = [ErrorTermDocument(source=source, standard_uncertainty=size) for source, size in terms]
    (table,) = family_tables(with_changes(change.model_copy(update={"error_terms": tuple(told)})))
    (row,) = table.measures[0].rows
    assert [source for source, _ in row.terms] == ["head pose", "edge"]


def test_a_report_without_dates_says_so():
    assert "date not recorded" in PAGES["not comparable"]


def test_a_sentence_and_its_remedy_are_told_apart():
    says, remedy = parted(FlagCode.NO_FACE, a_refusal().refused.says)
    assert says == "No face was found in the photo."
    assert remedy.startswith("Take the photo from the front")
    assert parted(FlagCode.NO_FACE, "Another sentence.") == ("Another sentence.", "")


def test_the_folder_holds_all_that_its_page_asks_for(tmp_path):
    report = write_report_folder(a_comparison(), b"before", b"after", tmp_path / "deep" / "report")
    asked = re.findall(r'(?:href|src)="([^"#][^"]*)"', report.read_text(encoding="utf-8"))
    assert all((report.parent / name).is_file() for name in asked)
    assert (report.parent / "aligned_after.jpg").read_bytes() == b"after"
    assert (report.parent / "report.pdf").read_bytes().startswith(b"%PDF-")
    kept = (report.parent / "comparison.json").read_text(encoding="utf-8")
    assert ComparisonDocument.model_validate_json(kept) == a_comparison()


def test_a_second_report_replaces_the_first(tmp_path):
    write_report_folder(a_comparison(), b"1", b"2", tmp_path)
    report = write_report_folder(not_comparable(), b"3", b"4", tmp_path)
    assert "cannot be compared" in report.read_text(encoding="utf-8")
    assert (tmp_path / "aligned_before.jpg").read_bytes() == b"3"


def corrected_burst() -> ComparisonDocument:
    """Three photos before, one of them with a lid placed by hand, one after; the iris measured by the clinic."""
    document = a_comparison()
    placed = PlacedDocument(side="left", contour="upper_lid", corrected_by="<Dr. A.>", corrected_at=None)
    scale = document.before.scale.model_copy(
        update={"method": "iris_measured", "iris_mm": 12.0, "iris_uncertainty_mm": 0.12}
    )
    frames = tuple(
        FrameDocument(which=which, index=index, use=use, reason=reason)
        for which, index, use, reason in (
            ("before", 0, "shown", None),
            ("before", 1, "averaged", None),
            ("before", 2, "left_out", "The eyes are closed."),
            ("after", 0, "shown", None),
        )
    )
    before = document.before.model_copy(update={"corrections": (placed,), "scale": scale})
    return document.model_copy(update={"before": before, "frames": frames})


def test_a_report_tells_which_contours_a_person_placed_and_what_became_of_each_photo():
    html = page(corrected_burst())
    assert "Upper lid, left: &lt;Dr. A.&gt;" in html
    assert "averaged over 2 before and 1 after photos" in html
    assert "Photo 2: averaged with the one shown" in html
    assert "Photo 3: left out. The eyes are closed." in html
    assert "averaged over" not in page()


def test_a_report_tells_what_its_millimetres_rest_on():
    assert "uncertain by ±7.0 %" in page()
    measured = page(corrected_burst())
    assert "as the clinic measured it, uncertain by ±2.0 %" in measured
    assert "from the iris, whose width the clinic measured" in measured


def test_a_report_leads_to_the_correction_page_only_where_it_is_told_to():
    links = {"before": "/v1/photos/b/correct?token=x", "after": "/v1/photos/a/correct?token=y"}
    html = render_comparison_page(a_comparison(), before_image="/b.jpg", after_image="/a.jpg", correct_links=links)
    for link in links.values():
        assert f'href="{link}"' in html
    assert "Correct the contours" not in page()
