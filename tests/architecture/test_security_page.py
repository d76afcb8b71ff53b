"""docs/security.md speaks of every requirement of the standard, and what it names as proof is there."""

import re

import pytest

LAST_OF_SECTION = {
    1: {1: 2, 2: 9, 3: 11, 4: 3, 5: 2},
    2: {1: 3, 2: 3, 3: 4, 4: 1},
    3: {2: 2, 3: 4, 4: 6, 5: 5, 7: 2},
    4: {1: 3, 2: 1, 3: 2, 4: 4},
    5: {1: 1, 2: 3, 3: 2, 4: 3},
    6: {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    7: {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    8: {1: 2, 2: 3, 3: 1, 4: 1},
    9: {1: 3, 2: 4},
    10: {1: 2, 2: 2, 3: 4, 4: 11, 5: 5, 6: 2, 7: 3},
    11: {1: 2, 2: 3, 3: 3, 4: 4, 5: 1, 6: 1},
    12: {1: 3, 2: 2, 3: 4},
    13: {1: 1, 2: 5, 3: 2, 4: 5},
    14: {1: 2, 2: 4, 3: 3},
    15: {1: 3, 2: 3, 3: 7},
    16: {1: 1, 2: 5, 3: 4, 4: 3, 5: 3},
    17: {1: 1, 2: 4, 3: 2},
}
"""Of each chapter and section of ASVS 5.0.0, the last requirement of level 1 or 2: in each they come before level 3."""

ALL = [
    (chapter, section, number)
    for chapter, sections in LAST_OF_SECTION.items()
    for section, last in sections.items()
    for number in range(1, last + 1)
]
STATES = {"met", "operator", "none", "partly", "open"}
ROW = re.compile(r"^\| (\d[\d., to]*) \| (.+?) \| (\w+) \| (.*?) ?\|$", re.MULTILINE)


@pytest.fixture(scope="module")
def page(repository) -> str:
    return (repository / "docs/security.md").read_text()


def meant(written: str) -> list[tuple[int, ...]]:
    """The requirements that a row is about: ``1.2.3``, ``9.2.3, 9.2.4`` or ``6.2.1 to 6.2.12``."""
    ids = [tuple(map(int, one.split("."))) for one in re.findall(r"[\d.]+", written)]
    return [one for one in ALL if ids[0] <= one <= ids[-1]] if "to" in written else ids


def test_the_standard_has_253_requirements_of_levels_1_and_2():
    assert len(ALL) == 253


def test_each_requirement_has_exactly_one_row_in_its_order(page):
    assert [one for row in ROW.findall(page) for one in meant(row[0])] == ALL


def test_each_row_has_a_state_and_what_is_not_plainly_met_a_reason(page):
    for written, _, state, why in ROW.findall(page):
        assert state in STATES, written
        assert why or state == "none", written


def test_each_proof_that_is_named_exists(page, repository):
    proofs = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)
    assert proofs
    for path, name in proofs:
        source = (repository / path).read_text()
        assert f"def {name}(" in source if name else source, (path, name)


def test_each_page_that_is_linked_exists(page, repository):
    assert all((repository / "docs" / link).exists() for link in re.findall(r"\]\(([\w-]+\.md)\)", page))
