"""The planes of a picture that measuring reads: gamma-coded grey, and the logarithm of linear luminance."""

from typing import Final

import cv2
import numpy as np

from models.arrays import Pixels, Plane

_LINEAR_FLOOR: Final = 0.004
"""Added to linear luminance (0-1) before a logarithm: about the noise of black skin in shadow."""
_GAMMA: Final = 2.2
_LINEAR: Final = ((np.arange(256) / 255.0) ** _GAMMA).astype(np.float32)
_REC_709: Final = np.array([[0.2126, 0.7152, 0.0722]], dtype=np.float32)


def grey_of(rgb: Pixels) -> Plane:
    """Gamma-coded grey 0-255, float32, of shape (height, width)."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.float32)


def log_luminance(rgb: Pixels) -> Plane:
    """Natural logarithm of linear luminance (Rec. 709 weights, gamma 2.2), float32 of shape (height, width)."""
    linear = cv2.LUT(rgb, _LINEAR)
    luminance = cv2.transform(linear, _REC_709).reshape(rgb.shape[:2])
    return np.asarray(cv2.log(luminance + np.float32(_LINEAR_FLOOR)), dtype=np.float32)
