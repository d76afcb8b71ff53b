"""The benchmark of the pages on a terminal."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table

from service.bench.pages import PagesDocument


def page_lines(document: PagesDocument) -> Iterator[RenderableType]:
    """Each page with its times."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("Page", "Median, ms", "Slowest, ms", "Size, kB"):
        table.add_column(column, justify="left" if column == "Page" else "right")
    for one in document.pages:
        table.add_row(one.page, f"{one.median_ms:.0f}", f"{one.slowest_ms:.0f}", f"{one.kilobytes:.0f}")
    yield table
    yield f"{document.subjects} subjects, {document.photos} photos, {document.runs} runs of each page."


def page_markdown(document: PagesDocument) -> str:
    """The same as a table in Markdown."""
    rows = [
        f"| {one.page} | {one.median_ms:.0f} | {one.slowest_ms:.0f} | {one.kilobytes:.0f} |" for one in document.pages
    ]
    head = "| page | median, ms | slowest, ms | size, kB |\n| --- | ---: | ---: | ---: |"
    return "\n".join(
        (head, *rows, "", f"{document.subjects} subjects, {document.photos} photos, {document.runs} runs.")
    )
