"""docs/api.md tells the truth."""

import re

from service.errors import PROBLEMS
from service.settings import Settings


def test_every_problem_is_in_the_table_under_its_status(repository):
    rows = re.findall(r"^\| ([45][\d, ]+) \| (.*) \|$", (repository / "docs/api.md").read_text(), re.MULTILINE)
    told = {
        (code, status)
        for statuses, codes in rows
        for code in re.findall("`(.*?)`", codes)
        for status in statuses.split(", ")
    }
    assert {(str(code), str(entry.status)) for code, entry in PROBLEMS.items()} <= told
    assert {code for code, _ in told} == set(map(str, PROBLEMS))


def test_every_setting_is_in_the_table(repository):
    told = set(re.findall(r"`LIFTMARK_(\w+)`", (repository / "docs/api.md").read_text()))
    assert told == {name.upper() for name in Settings.model_fields}
