"""How long the door takes to refuse each bomb: ``python -m tests.hostile.refusal_times`` prints a table in Markdown.

Measured around the whole check, with the file's way into the sandbox and the answer's way back.
"""

import os
import statistics
import time

from service.sandbox import AnalysisWorkers
from tests.hostile.bombs import NO_PHOTO, OVERLOADED, TOO_LARGE

_TIMES = 5


def _row(workers: AnalysisWorkers, name: str, upload: bytes) -> str:
    taken_ms = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        refused = workers.check(upload)
        taken_ms.append(1000 * (time.perf_counter() - started))
    what = "accepted" if refused is None else refused.refused.code
    median, least = statistics.median(taken_ms), min(taken_ms)
    return f"| {name} | {len(upload) / 1e6:.2f} | {what} | {median:.1f} | {least:.1f} |"


if __name__ == "__main__":
    print("| bomb | MB | refused as | median, ms | least, ms |\n| --- | ---: | --- | ---: | ---: |")
    with AnalysisWorkers() as workers:
        workers.warm_up()
        for kind in (TOO_LARGE, NO_PHOTO, OVERLOADED):
            for name, make in kind.items():
                print(_row(workers, name, make()), flush=True)
        workers.close()
    print("Load of the machine: {:.0f} on {} cores.".format(os.getloadavg()[0], os.cpu_count()))
