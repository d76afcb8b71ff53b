"""A clone works anywhere: no file names a registry's host or a path of the machine it was written on."""

import re

import pytest

# Letters in brackets keep these patterns from finding themselves.
REGISTRY_HOST = re.compile(r"\b(pyp[i]|pythonhoste[d]|npmj[s]|deb\.debia[n])\.(org|com)\b")
MACHINE_PATH = re.compile(r"(?<![\w.~$}*])/(wor[k]|roo[t]|far[m]|opt/wheel[s]|opt/pyp[i])/")


@pytest.mark.parametrize("pattern", [REGISTRY_HOST, MACHINE_PATH], ids=["registry host", "machine path"])
def test_no_file_names_a(pattern, text_files):
    found = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in text_files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)
