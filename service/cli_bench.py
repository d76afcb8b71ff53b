"""What ``liftmark bench …`` does: run a benchmark, print it, write it."""

from pathlib import Path

from service.bench.speed import bench_speed, sample_pair
from service.cli_analysis import print_lines, write_json
from service.terminal import speed_lines


def print_speed(photos: tuple[Path, Path] | None, json_file: Path | None, runs: int) -> None:
    """Time a comparison against the floor; see ``liftmark bench speed --help``."""
    pair = sample_pair() if photos is None else (photos[0].read_bytes(), photos[1].read_bytes())
    document = bench_speed(*pair, runs)
    write_json(document, json_file)
    print_lines(json_file, *speed_lines(document))
