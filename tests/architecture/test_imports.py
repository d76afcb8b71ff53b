"""Imports run one way: service -> analysis -> models; the contracts are in pyproject.toml."""

import subprocess
import sysconfig
from pathlib import Path


def test_every_import_contract_is_kept(repository, tmp_path):
    lint_imports = Path(sysconfig.get_path("scripts")) / "lint-imports"
    # In a process of its own: it colours its output and changes import paths.
    result = subprocess.run([lint_imports, "--no-cache"], cwd=repository, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
