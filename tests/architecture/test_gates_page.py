"""docs/gates.md says the limits that the code applies, and what to do when a gate fires."""

import re
from collections.abc import Iterator
from importlib import import_module

import pytest

from analysis import comparability
from analysis.comparability import Gate
from models.measurand import MEASURANDS
from models.quality import FLAGS, FlagCode

PAIR_ROW = re.compile(r"^\| `(\w+)`[^|]* \| ([\d.]+)[^|]* \| ([\d.]+)[^|]* \|", re.MULTILINE)
LIMIT_ROW = re.compile(r"^\| `([a-z_.]+)\.([A-Z_]+)` \| ([\d.]+)[^|]* \|", re.MULTILINE)
JUDGED = re.compile(r"^(SMALLEST|GOOD|LARGEST|STRONGEST|WIDEST|FARTHEST|DARKEST|OVEREXPOSED|NARROWEST)_")


@pytest.fixture(scope="module")
def page(repository) -> str:
    return (repository / "docs" / "gates.md").read_text(encoding="utf-8")


def gates(value: object) -> Iterator[Gate]:
    if isinstance(value, Gate):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from gates(part)


def test_every_gate_of_a_pair_stands_in_the_page_with_its_two_limits(page):
    told = sorted((code, float(tells), float(stops)) for code, tells, stops in PAIR_ROW.findall(page))
    applied = sorted(
        (gate.code.value, gate.tells, gate.stops) for value in vars(comparability).values() for gate in gates(value)
    )
    assert told == applied


def test_every_limit_that_the_page_names_is_the_codes(page):
    told = LIMIT_ROW.findall(page)
    assert told
    for module, name, figure in told:
        assert float(figure) == getattr(import_module(module), name), name


def test_every_limit_of_one_photo_stands_in_the_page(page):
    told = {(module, name) for module, name, _ in LIMIT_ROW.findall(page)}
    quality = import_module("analysis.quality")
    assert {("analysis.quality", name) for name in vars(quality) if JUDGED.match(name)} <= told


def test_every_flag_that_a_gate_raises_is_named_with_its_remedy(page):
    named = {code for code in FlagCode if f"`{code}`" in page}
    assert named >= RAISED_BY_GATES
    plain = " ".join(page.split())
    for code in named:
        assert FLAGS[code].remedy in plain, code


RAISED_BY_GATES = {
    FlagCode.TOO_SMALL, FlagCode.SMALL, FlagCode.FACE_CUT_OFF, FlagCode.BLURRED, FlagCode.TOO_DARK,
    FlagCode.TOO_BRIGHT, FlagCode.UNEVEN_LIGHT, FlagCode.NOT_FRONTAL, FlagCode.WRONG_VIEW, FlagCode.HEAD_TILTED,
    FlagCode.EXPRESSION, FlagCode.MOUTH_OPEN, FlagCode.EYES_CLOSED, FlagCode.GAZE_AVERTED, FlagCode.EYES_COVERED,
    FlagCode.JAW_COVERED, FlagCode.EXPRESSION_DIFFERS, FlagCode.DISTANCE_DIFFERS, FlagCode.PITCH_DIFFERS,
    FlagCode.YAW_DIFFERS, FlagCode.LIGHT_DIFFERS, FlagCode.GAZE_DIFFERS, FlagCode.SHARPNESS_DIFFERS,
    FlagCode.ALIGNMENT_UNSURE, FlagCode.NOT_THE_SAME_FACE, FlagCode.CONTROL_MOVED, FlagCode.VIEWS_DIFFER,
}  # fmt: skip


def test_the_page_names_no_measurand_that_does_not_exist(page):
    ours = {code.value for code in MEASURANDS} | {code.value for code in FlagCode}
    assert set(re.findall(r"`([a-z][a-z0-9_]+)`", page)) <= ours | {"pose_equivalent"}
