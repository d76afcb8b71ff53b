"""Two analysed photos of one face, the after seen in the before's face frame: what every measure of a change reads."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from analysis.alignment import Registration, warp
from analysis.geometry import log_light
from models.analysis import PhotoAnalysis
from models.arrays import FloatArray, Pixels, Plane

_LINEAR_FLOOR = 0.004
"""Added to linear luminance (0-1) before a logarithm: about the noise of black skin in shadow."""


@dataclass(frozen=True, eq=False)
class RegisteredPair:
    """A pair in one frame, the before's face frame.

    Everything here is already freed of the head's own motion, depth included; what is left is skin, muscle and error.

    Parameters
    ----------
    px_per_mm : of the before's face frame, in the iris plane. One scale for the pair: the registration carries the
        before's to the after, so no error of a second iris enters a change.
    """

    before: PhotoAnalysis
    after: PhotoAnalysis
    registration: Registration

    @property
    def px_per_mm(self) -> float:
        """Face-frame pixels of the before per millimetre."""
        return self.before.scale.px_per_mm

    @property
    def yaw_difference_deg(self) -> float:
        """Turn of the head to the subject's left from before to after."""
        return self.registration.motion.yaw_deg

    @property
    def pitch_difference_deg(self) -> float:
        """Lowering of the chin from before to after."""
        return self.registration.motion.pitch_deg

    def to_after(self, points: FloatArray) -> FloatArray:
        """Points (n, 2) of the before's face frame in the after's, if they move with the skull."""
        return self.registration.motion(points)

    def from_after(self, points: FloatArray) -> FloatArray:
        """Points (n, 2) of the after's face frame in the before's: the inverse, by fixed-point iteration."""
        motion = self.registration.motion
        inverse = np.linalg.inv(motion.similarity[:, :2])
        found = (points - motion.similarity[:, 2]) @ inverse.T
        for _ in range(5):
            found = found + (points - motion(found)) @ inverse.T
        return np.asarray(found)

    @cached_property
    def before_rgb(self) -> Pixels:
        """The before's face, uint8 RGB."""
        return self.before.face.rgb

    @cached_property
    def after_rgb(self) -> Plane:
        """The after's face in the before's frame, float32 RGB 0-255, (height, width, 3)."""
        return warp(self.after.face.rgb, self.registration.motion, self.before_rgb.shape)

    @cached_property
    def before_grey(self) -> Plane:
        """Gamma-coded grey 0-255, float32."""
        return grey_of(self.before_rgb)

    @cached_property
    def after_grey(self) -> Plane:
        """The same of the after, in the before's frame."""
        return grey_of(self.after_rgb)

    @cached_property
    def before_log(self) -> Plane:
        """Logarithm of linear luminance."""
        return log_luminance(self.before_rgb)

    @cached_property
    def after_log(self) -> Plane:
        """The same of the after, in the before's frame."""
        return log_luminance(self.after_rgb)

    @cached_property
    def before_log_light(self) -> Plane:
        """Logarithm of gamma-coded grey, which evens out noise better than linear light in shadow."""
        return log_light(self.before_grey)

    @cached_property
    def after_log_light(self) -> Plane:
        """The same of the after, in the before's frame."""
        return log_light(self.after_grey)


def grey_of(rgb: Pixels | Plane) -> Plane:
    """Gamma-coded grey 0-255, float32."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.float32)


_SRGB_TO_LINEAR = ((np.arange(256) / 255.0) ** 2.2).astype(np.float32)


def log_luminance(rgb: Pixels | Plane) -> Plane:
    """Natural logarithm of linear luminance (Rec. 709 weights, gamma 2.2), of shape (height, width)."""
    if rgb.dtype == np.uint8:
        linear = _SRGB_TO_LINEAR[rgb]
    else:
        linear = cv2.pow(np.clip(rgb, 0, 255) / np.float32(255), 2.2)
    luminance = cv2.transform(linear, np.array([[0.2126, 0.7152, 0.0722]], dtype=np.float32))
    return np.asarray(np.log(luminance.reshape(rgb.shape[:2]) + np.float32(_LINEAR_FLOOR)), dtype=np.float32)
