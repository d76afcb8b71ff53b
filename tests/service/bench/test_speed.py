"""The speed benchmark: honest sums on a small pair; the figures themselves depend on the machine."""

import time
from pathlib import Path

import numpy as np
import pytest

from analysis.decode import decode
from service.bench import floor as floor_module
from service.bench.speed import bench_speed, sample_pair
from service.bench.stopwatch import Stopwatch

SAMPLES = Path(__file__).parents[3] / "sample_images"


@pytest.mark.slow
def test_floor_and_comparison_are_timed_in_the_same_run() -> None:
    before, after = ((SAMPLES / f"eyelids_{which}.jpg").read_bytes() for which in ("before", "after"))
    document = bench_speed(before, after, runs=1)
    assert document.floor_cpu_s > 0
    assert document.ratio_cpu == document.compare_cpu_s / document.floor_cpu_s
    assert document.floor_steps[0].step == "decode at half size"
    assert {"decode", "register", "render_aligned"} <= {step.step for step in document.compare_steps}
    assert sum(step.cpu_s for step in document.floor_steps) == pytest.approx(document.floor_cpu_s, rel=0.25, abs=0.02)


def test_the_sample_pair_has_12_megapixels() -> None:
    for upload in sample_pair():
        width, height = decode(upload, at_least_px=1).size_px
        assert width * height == pytest.approx(12e6, rel=0.001)


def test_a_stopwatch_adds_up_the_cpu_time_of_each_step() -> None:
    watch = Stopwatch()
    for _ in range(2):
        with watch.step("spin"):
            until = time.process_time() + 0.03
            while time.process_time() < until:
                pass
    assert watch.cpu_s["spin"] == pytest.approx(0.06, abs=0.02)


def test_a_stopwatch_times_functions_where_they_are_called_and_puts_them_back() -> None:
    watch = Stopwatch()
    with watch.timing((floor_module, "_reduced")):
        reduced, _ = floor_module._reduced(np.zeros((1280, 640, 3), np.uint8))
    assert reduced.shape == (640, 320, 3)
    assert list(watch.cpu_s) == ["_reduced"]
    assert not hasattr(floor_module._reduced, "__wrapped__")
