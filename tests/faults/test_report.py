"""The page's table counts what the journal says, and no more."""

import json

from tests.faults.report import PAGE, bound_percent, rows, table


def line(fault: str, faults: int = 1, **found: int) -> str:
    return json.dumps({"fault": fault, "home": "SQLite, folder", "faults": faults, "acknowledged": 9, "found": found})


def test_no_failure_in_n_trials_says_at_most_three_in_n():
    assert bound_percent(300) == 1
    assert bound_percent(1) == 100


def test_trials_of_one_fault_are_one_row_and_one_without_a_fault_is_none():
    (row,) = rows([line("kill"), line("kill", faults=2, orphaned=1), line("kill", faults=0)])
    assert row.cells() == ("kill", "SQLite, folder", "2", "3", "18", "0", "100.0 %", "1")


def test_a_row_that_did_harm_says_which_and_claims_no_bound():
    (row,) = rows([line("kill", lost=2, orphaned=1)])
    assert row.cells()[5:7] == ("2 lost", "")


def test_the_table_has_as_many_cells_in_each_line():
    lines = table(rows([line("kill"), line("disk full")])).splitlines()
    assert len({text.count("|") for text in lines}) == 1


def test_the_page_has_a_place_for_the_table():
    assert "<!-- figures -->\n" in PAGE.read_text()
    assert "<!-- end -->" in PAGE.read_text()
