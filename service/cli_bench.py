"""What ``liftmark bench …`` does: run a benchmark, print it, write it."""

from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from service.bench.accuracy import bench_accuracy
from service.bench.accuracy_truth import true_pairs
from service.bench.speed import SAMPLES, bench_speed, sample_pair
from service.cli_analysis import print_lines, write_json
from service.terminal import accuracy_lines, speed_lines


def print_speed(photos: tuple[Path, Path] | None, json_file: Path | None, runs: int) -> None:
    """Time a comparison against the floor; see ``liftmark bench speed --help``."""
    pair = sample_pair() if photos is None else (photos[0].read_bytes(), photos[1].read_bytes())
    document = bench_speed(*pair, runs)
    write_json(document, json_file)
    print_lines(json_file, *speed_lines(document))


def print_accuracy(folders: tuple[Path, ...], json_file: Path | None) -> None:
    """Compare pairs of known truth; see ``liftmark bench accuracy --help``."""
    pairs = [pair for folder in folders or (SAMPLES,) for pair in true_pairs(folder)]
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Comparing pairs", total=len(pairs))
        document = bench_accuracy(pairs, lambda: progress.advance(task))
    write_json(document, json_file)
    print_lines(json_file, *accuracy_lines(document))
