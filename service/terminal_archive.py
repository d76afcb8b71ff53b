"""What was read from a folder, as a person reads it in a terminal, and progress on long work."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from service.archive import Reason, Refusal

Begin = Callable[[str, int | None], Callable[[], None]]


class _Rate(ProgressColumn):
    """Steps a second."""

    def render(self, task: Task) -> Text:
        """As text; nothing before the first steps."""
        return Text("" if task.speed is None else f"{task.speed:.1f}/s")


@contextmanager
def progress_bars() -> Iterator[Begin]:
    """Begins stretches of work, each with its bar, on stderr; silent where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:

        def begin(what: str, total: int | None) -> Callable[[], None]:
            task = progress.add_task(what, total=total)
            return lambda: progress.advance(task)

        yield begin


def refusal_lines(refusals: Iterable[Refusal]) -> Iterator[RenderableType]:
    """Every line and file that cannot be used, each with its reason; files that nobody meant are only counted."""
    meant = [refusal for refusal in refusals if refusal.counts]
    for refusal in meant:
        yield Text(f"Not used: {refusal.where}. {refusal.says}")


def refusal_table(reasons: Iterable[Reason | str]) -> Table:
    """How many were refused for which reason, the most frequent first."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Refused", justify="right")
    table.add_column("Reason")
    for reason, count in Counter(map(str, reasons)).most_common():
        table.add_row(str(count), reason.replace("_", " "))
    return table
