"""A series' report as a folder that opens from the disk, without a server and without the network."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from service.documents.series import SeriesDocument
from service.reports.page import STATIC_FOLDER
from service.reports.pdf import series_pdf
from service.reports.series_csv import series_csv
from service.reports.series_page import render_series_page


def write_series_folder(document: SeriesDocument, pictures: Mapping[str, bytes], folder: Path) -> Path:
    """Write ``report.html`` with all that it needs beside it, and return its path.

    Beside it lie ``series.json``, ``series.csv``, ``series.pdf``, ``pictures`` and ``static``. The folder is made where
    it is missing; what an earlier report left in it is replaced.

    Parameters
    ----------
    pictures : aligned photos as JPEG, by ``photo``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "series.json").write_text(document.model_dump_json(indent=2), encoding="utf-8")
    (folder / "series.csv").write_text(series_csv(document), encoding="utf-8", newline="")
    (folder / "series.pdf").write_bytes(series_pdf(document, pictures))
    shutil.copytree(STATIC_FOLDER, folder / "static", dirs_exist_ok=True)
    report = folder / "report.html"
    html = render_series_page(
        document,
        images=_write_pictures(document, pictures, folder / "pictures"),
        static="static",
        csv_link="series.csv",
        pdf_link="series.pdf",
    )
    report.write_text(html, encoding="utf-8")
    return report


def _write_pictures(document: SeriesDocument, pictures: Mapping[str, bytes], folder: Path) -> dict[str, str]:
    """Write the pictures under names of our own, because a photo's may be no file name; their addresses by photo."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    addresses = {}
    for number, visit in enumerate(document.visits, start=1):
        if visit.photo in pictures:
            name = f"{number:03}-{visit.taken_at:%Y-%m-%d}-{visit.phase}.jpg"
            (folder / name).write_bytes(pictures[visit.photo])
            addresses[visit.photo] = f"{folder.name}/{name}"
    return addresses
