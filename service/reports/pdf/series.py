"""The series as PDF."""

from collections.abc import Iterator, Mapping, Sequence

from models.measurand import MEASURANDS
from service.documents.series import SeriesDocument, SeriesVisitDocument
from service.reports.limits import SERIES_LIMITS
from service.reports.pdf.drawings import paper_svg
from service.reports.pdf.letterhead import Letterhead
from service.reports.pdf.pictures import is_jpeg, spread_over
from service.reports.pdf.printable import printable
from service.reports.pdf.typeset import typeset
from service.reports.series.first_screen import first_screen
from service.reports.series.tables import Chart, MeasureCharts, Table, measure_charts, tables
from service.reports.series.timeline import HEIGHT, WIDTH
from service.reports.series.visits import Player, VisitCard, player, visit_cards

Json = dict[str, object]


def series_pdf(document: SeriesDocument, pictures: Mapping[str, bytes], letterhead: Letterhead | None = None) -> bytes:
    """Lay out the series on A4.

    Parameters
    ----------
    pictures : aligned photos as JPEG, by ``photo``; a photo without one is told in words alone.
    """
    head = letterhead or Letterhead("")
    sound = [visit.photo for visit in document.visits if is_jpeg(pictures.get(visit.photo, b""))]
    names = {photo: f"photo-{number}.jpg" for number, photo in enumerate(sound)}
    measures, cards = measure_charts(document), visit_cards(document, names, {})
    data = _data(document, measures, cards, player(document, cards)) | head.data
    shown = {names[photo]: pictures[photo] for photo in sound}
    return typeset("series", data, shown | head.files | dict(_drawings(measures)))


def _data(
    document: SeriesDocument, measures: Sequence[MeasureCharts], cards: Sequence[VisitCard], seen: Player | None
) -> Json:
    return {
        "method": printable(document.method_version),
        "screen": printable(first_screen(document)),
        "tables": [_table(table) for table in tables(document)],
        "measures": [_measure(measure) for measure in measures],
        "chart-rows": [[_chart(chart) for chart in row] for row in _in_rows(measures)],
        "visits": [_visit(card) for card in cards],
        "hashes": [_hash(visit) for visit in document.visits if visit.sha256],
        "pair": [] if seen is None else _pair(seen),
        "strip": [_photo(card) for card in spread_over([card for card in cards if card.image])],
        "photos": sum(bool(card.image) for card in cards),
        "limits": printable(SERIES_LIMITS),
    }


def _table(table: Table) -> Json:
    keys = ("name", "side_words", "lasting", "passing", "after_course", "missing")
    rows = [{key: printable(getattr(line.row, key)) for key in keys} for line in table.lines]
    return {"slug": table.slug, "title": table.title, "says": table.says, "rows": rows}


def _measure(measure: MeasureCharts) -> Json:
    return {
        "name": printable(measure.name),
        "what": printable(measure.what),
        "definition": printable(measure.definition.replace("`", "")),
    }


def _in_rows(measures: Sequence[MeasureCharts]) -> Iterator[tuple[Chart, ...]]:
    """Both sides of a measure abreast; measures of the whole face two abreast where they follow each other."""
    waiting: tuple[Chart, ...] = ()
    for measure in measures:
        alone = len(measure.charts) == 1
        if waiting and not alone:
            yield waiting
            waiting = ()
        row = (*waiting, *measure.charts)
        waiting = row if len(row) == 1 else ()
        if not waiting:
            yield row
    if waiting:
        yield waiting


def _chart(chart: Chart) -> Json:
    row = chart.row
    return {
        "title": printable(row.full_name),
        "lasting": printable(row.lasting),
        "missing": printable(row.missing),
        "trend": row.trend,
        "words": "" if chart.drawing is None else printable(chart.drawing.words),
        "picture": None if chart.drawing is None else _chart_name(chart),
    }


def _chart_name(chart: Chart) -> str:
    return f"chart-{list(MEASURANDS).index(chart.row.code)}-{chart.row.side or 'face'}.svg"


def _drawings(measures: Sequence[MeasureCharts]) -> Iterator[tuple[str, bytes]]:
    for chart in (chart for measure in measures for chart in measure.charts):
        if chart.drawing is not None:
            yield _chart_name(chart), paper_svg(chart.drawing.inside, WIDTH, HEIGHT)


def _pair(seen: Player) -> list[Json]:
    """The baseline and the last photo that counts."""
    both = (("Baseline", seen.baseline), (seen.shown_title, seen.shown))
    return [_photo(card) | {"title": title} for title, card in both]


def _photo(card: VisitCard) -> Json:
    return {
        "picture": card.image,
        "alt": f"The face on {card.day}, {card.phase}",
        "day": card.short_day,
        "phase": card.phase,
        "excluded": card.excluded,
    }


def _hash(visit: SeriesVisitDocument) -> Json:
    return {"photo": printable(visit.photo), "sha256": visit.sha256}


def _visit(card: VisitCard) -> Json:
    use = f"left out: {card.reason}" if card.excluded else card.use
    return {
        "day": card.short_day,
        "phase": card.phase,
        "photo": printable(card.photo),
        "use": printable(". ".join((use, " ".join(flag.says for flag in card.flags))).removesuffix(". ")),
        "notes": printable(card.notes),
    }
