"""The reference pages say what the code's catalogues say."""

import runpy

import pytest


@pytest.mark.parametrize("name", ["measurands.md", "flags.md", "confounders.md"])
def test_a_reference_page_is_what_make_docs_writes(name, repository):
    written = runpy.run_path(str(repository / "docs" / "write_reference.py"))["PAGES"][name]()
    assert (repository / "docs" / name).read_text(encoding="utf-8") == written, "run `make docs`"
