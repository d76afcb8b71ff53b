"""The process in which speed is measured: locked in like the analysis, since MediaPipe runs in it."""

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Final

import cv2

import analysis.pipeline
import service.sandbox.child
from analysis.decode import decode
from models.face_landmarker.landmarker import FaceLandmarker
from models.photo import Photo
from models.provenance import METHOD_VERSION
from service.bench.floor import floor
from service.bench.speed import SpeedDocument, StepDocument
from service.bench.stopwatch import Stopwatch
from service.sandbox.child import AnalysisJobs
from service.sandbox.child_loop import run_child

_WARM_UPS: Final = 2
_STEPS: Final = (
    *(
        (analysis.pipeline, name)
        for name in (
            "decode",
            "find_face",
            "cut_out",
            "grey_of",
            "log_luminance",
            "expression_of",
            "limbi_in",
            "scale_in",
            "find_contours",
            "judge_photo",
            "flag_covered",
            "measure_photo",
            "register",
            "compare_registered",
        )
    ),
    *((service.sandbox.child, name) for name in ("render_aligned", "comparison_document", "_json", "jpeg")),
)


def measured_speed(before: bytes, after: bytes, runs: int, landmarker: FaceLandmarker) -> SpeedDocument:
    """Alternate floor and comparison ``runs`` times and take the medians; then the comparison step by step."""
    floors, compares, watches = [], [], []
    for _ in range(_WARM_UPS + runs):
        watches.append(Stopwatch())
        floors.append(_timed(partial(_floor_of_both, before, after, landmarker, watches[-1])))
        compares.append(_timed(partial(AnalysisJobs(landmarker).compare, before, after)))
    (floor_cpu, floor_wall), (compare_cpu, compare_wall) = _medians(floors[_WARM_UPS:]), _medians(compares[_WARM_UPS:])
    return SpeedDocument(
        method_version=METHOD_VERSION,
        runs=runs,
        before_px=_size_px(before),
        after_px=_size_px(after),
        floor_cpu_s=floor_cpu,
        floor_wall_s=floor_wall,
        compare_cpu_s=compare_cpu,
        compare_wall_s=compare_wall,
        ratio_cpu=compare_cpu / floor_cpu,
        ratio_wall=compare_wall / floor_wall,
        floor_steps=_steps(watches[_WARM_UPS:]),
        compare_steps=_steps([_step_by_step(before, after, landmarker) for _ in range(runs)]),
    )


def _floor_of_both(before: bytes, after: bytes, landmarker: FaceLandmarker, watch: Stopwatch) -> None:
    for upload in (before, after):
        floor(upload, landmarker, watch)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds of ``work``."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def _medians(runs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return median(cpu for cpu, _ in runs), median(wall for _, wall in runs)


def _step_by_step(before: bytes, after: bytes, landmarker: FaceLandmarker) -> Stopwatch:
    watch = Stopwatch()
    with watch.timing(*_STEPS):
        AnalysisJobs(landmarker).compare(before, after)
    return watch


def _steps(watches: Sequence[Stopwatch]) -> tuple[StepDocument, ...]:
    medians = {step: median(watch.cpu_s[step] for watch in watches) for step in watches[0].cpu_s}
    return tuple(StepDocument(step=step, cpu_s=seconds) for step, seconds in medians.items())


def _size_px(upload: bytes) -> tuple[int, int]:
    photo = decode(upload, at_least_px=1)
    return photo.size_px if isinstance(photo, Photo) else (0, 0)


def main(cpu_seconds: float) -> None:
    """Load the face model, then measure."""
    cv2.setNumThreads(1)
    with FaceLandmarker() as landmarker:

        def bench(before: bytes, after: bytes, runs: bytes) -> tuple[bytes, ...]:
            return (measured_speed(before, after, int(runs), landmarker).model_dump_json().encode(),)

        run_child({"bench": bench}, cpu_seconds)


if __name__ == "__main__":
    main(float(sys.argv[1]))
