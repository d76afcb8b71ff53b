"""How long the door takes to refuse each bomb: ``python -m tests.hostile.refusal_times`` prints a table in Markdown.

Once as the processor's time for judging alone, and once around the whole check, with the file's way into the sandbox
and the answer's way back, which a busy machine stretches.
"""

import os
import statistics
import time
from collections.abc import Callable

from analysis.decode import inspect
from service.sandbox import LOOKS_ALONE, AnalysisWorkers
from tests.hostile.bombs import NO_PHOTO, OVERLOADED, TOO_LARGE

_TIMES = 5


def _row(workers: AnalysisWorkers, name: str, upload: bytes) -> str:
    refused = workers.check(upload)
    what = "accepted" if refused is None else refused.refused.code
    judging_ms = _median_ms(time.process_time, lambda: inspect(upload))
    whole_ms = _median_ms(time.perf_counter, lambda: workers.check(upload))
    return f"| {name} | {len(upload) / 1e6:.2f} | {what} | {judging_ms:.1f} | {whole_ms:.1f} |"


def _median_ms(clock: Callable[[], float], act: Callable[[], object]) -> float:
    taken = []
    for _ in range(_TIMES):
        started = clock()
        act()
        taken.append(clock() - started)
    return 1000 * statistics.median(taken)


if __name__ == "__main__":
    print("| bomb | MB | refused as | judging, ms | whole check, ms |\n| --- | ---: | --- | ---: | ---: |")
    with AnalysisWorkers(module=LOOKS_ALONE) as workers:
        workers.warm_up()
        for kind in (TOO_LARGE, NO_PHOTO, OVERLOADED):
            for name, make in kind.items():
                print(_row(workers, name, make()), flush=True)
        workers.close()
    print(f"Load of the machine: {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores.")
