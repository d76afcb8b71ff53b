"""The repository as these tests read it, without git, which a bare machine does not have."""

import ast
from pathlib import Path

import pytest

PACKAGES = ("service", "analysis", "models")
FOLDERS = (*PACKAGES, "tests", "docs", "sample_images", ".ci")


@pytest.fixture(scope="session")
def text_files(repository) -> dict[Path, str]:
    """Every text that a commit can hold, by its path from the top."""
    paths = [path for path in repository.iterdir() if path.is_file()]
    for folder in FOLDERS:
        paths += [p for p in (repository / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    texts = {}
    for path in sorted(paths):
        content = path.read_bytes()
        if b"\0" not in content:  # else a picture or a font
            texts[path.relative_to(repository)] = content.decode("utf-8", "replace")
    return texts


@pytest.fixture(scope="session")
def package_trees(text_files) -> dict[Path, ast.Module]:
    """The syntax tree of each module of the three packages, by its path from the top."""
    return {
        path: ast.parse(text) for path, text in text_files.items() if path.suffix == ".py" and path.parts[0] in PACKAGES
    }
