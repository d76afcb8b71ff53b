"""The series as a table: every figure, no formula."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from service.reports.series_csv import BYTE_ORDER_MARK, COLUMNS, harmless, series_csv
from tests.service.reports import series_documents as series

PAGE = Path(__file__).parents[3] / "docs" / "series-report.md"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix(BYTE_ORDER_MARK))))


def test_a_row_stands_for_each_photo_of_each_measure_and_one_for_each_effect():
    document = series.a_series()
    told = rows(series_csv(document))
    points = sum(len(one.points) for one in document.measurands)
    assert sum(row["row"] == "photo" for row in told) == points
    assert sum(row["row"] == "lasting" for row in told) == sum(
        one.cumulative is not None for one in document.measurands
    )
    assert {row["row"] for row in told} == {"photo", "lasting", "passing", "after_course", "trend_per_week"}


def test_figures_are_those_of_the_document_and_missing_ones_are_empty():
    document = series.a_series()
    one = document.measurands[0]
    told = [row for row in rows(series_csv(document)) if row["measurand"] == "mrd1" and row["side"] == "right"]
    for row, point in zip(told, one.points, strict=False):
        assert row["change"] == ("" if point.change_from_baseline is None else str(point.change_from_baseline))
        assert row["counts"] == ("yes" if point.counts else "no")
        assert row["reason"] == (point.reason or "")
    (lasting,) = (row for row in told if row["row"] == "lasting")
    assert float(lasting["change"]) == one.cumulative.change
    assert (float(lasting["ci95_low"]), float(lasting["ci95_high"])) == one.cumulative.ci95
    assert lasting["verdict"] == one.cumulative.verdict


def test_a_negative_figure_stays_a_number():
    told = [row for row in rows(series_csv(series.a_series())) if row["change"].startswith(("-", "'"))]
    assert told
    assert all(float(row["change"]) < 0 for row in told)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\N{FULLWIDTH EQUALS SIGN}1", '=HYPERLINK("x")']
)
def test_no_text_is_run_as_a_formula(text):
    assert harmless(text).startswith("'")
    for row in rows(series_csv(series.hostile_series(text))):
        for column in ("photo", "name", "reason", "method_version"):
            assert not row[column].lstrip().startswith(("=", "+", "-", "@", "\N{FULLWIDTH EQUALS SIGN}"))


def test_a_text_with_commas_quotes_and_lines_stays_in_its_cell():
    text = 'a, "b"\nc;d'
    told = rows(series_csv(series.hostile_series(text)))
    assert all(row["name"] == text for row in told)


def test_a_spreadsheet_is_told_the_encoding():
    assert series_csv(series.a_series()).encode("utf-8").startswith(b"\xef\xbb\xbf")


def test_a_series_without_measures_is_a_table_with_its_head():
    text = series_csv(series.without_measures())
    assert text == BYTE_ORDER_MARK + ",".join(COLUMNS) + "\r\n"


def test_every_column_is_explained():
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"`{column}`" in page for column in COLUMNS)
