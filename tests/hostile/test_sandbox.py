"""Damaged files through the real analysis process: judged at the door and measured, and the process lives on."""

from collections.abc import Iterator

import pytest

from service.documents import MeasurementDocument, RefusedDocument
from tests.hostile.damage import cut, flipped
from tests.hostile.ordeal import GOOD, Witness


@pytest.fixture(scope="module")
def witness() -> Iterator[Witness]:
    with Witness() as running:
        yield running
        running.close()


@pytest.mark.slow
@pytest.mark.parametrize("files", [cut(), flipped(11, each=6)], ids=["cut", "flipped bits"])
def test_no_damage_ends_the_process(witness: Witness, files) -> None:
    for _, upload in files:
        if witness.check(upload) is None:
            assert isinstance(witness.measure(upload).document, RefusedDocument)
    assert witness.crashes == []
    assert isinstance(witness.measure(GOOD).document, MeasurementDocument)
