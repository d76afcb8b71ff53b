"""The array types that records carry, and the checks they make on them at birth."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidRecordError

FloatArray = NDArray[np.floating[Any]]
"""Points of shape (n, 2) as (x, y), 2x3 matrices and other float64 arrays."""

Pixels = NDArray[np.uint8]
"""A picture of shape (height, width, 3), sRGB, indexed ``[row, column]``."""

Plane = NDArray[np.float32]
"""One channel of shape (height, width), indexed ``[row, column]``."""

Mask = NDArray[np.bool_]
"""True where a pixel belongs, of shape (height, width)."""


def require_finite(what: str, *values: float | None) -> None:
    """Raise InvalidRecordError when a given figure is NaN or infinite; None means "not there" and passes."""
    for value in values:
        if value is not None and not math.isfinite(value):
            raise InvalidRecordError(f"{what} must be finite, not {value}")


def require_points(what: str, points: NDArray[Any], columns: int = 2) -> None:
    """Raise InvalidRecordError unless ``points`` has shape (n, columns) and only finite entries."""
    if points.shape[1:] != (columns,) or not np.isfinite(points).all():
        raise InvalidRecordError(f"{what} must be finite points of shape (n, {columns}), not {points.shape}")
