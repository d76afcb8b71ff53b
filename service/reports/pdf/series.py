"""The series as PDF."""

from collections.abc import Mapping

from service.documents.series import SeriesDocument
from service.reports.pdf.typeset import picture_name, typeset
from service.reports.series.first_screen import first_screen
from service.reports.series.measures import measure_rows


def series_pdf(document: SeriesDocument, pictures: Mapping[str, bytes]) -> bytes:
    """Lay out the series on A4.

    Parameters
    ----------
    pictures : aligned photos as JPEG, by ``photo``; a photo without one is told in words alone.
    """
    names = {
        photo: name
        for number, (photo, content) in enumerate(pictures.items())
        if (name := picture_name(number, content)) is not None
    }
    data = {
        "headline": first_screen(document).headline,
        "method": document.method_version,
        "rows": [[row.name, row.lasting.change if row.lasting else ""] for row in measure_rows(document)],
        "pictures": list(names.values()),
    }
    return typeset("series", data, {name: pictures[photo] for photo, name in names.items()})
