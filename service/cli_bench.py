"""What ``liftmark bench …`` does: run a benchmark, print it, write it."""

from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from service.bench.accuracy import bench_accuracy
from service.bench.accuracy_sources import AccuracyOptions, plan_of
from service.bench.accuracy_tables import accuracy_lines
from service.bench.speed import bench_speed, sample_pair
from service.cli_analysis import print_lines, write_json
from service.terminal import speed_lines


def print_speed(photos: tuple[Path, Path] | None, json_file: Path | None, runs: int) -> None:
    """Time a comparison against the floor; see ``liftmark bench speed --help``."""
    pair = sample_pair() if photos is None else (photos[0].read_bytes(), photos[1].read_bytes())
    document = bench_speed(*pair, runs)
    write_json(document, json_file)
    print_lines(json_file, *speed_lines(document))


def print_accuracy(folders: tuple[Path, ...], options: AccuracyOptions, json_file: Path | None) -> None:
    """Compare pairs of known truth; see ``liftmark bench accuracy --help``."""
    plan = plan_of(folders, options)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Comparing pairs", total=plan.steps)
        document = bench_accuracy(plan, lambda: progress.advance(task))
    write_json(document, json_file)
    print_lines(json_file, *accuracy_lines(document))
