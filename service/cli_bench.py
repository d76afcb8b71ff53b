"""What ``liftmark bench …`` does: run a benchmark, print it, write it."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from service.bench.accuracy import bench_accuracy
from service.bench.accuracy_markdown import write_tables
from service.bench.accuracy_picture import accuracy_svg
from service.bench.accuracy_sources import AccuracyOptions, plan_of
from service.bench.accuracy_tables import accuracy_lines
from service.bench.load import bench_load
from service.bench.marked_page import write_marked
from service.bench.pages import bench_pages
from service.bench.series import bench_series, kinds, series_bench_markdown, series_bench_table
from service.bench.speed import bench_speed, sample_pair
from service.cli_analysis import make_folder_of, print_lines, write_json
from service.terminal import speed_lines
from service.terminal_load import load_lines
from service.terminal_pages import page_lines, page_markdown


def print_speed(photos: tuple[Path, Path] | None, json_file: Path | None, runs: int) -> None:
    """Time a comparison against the floor; see ``liftmark bench speed --help``."""
    pair = sample_pair() if photos is None else (photos[0].read_bytes(), photos[1].read_bytes())
    document = bench_speed(*pair, runs)
    write_json(document, json_file)
    print_lines(json_file, *speed_lines(document))


def print_load(sizes: tuple[int, int, int, int], json_file: Path | None) -> None:
    """Time good users in peace and under attack; see ``liftmark bench load --help``."""
    users, uploads, rounds, attackers = sizes
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Rounds", total=2 * rounds)
        document = bench_load(users, uploads, rounds, attackers, lambda: progress.advance(task))
    write_json(document, json_file)
    print_lines(json_file, *load_lines(document))


def print_pages(subjects: int, photos: int, runs: int, json_file: Path | None, markdown: Path | None) -> None:
    """Time the application's pages; see ``liftmark bench pages --help``."""
    with Console(stderr=True).status("Starting the service") as status:
        document = bench_pages(subjects, photos, runs, status.update)
    write_json(document, json_file)
    if markdown is not None:
        write_marked(markdown, "pages", {"times": page_markdown(document)})
    print_lines(json_file, *page_lines(document))


@dataclass(frozen=True, slots=True)
class AccuracyFiles:
    """What a run of the accuracy benchmark writes, besides what it prints."""

    json: Path | None = None
    picture: Path | None = None
    markdown: Path | None = None


def print_accuracy(folders: tuple[Path, ...], options: AccuracyOptions, files: AccuracyFiles) -> None:
    """Compare pairs of known truth; see ``liftmark bench accuracy --help``."""
    for file in (files.json, files.picture, files.markdown):
        if file is not None:  # before the long work, not after it
            make_folder_of(file)
    plan = plan_of(folders, options)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Comparing pairs", total=plan.steps)
        document = bench_accuracy(plan, lambda: progress.advance(task))
    write_json(document, files.json)
    if files.picture is not None:
        files.picture.write_text(accuracy_svg(document), encoding="utf-8")
    if files.markdown is not None:
        write_tables(document, files.markdown)
    print_lines(files.json, *accuracy_lines(document))


def print_series(courses: int, seed: int, json_file: Path | None, markdown: Path | None) -> None:
    """Judge simulated courses; see ``liftmark bench series --help``."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Courses", total=len(kinds()))
        document = bench_series(courses, seed, lambda: progress.advance(task))
    write_json(document, json_file)
    if markdown is not None:
        write_marked(markdown, "series", {"simulated": series_bench_markdown(document)})
    print_lines(json_file, series_bench_table(document))
