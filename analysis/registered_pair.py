"""Two analysed photos of one face, the after seen in the before's face frame: what every measure of a change reads."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np

from analysis.alignment import Registration, warp
from analysis.geometry import log_light
from models.analysis import PhotoAnalysis
from models.arrays import FloatArray, Pixels, Plane
from models.photo import Photo

_USUAL_DISTANCE_MM: Final = 1200.0
_FACE_WIDTH_MM: Final = 150.0
"""The mesh's zygion to zygion on average, along the skin's silhouette."""
_PERSPECTIVE_NOISE: Final = 0.10
"""Two photos at one distance show up to 0.011 of the perspective term, 9 % at 1.2 m (51 rendered pairs)."""
_LINEAR_FLOOR: Final = 0.004
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

    @property
    def distance_ratio(self) -> float:
        """Camera distance of the after over the before's.

        From the scale when both photos come from one lens at one setting (EXIF) and one sensor size; else from the
        perspective that the motion shows, for a before taken at 1.2 m, which tells 15 % and not 5 %.
        """
        before, after = self.before.photo, self.after.photo
        if before.focal_length_mm and before.focal_length_mm == after.focal_length_mm and _same_size(before, after):
            return self.before.scale_px.px_per_mm / self._after_px_per_mm
        nearer = self.registration.motion.perspective_change * _USUAL_DISTANCE_MM / _FACE_WIDTH_MM
        return 1 / max(1 + nearer, 0.1) if abs(nearer) > _PERSPECTIVE_NOISE else 1.0

    @property
    def _after_px_per_mm(self) -> float:
        """Of the after's full-resolution photo, carried over from the before's scale by the registration."""
        enlargement = float(np.sqrt(abs(np.linalg.det(self.registration.motion.similarity[:, :2]))))
        return self.px_per_mm * enlargement / float(self.after.face.face_px_per_pixel[0])

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


def _same_size(before: Photo, after: Photo) -> bool:
    """Whether both were uncropped alike, held upright or across."""
    return sorted(before.size_px) == sorted(after.size_px)


def grey_of(rgb: Pixels | Plane) -> Plane:
    """Gamma-coded grey 0-255, float32."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.float32)


_SRGB_TO_LINEAR = ((np.arange(256) / 255.0) ** 2.2).astype(np.float32)


def log_luminance(rgb: Pixels | Plane) -> Plane:
    """Natural logarithm of linear luminance (Rec. 709 weights, gamma 2.2), of shape (height, width)."""
    if rgb.dtype == np.uint8:
        linear = _SRGB_TO_LINEAR[rgb]
    else:
        linear = np.asarray(cv2.pow(np.clip(rgb, 0, 255).astype(np.float32) / np.float32(255), 2.2), dtype=np.float32)
    luminance = cv2.transform(linear, np.array([[0.2126, 0.7152, 0.0722]], dtype=np.float32))
    return np.asarray(np.log(luminance.reshape(rgb.shape[:2]) + np.float32(_LINEAR_FLOOR)), dtype=np.float32)
