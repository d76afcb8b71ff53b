"""What set-up installs: hash-locked, all of it, and one OpenCV."""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from service import fresh_machine

COMMANDS = {"help", "setup", "demo", "test", "lint", "types", "bench", "docs", "format", "pictures"}


def locked(lock: Path) -> dict[str, Requirement]:
    """The lock's entries by name."""
    lines = re.findall(r"^([^\s#].*?) \\$", lock.read_text(), flags=re.MULTILINE)
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


@pytest.fixture(scope="module")
def lock(repository) -> dict[str, Requirement]:
    return locked(repository / "requirements.lock")


@pytest.fixture(scope="module")
def dev_lock(repository) -> dict[str, Requirement]:
    return locked(repository / "requirements-dev.lock")


@pytest.fixture(scope="module")
def project(repository) -> dict:
    return tomllib.loads((repository / "pyproject.toml").read_text())


def test_every_direct_dependency_is_locked_at_a_version_it_allows(project, lock):
    wanted = map(Requirement, [*project["project"]["dependencies"], *project["dependency-groups"]["build"]])
    for requirement in wanted:
        (pin,) = lock[canonicalize_name(requirement.name)].specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), requirement


def test_tests_run_on_the_versions_that_are_served(lock, dev_lock):
    assert {name: dev_lock.get(name) for name in lock} == lock


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_file_has_its_hash_and_no_address(name, repository):
    text = (repository / name).read_text()
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry and "==" in entry for entry in entries)
    assert "://" not in text
    assert "--index" not in text


def test_exactly_one_opencv_is_installed():
    owners = [d.name for d in distributions() if any(str(f) == "cv2/__init__.py" for f in d.files or ())]
    assert owners == ["opencv-python"]


def test_the_command_line_is_installed_with_the_project(project):
    assert project["project"]["scripts"] == {"liftmark": "service.cli:main"}


def test_make_help_names_every_command(repository):
    described = set(re.findall(r"^([a-z-]+):.*## \S", (repository / "Makefile").read_text(), flags=re.MULTILINE))
    assert described >= COMMANDS


def test_a_machine_that_runs_the_tests_lacks_no_system_library():
    assert fresh_machine.missing_packages() == []


def test_a_missing_library_is_named_with_the_line_to_run(monkeypatch):
    monkeypatch.setattr(fresh_machine, "LIBRARIES", {"libnowhere.so.1": "libnowhere1"})
    monkeypatch.setattr(fresh_machine, "root_prefix", lambda: None)
    says = fresh_machine.install(fresh_machine.missing_packages())
    assert says.endswith("sudo apt-get install --no-install-recommends libnowhere1")


def test_an_old_python_is_told_so_in_one_sentence(monkeypatch):
    monkeypatch.setattr(fresh_machine.sys, "version_info", (3, 9, 2, "final", 0))
    assert "needs Python 3.11 or newer and python3 is 3.9" in fresh_machine.old_python()


def test_the_image_installs_what_set_up_installs(repository):
    dockerfile = (repository / "Dockerfile").read_text()
    assert "fresh_machine.py" in dockerfile
    assert "--require-hashes" in dockerfile
    assert "requirements.lock" in dockerfile
