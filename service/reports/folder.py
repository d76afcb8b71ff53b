"""A report as a folder that opens from the disk, without a server and without the network."""

import shutil
from pathlib import Path

from service.documents import ComparisonDocument
from service.reports.page import STATIC_FOLDER, render_comparison_page
from service.reports.pdf import comparison_pdf


def write_report_folder(
    document: ComparisonDocument, aligned_before_jpeg: bytes, aligned_after_jpeg: bytes, folder: Path
) -> Path:
    """Write ``report.html`` with all that it needs beside it, and return its path.

    Beside it lie ``comparison.json``, ``report.pdf``, both aligned photos and ``static``. The folder is made where it
    is missing; what an earlier report left in it is replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "aligned_before.jpg").write_bytes(aligned_before_jpeg)
    (folder / "aligned_after.jpg").write_bytes(aligned_after_jpeg)
    (folder / "comparison.json").write_text(document.model_dump_json(indent=2), encoding="utf-8")
    (folder / "report.pdf").write_bytes(comparison_pdf(document, aligned_before_jpeg, aligned_after_jpeg))
    shutil.copytree(STATIC_FOLDER, folder / "static", dirs_exist_ok=True)
    report = folder / "report.html"
    report.write_text(
        render_comparison_page(
            document,
            before_image="aligned_before.jpg",
            after_image="aligned_after.jpg",
            static="static",
            pdf_link="report.pdf",
        ),
        encoding="utf-8",
    )
    return report
