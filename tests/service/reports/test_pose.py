"""The pose difference is told in degrees and in each measure's own unit, on the page and in the terminal."""

from io import StringIO

from rich.console import Console

from models.anatomy import Side
from models.measurand import MeasurandCode
from service.reports import render_comparison_page
from service.reports.pose import pose_difference
from service.terminal import comparison_lines
from tests.service.reports.documents import a_change, a_comparison, a_refused_change, with_changes

SAYS = "Head pose, from before to after: turned 0.6° to the subject's left, chin 1.4° up and tilted 0.0°."


def test_each_measure_tells_the_larger_of_its_sides_in_its_own_unit():
    found = pose_difference(
        with_changes(
            a_change(MeasurandCode.MRD1, Side.LEFT, 3.9, 0.5, 0.05),
            a_change(MeasurandCode.MRD1, Side.RIGHT, 3.9, 0.5, 0.10),
            a_change(MeasurandCode.CANTHAL_TILT, Side.LEFT, 4.0, 0.1, 0.25),
            a_refused_change(MeasurandCode.LOWER_FACE_WIDTH, None, "The jaw is covered."),
        )
    )
    assert found is not None
    assert found.says == SAYS
    assert found.worth == (
        ("Upper lid to pupil (MRD1)", "±0.08\N{NO-BREAK SPACE}mm"),
        ("Canthal tilt", "±0.20°"),
    )


def test_without_an_alignment_no_difference_is_told():
    assert pose_difference(a_comparison().model_copy(update={"pose_difference_deg": None})) is None


def test_the_page_and_the_terminal_tell_it_where_comparability_is_told():
    html = render_comparison_page(a_comparison(), before_image="b.jpg", after_image="a.jpg")
    assert "turned 0.6° to the subject&#39;s left, chin 1.4° up and tilted 0.0°" in html
    written = StringIO()
    console = Console(width=200, file=written)
    for line in comparison_lines(a_comparison()):
        console.print(line)
    told = written.getvalue()
    assert SAYS in " ".join(told.split())
    assert "That may be worth (1 SD): Upper lid to pupil (MRD1) ±" in " ".join(told.split())


def test_a_document_of_an_earlier_version_has_no_pose_difference():
    kept = a_comparison().model_dump(mode="json")
    del kept["pose_difference_deg"]
    assert type(a_comparison()).model_validate(kept).pose_difference_deg is None
