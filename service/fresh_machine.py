"""Is this machine ready for set-up? Says what is missing and installs it with apt when it may.

Run by the bare system Python, before anything is installed: standard library only, and no syntax that an old Python
would choke on before it can say that it is too old. Run it with ``-I`` so that this folder's modules cannot stand
in front of the standard library's.
"""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys

OLDEST_PYTHON = (3, 11)

# What OpenCV and MediaPipe load from the system, and the Debian package that brings it. Neither wheel carries these.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLESv2.so.2": "libgles2",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libSM.so.6": "libsm6",
    "libXext.so.6": "libxext6",
}


def main() -> int:
    """Exit code 0 when set-up can go on, 1 with a sentence on stderr when a person has to act first."""
    problem = old_python() or install(missing_packages())
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


def old_python() -> str:
    """A sentence when this Python is too old, else nothing."""
    if sys.version_info >= OLDEST_PYTHON:
        return ""
    found = "{}.{}".format(*sys.version_info[:2])
    return (
        f"Liftmark needs Python 3.11 or newer and python3 is {found}: run `make PYTHON=python3.11 …` with a newer one."
    )


def missing_packages() -> "list[str]":
    """Debian packages that have to be installed before set-up can go on."""
    packages = [package for library, package in LIBRARIES.items() if not loads(library)]
    if importlib.util.find_spec("ensurepip") is None:  # Debian splits it from python3
        packages.append("python3-venv")
    return packages


def loads(library: str) -> bool:
    """Whether the dynamic linker finds the library, which is what importing OpenCV will ask of it."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install(packages: "list[str]") -> str:
    """Install the packages with apt; a sentence when that could not be done."""
    if not packages:
        return ""
    names = " ".join(packages)
    by_hand = f"Missing: {names}. Run this, then try again:\n    sudo apt-get install --no-install-recommends {names}"
    as_root = root_prefix()
    if as_root is None or not shutil.which("apt-get"):
        return by_hand
    print(f"==> Installing with apt: {names}", flush=True)
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    report = run([*apt, "update"]) + run([*apt, "install", "--yes", "--no-install-recommends", *packages])
    importlib.invalidate_caches()
    return f"{report}\n{by_hand}" if missing_packages() else ""


def root_prefix() -> "list[str] | None":
    """What to put before a command to run it as root without being asked for a password; None when that cannot be."""
    if os.geteuid() == 0:
        return []
    may_sudo = (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    )
    return ["sudo", "-n"] if may_sudo else None


def run(command: "list[str]") -> str:
    """Run quietly; what the command printed, when it failed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout if done.returncode else ""


if __name__ == "__main__":
    sys.exit(main())
