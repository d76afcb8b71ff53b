"""An analysis process that does to itself what an upload tells it to, locked in like the real one."""

import ctypes
import errno
import os
import platform
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np

from models.quality import Flag, FlagCode, Refused
from service.documents import measurement_document, refused_document
from service.sandbox.child_loop import run_child
from tests.service.examples import an_analysis

_SOCKET_CALL = {"x86_64": 41, "aarch64": 198}
_MEASURED = measurement_document(an_analysis()).model_dump_json().encode()
_JPEG = b"\xff\xd8\xff\xe0"


def _abort() -> None:
    os.abort()


def _exit() -> None:
    sys.exit(3)


def _leave() -> None:
    os._exit(0)


def _segfault() -> None:
    ctypes.string_at(0)


def _hog() -> None:
    held = []
    while True:
        held.append(np.empty(2**27))


def _hog_in_c() -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.malloc.argtypes = [ctypes.c_size_t]
    while libc.malloc(2**28):
        pass
    raise MemoryError


def _spin() -> None:
    while True:
        pass


def _sleep() -> None:
    time.sleep(3600)


def _raise() -> None:
    raise RuntimeError("a bug, not an attack")


def _open_what_the_service_keeps() -> None:
    """Open the file that the test put where the service keeps such files; its path is this process's only hint."""
    Path(os.environ["LIFTMARK_FACE_MODEL"]).with_name("master.key").read_bytes()


def _list_what_the_service_keeps() -> None:
    list(Path(os.environ["LIFTMARK_FACE_MODEL"]).parent.iterdir())


def _lie() -> None:
    os.write(_answers_fd(), b"\xff" * 4096)


def _answers_fd() -> int:
    """Return the pipe to the service: the only one that is open beside the three standard ones."""
    return max(int(fd.name) for fd in Path("/proc/self/fd").iterdir() if "pipe" in _target(fd))


def _target(fd: Path) -> str:
    try:
        return str(fd.readlink())
    except OSError:
        return ""


def _refused_by_the_kernel(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError as error:
        return "Permission denied" in str(error) or error.errno in {errno.EACCES, errno.ENOSYS, errno.EFBIG}
    return False


def _raw_call(number: int, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _write_a_file() -> None:
    path = Path("/tmp/liftmark-sandbox-test")
    try:
        path.write_bytes(b"pixels")
    finally:
        path.unlink(missing_ok=True)


_ATTEMPTS: dict[str, Callable[[], object]] = {
    "inet": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "inet6": lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
    "unix": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "socketpair": socket.socketpair,
    "urllib": lambda: urllib.request.urlopen("http://127.0.0.1:9/", timeout=1),
    "raw call": lambda: _raw_call(_SOCKET_CALL[platform.machine()], socket.AF_INET, socket.SOCK_STREAM, 0),
    "io_uring": lambda: _raw_call(425, 8, 0),
    "pidfd_getfd": lambda: _raw_call(438, 0, 0, 0),
    "another program": lambda: subprocess.run(["/bin/true"], check=True),
    "fork": os.fork,
    "kill": lambda: os.kill(os.getppid(), 0),
    "file": _write_a_file,
}
_READINGS: dict[str, Callable[[], object]] = {
    "key": _open_what_the_service_keeps,
    "folder": _list_what_the_service_keeps,
    "accounts": lambda: Path("/etc/passwd").read_bytes(),
    "another process": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    "home": lambda: list(Path("/home").iterdir()),
    "the face model": lambda: Path(os.environ["LIFTMARK_FACE_MODEL"]).read_bytes(),
    "its own code": lambda: Path(__file__).read_bytes(),
}


_DEEDS: dict[str, Callable[[], object]] = {
    "abort": _abort,
    "exit": _exit,
    "leave": _leave,
    "segfault": _segfault,
    "hog": _hog,
    "hog in C": _hog_in_c,
    "spin": _spin,
    "sleep": _sleep,
    "raise": _raise,
    "lie": _lie,
}


def _measure(upload: bytes, view: bytes) -> tuple[bytes, ...]:
    deed = upload.decode()
    assert view == b"frontal"
    attempt = {**_ATTEMPTS, **_READINGS}.get(deed)
    if attempt:
        return (_MEASURED, _JPEG) if not _refused_by_the_kernel(attempt) else _refused()
    if deed in _DEEDS:
        _DEEDS[deed]()
    return {
        "pid": (_MEASURED.replace(b'"method":"iris"', b'"method":"%d"' % os.getpid()), _JPEG),
        "secrets": (_MEASURED.replace(b'"method":"iris"', b'"method":"%s"' % ",".join(os.environ).encode()), _JPEG),
        "no document": (b"{}", _JPEG),
        "no picture": (_MEASURED, b"<script>"),
        "nothing": (),
    }.get(deed, (_MEASURED, _JPEG))


def _refused() -> tuple[bytes, ...]:
    return (refused_document(Refused(Flag.of(FlagCode.NO_FACE))).model_dump_json().encode(),)


def _check(upload: bytes) -> tuple[bytes, ...]:
    return _refused() if upload == b"bad" else ()


if __name__ == "__main__":
    run_child({"measure": _measure, "check": _check}, float(sys.argv[1]))
