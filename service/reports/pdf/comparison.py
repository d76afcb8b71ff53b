"""The comparison of two photos as PDF."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from models.measurand import MEASURANDS
from service.documents import ComparisonDocument
from service.reports.limits import comparison_limits
from service.reports.pdf.drawings import interval_svg
from service.reports.pdf.letterhead import Letterhead
from service.reports.pdf.pictures import is_jpeg
from service.reports.pdf.printable import printable
from service.reports.pdf.typeset import typeset
from service.reports.photos import averaged, controls, photo_cards
from service.reports.rows import FamilyTable, MeasureRows, Row, family_tables
from service.reports.summary import DETECTABLE, summary

Json = dict[str, object]

_DRAWN: tuple[str, ...] = ("side_words", "before", "after", "unit", "change", "interval", "mdc95", "symbol",
                           "verdict_words", "meaning", "reason", "bar_words")  # fmt: skip


def comparison_pdf(
    document: ComparisonDocument, before_jpeg: bytes, after_jpeg: bytes, letterhead: Letterhead | None = None
) -> bytes:
    """Lay out the comparison on A4, with both aligned photos."""
    head = letterhead or Letterhead("")
    both = {"before.jpg": before_jpeg, "after.jpg": after_jpeg}
    files = {name: content for name, content in both.items() if is_jpeg(content)}
    tables = family_tables(document)
    data = _data(document, tables) | {"pictures": list(files)} | head.data
    return typeset("comparison", data, files | head.files | dict(_drawings(tables)))


def _data(document: ComparisonDocument, tables: Sequence[FamilyTable]) -> Json:
    alignment = document.alignment
    return {
        "method": printable(document.method_version),
        "summary": printable(summary(document)),
        "photos": printable(photo_cards(document)),
        "averaged": averaged(document),
        "controls": printable(controls(document)),
        "residual": None if alignment is None or alignment.residual_mm is None else f"{alignment.residual_mm:.2f} mm",
        "tables": [{"family": table.family, "measures": [_measure(one) for one in table.measures]} for table in tables],
        "limits": printable(comparison_limits(document)),
    }


def _measure(one: MeasureRows) -> Json:
    return {
        "name": printable(one.name),
        "what": printable(one.what),
        "definition": printable(MEASURANDS[one.code].definition.replace("`", "")),
        "rows": [_row(row) for row in one.rows],
    }


def _row(row: Row) -> Json:
    told = {key: value for key, value in asdict(row).items() if key in _DRAWN}
    held = row.verdict in DETECTABLE
    return {
        **{key: printable(value) for key, value in told.items()},
        "held": held,
        "picture": None if row.bar is None else _name(row),
    }


def _name(row: Row) -> str:
    return f"bar-{list(MEASURANDS).index(row.measurand)}-{row.side or 'face'}.svg"


def _drawings(tables: Sequence[FamilyTable]) -> Iterator[tuple[str, bytes]]:
    for row in (row for table in tables for one in table.measures for row in one.rows):
        if row.bar is not None:
            yield _name(row), interval_svg(row.bar, held=row.verdict in DETECTABLE)
