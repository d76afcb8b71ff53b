"""Lock this process in, then run a module in it: ``python -P lockdown.py MODULE MEMORY_BYTES [ARGUMENT …]``.

Run as a file and made of the standard library alone, so that nothing else is imported, and no thread started, before
the process has given up the network, other programs, other processes, files' growth, boundless memory and, where the
kernel has Landlock, all files but those that it is made of. MediaPipe would otherwise send usage metrics to its maker.
"""

import ctypes
import errno
import os
import platform
import resource
import runpy
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ALLOW_UNSANDBOXED: Final = "LIFTMARK_ALLOW_UNSANDBOXED"
EXIT_UNAVAILABLE: Final = 78
"""The process could not be locked in or lacks what it needs; the last line on stderr says what."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """What a system call filter must know of a processor.

    Parameters
    ----------
    audit : AUDIT_ARCH_* of <linux/audit.h>; a call that was made under any other ends the process.
    denied : numbers of the calls that fail, from the kernel's table for this processor.
    clone : number of the call that starts threads, which are needed, and processes, which are not.
    first_foreign : numbers from here on belong to another table (x32) and end the process.
    """

    audit: int
    denied: tuple[int, ...]
    clone: int
    first_foreign: int


_BOTH: Final = (
    425,  # io_uring_setup: opens sockets without the socket call
    424,  # pidfd_send_signal
    434,  # pidfd_open
    438,  # pidfd_getfd: takes another process's open socket
)

_ARCHITECTURES: Final = {
    "x86_64": Architecture(
        audit=0xC000003E,
        denied=(
            41,  # socket
            53,  # socketpair
            57,  # fork
            58,  # vfork
            59,  # execve
            322,  # execveat
            62,  # kill
            101,  # ptrace
            310,  # process_vm_readv
            311,  # process_vm_writev
            321,  # bpf
            *_BOTH,
        ),
        clone=56,
        first_foreign=0x40000000,
    ),
    "aarch64": Architecture(
        audit=0xC00000B7,
        denied=(
            198,  # socket
            199,  # socketpair
            221,  # execve
            281,  # execveat
            129,  # kill
            117,  # ptrace
            270,  # process_vm_readv
            271,  # process_vm_writev
            280,  # bpf
            *_BOTH,
        ),
        clone=220,
        first_foreign=0xFFFFFFFF,
    ),
}

_MAPPED_BYTES: Final = 2 * 2**30
"""Of address space beside its own memory: MediaPipe and OpenCV map 0.85 GB of files."""

_CLONE3: Final = 435  # as clone, but with its flags out of a filter's sight: glibc then takes clone
_CLONE_THREAD: Final = 0x00010000

_PR_GET_SECCOMP, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 21, 22, 38  # <linux/prctl.h>
_SECCOMP_MODE_FILTER = 2
_ALLOW, _FAIL, _END_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000  # SECCOMP_RET_* of <linux/seccomp.h>
_LOAD, _EQUALS, _AT_LEAST, _HAS_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # BPF_LD|W|ABS, BPF_JMP|…|K, BPF_RET|K
_NUMBER_AT, _AUDIT_AT, _FIRST_ARGUMENT_AT = 0, 4, 16  # offsets in struct seccomp_data

_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446  # on all processors
_LANDLOCK_VERSION, _LANDLOCK_PATH_BENEATH = 1, 1  # <linux/landlock.h>
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3  # LANDLOCK_ACCESS_FS_*
_RIGHTS_BY_VERSION: Final = ((1 << 13) - 1, (1 << 14) - 1, (1 << 15) - 1)
_SYSTEM: Final = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache")
_MACHINE: Final = (
    "/dev/null",
    "/dev/urandom",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
)


def why_unsupported() -> str | None:
    """Say why processes cannot be locked in on this machine; None when they can."""
    if platform.system() != "Linux" or platform.machine() not in _ARCHITECTURES:
        where = f"{platform.system()} on {platform.machine()}"
        return f"Photos are analysed in a sandbox that needs Linux on x86_64 or aarch64; this is {where}."
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) < 0:
        return "Photos are analysed in a sandbox that needs seccomp, which this kernel does not offer."
    return None


def lock_in(memory_bytes: int, module: str) -> None:
    """Take from this process, for good, all that running ``module``, which analyses photos, does not need.

    Raises
    ------
    OSError
        When the kernel refuses, or a socket can be opened all the same.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes + _MAPPED_BYTES, memory_bytes + _MAPPED_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel did not close the way to new privileges")
    close_files(dict(_needed(module)))
    _install(_filter_program(_ARCHITECTURES[platform.machine()]))
    _require_no_socket()


def landlock_version() -> int:
    """The version of Landlock that this kernel has; 0 without it, as before Linux 5.13 or where it is off."""
    call = ctypes.CDLL(None).syscall
    return max(0, int(call(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)))


def close_files(needed: dict[str, int]) -> None:
    """Leave open for reading what is ``needed``, by path, and nothing for writing; no step where there is no Landlock.

    Raises
    ------
    OSError
        When the kernel has Landlock and refuses all the same.
    """
    libc, version = ctypes.CDLL(None, use_errno=True), landlock_version()
    if not version:
        return
    rights = struct.pack("Q", _RIGHTS_BY_VERSION[min(version, len(_RIGHTS_BY_VERSION)) - 1])
    rules = libc.syscall(_LANDLOCK_CREATE_RULESET, rights, ctypes.c_size_t(len(rights)), 0)
    added = [_add_rule(libc, rules, path, right) for path, right in needed.items() if Path(path).exists()]
    if rules < 0 or any(added) or libc.syscall(_LANDLOCK_RESTRICT_SELF, rules, 0):
        raise OSError(ctypes.get_errno(), "the kernel did not close the files")
    os.close(rules)


def _add_rule(libc: ctypes.CDLL, rules: int, path: str, right: int) -> int:
    below = os.open(path, os.O_PATH)
    try:
        beneath = struct.pack("=Qi", right, below)
        return int(libc.syscall(_LANDLOCK_ADD_RULE, rules, _LANDLOCK_PATH_BENEATH, beneath, 0))
    finally:
        os.close(below)


def _needed(module: str) -> Iterator[tuple[str, int]]:
    """What is read to run ``module``: Python, libraries, our own code, the face model and what the machine is like."""
    root = Path(__file__).parents[2]
    yield str(root), _READ_FOLDER  # to find our code; what else lies beside it stays unread
    for package in ("service", "analysis", "models", module.partition(".")[0]):
        yield str(root / package), _READ_FILE | _READ_FOLDER
    named = (os.environ.get(name, "") for name in ("LD_LIBRARY_PATH", "LIFTMARK_FACE_MODEL"))
    for path in (sys.prefix, sys.base_prefix, *_SYSTEM, *_MACHINE, *":".join(named).split(":")):
        if path:
            yield path, _READ_FILE | (_READ_FOLDER if Path(path).is_dir() else 0)


def _filter_program(architecture: Architecture) -> bytes:
    """Write the filter as classic BPF; jumps count the instructions to skip."""
    return b"".join(
        (
            _step(_LOAD, _AUDIT_AT),
            _step(_EQUALS, architecture.audit, if_true=1),
            _step(_RETURN, _END_PROCESS),
            _step(_LOAD, _NUMBER_AT),
            _step(_AT_LEAST, architecture.first_foreign, if_false=1),
            _step(_RETURN, _END_PROCESS),
            *(_fail(number, errno.EACCES) for number in architecture.denied),
            _fail(_CLONE3, errno.ENOSYS),
            _step(_EQUALS, architecture.clone, if_false=3),
            _step(_LOAD, _FIRST_ARGUMENT_AT),
            _step(_HAS_BIT, _CLONE_THREAD, if_true=1),
            _step(_RETURN, _FAIL | errno.EACCES),
            _step(_RETURN, _ALLOW),
        )
    )


def _fail(number: int, error: int) -> bytes:
    return _step(_EQUALS, number, if_false=1) + _step(_RETURN, _FAIL | error)


def _step(code: int, operand: int, *, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, operand)


def _install(program: bytes) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    steps = ctypes.create_string_buffer(program, len(program))
    sock_fprog = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(steps))
    if libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_char_p(sock_fprog), 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel did not accept the system call filter")


def _require_no_socket() -> None:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
    except PermissionError:
        return
    raise OSError("a socket could be opened in spite of the filter")


def _main(module: str, memory_bytes: str, *arguments: str) -> None:
    try:
        lock_in(int(memory_bytes), module)
    except (OSError, ValueError, KeyError) as error:
        if os.environ.get(ALLOW_UNSANDBOXED) != "1":
            sys.exit(_unavailable(f"The analysis could not be locked in: {error}."))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _unavailable(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return EXIT_UNAVAILABLE


if __name__ == "__main__":
    _main(*sys.argv[1:])
