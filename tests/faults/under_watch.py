"""Run a command whose durable calls are shown to somebody before they take effect: ``under_watch.py SOCKET COMMAND …``.

The kernel stops the thread that makes such a call and tells whoever holds the listener (seccomp's user notification);
the listener is sent over the Unix socket at SOCKET. Run as a file, made of the standard library alone.
"""

import ctypes
import os
import platform
import queue
import socket
import struct
import sys
import threading

# Numbers from the kernel's tables (x86_64, aarch64; None where there is no such call), and where the call says what it
# is about: the place of a descriptor among its arguments, or those of a folder's descriptor (None: none) and a path.
CALLS = {
    "write": ((1, 64), 0),
    "pwrite64": ((18, 68), 0),
    "writev": ((20, 66), 0),
    "pwritev": ((296, 70), 0),
    "fsync": ((74, 82), 0),
    "fdatasync": ((75, 83), 0),
    "ftruncate": ((77, 46), 0),
    "fallocate": ((285, 47), 0),
    "rename": ((82, None), (None, 1)),
    "renameat": ((264, 38), (2, 3)),
    "renameat2": ((316, 276), (2, 3)),
    "mkdir": ((83, None), (None, 0)),
    "mkdirat": ((258, 34), (0, 1)),
    "rmdir": ((84, None), (None, 0)),
    "link": ((86, None), (None, 1)),
    "linkat": ((265, 37), (2, 3)),
    "unlink": ((87, None), (None, 0)),
    "unlinkat": ((263, 35), (0, 1)),
    "sendto": ((44, 206), 0),
    "sendmsg": ((46, 211), 0),
    "recvfrom": ((45, 207), 0),
    "recvmsg": ((47, 212), 0),
}
MACHINE = {"x86_64": 0, "aarch64": 1}[platform.machine()]
NUMBERS = {name: numbers[MACHINE] for name, (numbers, _) in CALLS.items() if numbers[MACHINE] is not None}

_SECCOMP = (317, 277)[MACHINE]
_SET_MODE_FILTER, _NEW_LISTENER, _NO_NEW_PRIVILEGES = 1, 8, 38  # <linux/seccomp.h>, <linux/prctl.h>
_ALLOW, _TELL = 0x7FFF0000, 0x7FC00000
_LOAD_NUMBER, _EQUALS, _RETURN = 0x20, 0x15, 0x06


def _program() -> bytes:
    """Tell of each of the calls, let all others pass. It is no wall, so the processor's other tables do not matter."""
    steps = [(_LOAD_NUMBER, 0, 0, 0)]
    for number in NUMBERS.values():
        steps += [(_EQUALS, 0, 1, number), (_RETURN, 0, 0, _TELL)]
    steps.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _install() -> int:
    """Have this thread and all that come from it told of; the listener."""
    libc, program = ctypes.CDLL(None, use_errno=True), _program()
    steps = ctypes.create_string_buffer(program, len(program))
    filters = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(steps))
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    listener = libc.syscall(_SECCOMP, _SET_MODE_FILTER, _NEW_LISTENER, ctypes.c_char_p(filters))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "this kernel does not tell of system calls")
    return listener


def _hand_over(path: str, listeners: "queue.Queue[int]") -> None:
    """Send the listener. This thread was there before the filter, so its own calls are not stopped."""
    with socket.socket(socket.AF_UNIX) as to:
        to.connect(path)
        socket.send_fds(to, [str(os.getpid()).encode()], [listeners.get()])


def _main(path: str, *command: str) -> None:
    listeners: queue.Queue[int] = queue.Queue()
    sender = threading.Thread(target=_hand_over, args=(path, listeners))
    sender.start()
    listeners.put(_install())
    sender.join()
    os.execvp(command[0], command)


if __name__ == "__main__":
    _main(*sys.argv[1:])
