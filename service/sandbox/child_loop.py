"""The inside of an analysis process: read a job, do it, answer, until the service hangs up."""

import math
import os
import resource
from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from service.sandbox.messages import Message, packed, unpacked

Job = Callable[..., tuple[bytes, ...]]
"""Takes a job's blobs, returns the answer's."""

EXIT_OUT_OF_MEMORY: Final = 71
READY: Final = Message("ready")
DONE: Final = "done"
_OPENCV_OUT_OF_MEMORY: Final = -4  # cv::Error::StsNoMem


def run_child(jobs: Mapping[str, Job], cpu_seconds: float) -> None:
    """Serve ``jobs`` over what were stdin and stdout; each may use ``cpu_seconds`` of CPU time."""
    requests, answers = _take_over_the_pipes()
    _send(answers, READY)
    while (request := _next_request(requests)) is not None:
        _allow_cpu_seconds(cpu_seconds)
        _send(answers, Message(DONE, _do(jobs[request.name], request.blobs)))


def _take_over_the_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes to ourselves, so that nothing a library prints gets between the answers."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, answers


def _send(answers: BinaryIO, message: Message) -> None:
    answers.writelines(packed(message))
    answers.flush()


def _next_request(requests: BinaryIO) -> Message | None:
    def read_exactly(size: int) -> bytes:
        read = requests.read(size)
        if len(read) < size:
            raise EOFError
        return read

    try:
        return unpacked(read_exactly)
    except EOFError:
        return None


def _allow_cpu_seconds(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime + seconds), hard))


def _do(job: Job, blobs: tuple[bytes, ...]) -> tuple[bytes, ...]:
    try:
        return job(*blobs)
    except MemoryError:
        os._exit(EXIT_OUT_OF_MEMORY)  # at once: what is left of memory may not suffice for an orderly end
    except Exception as error:
        if getattr(error, "code", None) == _OPENCV_OUT_OF_MEMORY:
            os._exit(EXIT_OUT_OF_MEMORY)
        raise
