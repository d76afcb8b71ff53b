"""The load benchmark on a terminal."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table

from service.bench.load import LoadDocument


def load_lines(document: LoadDocument) -> Iterator[RenderableType]:
    """Quiet, attacked, and their ratio."""
    quiet, attacked = document.quiet, document.attacked
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("", "Quiet", "Attacked", "Ratio"):
        table.add_column(column, justify="right" if column else "left")
    rows = (
        ("Uploads a second", quiet.uploads_per_s, attacked.uploads_per_s),
        ("Upload p50, ms", quiet.upload_p50_ms, attacked.upload_p50_ms),
        ("Upload p99, ms", quiet.upload_p99_ms, attacked.upload_p99_ms),
        ("Reading p50, ms", quiet.read_p50_ms, attacked.read_p50_ms),
        ("Reading p99, ms", quiet.read_p99_ms, attacked.read_p99_ms),
    )
    for name, calm, stormy in rows:
        table.add_row(name, f"{calm:.1f}", f"{stormy:.1f}", f"{stormy / calm:.2f}")
    yield table
    kinds = ", ".join(f"{count} {kind}" for kind, count in document.attackers.items())
    yield f"{document.uploads} uploads of {document.users} users, {document.failed} failures. Attackers: {kinds}."
