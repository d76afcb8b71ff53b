"""What both documents are made of: rounded figures, flags, lines."""

from collections.abc import Iterable
from typing import Final, Literal, overload

import numpy as np

from models.arrays import FloatArray
from models.measurand import MEASURANDS, Unit
from models.quality import Flag, Refused
from service.documents.records import FlagDocument, Line, RefusalDocument, RefusedDocument

_DECIMALS: Final = {Unit.MILLIMETRE: 3, Unit.DEGREE: 3, Unit.PERCENT: 2, Unit.LOG_LUMINANCE: 4}
"""A tenth or less of the smallest standard uncertainty that the methods reach."""

_PX_DECIMALS: Final = 2


@overload
def rounded(value: float, unit: Unit = ...) -> float: ...
@overload
def rounded(value: float | None, unit: Unit = ...) -> float | None: ...
def rounded(value: float | None, unit: Unit = Unit.MILLIMETRE) -> float | None:
    """Round a figure to what its unit deserves."""
    return None if value is None else round(value, _DECIMALS[unit]) + 0.0  # which turns -0.0 into 0.0


def line(points: FloatArray) -> Line:
    """Round points (n, 2) to a hundredth of a pixel."""
    return tuple((float(x), float(y)) for x, y in np.round(points, _PX_DECIMALS))


def flag_documents(flags: Iterable[Flag]) -> tuple[FlagDocument, ...]:
    """Tell flags in the catalogue's sentences."""
    return tuple(
        FlagDocument(
            code=flag.code,
            says=flag.says,
            value=rounded(flag.value),
            limit=rounded(flag.limit),
            favours=flag.favours,
            shows=flag.shows,
            stops=tuple(code for code in MEASURANDS if code in flag.stops),
        )
        for flag in flags
    )


def refused_document(refused: Refused, photo: Literal["before", "after"] | None = None) -> RefusedDocument:
    """Tell why a photo cannot be measured, and which of a pair it is."""
    flag = refused.flag
    return RefusedDocument(
        refused=RefusalDocument(
            code=flag.code, says=flag.says, value=rounded(flag.value), limit=rounded(flag.limit), photo=photo
        )
    )
