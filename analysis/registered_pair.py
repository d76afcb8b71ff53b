"""Two analysed photos of one face, the after seen in the before's face frame: what every measure of a change reads."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from analysis.alignment import Registration, displacement_map, warp
from models.analysis import PhotoAnalysis
from models.arrays import FloatArray, Plane
from models.photo import Photo

_USUAL_DISTANCE_MM: Final = 1200.0
_FACE_WIDTH_MM: Final = 150.0
"""The mesh's zygion to zygion on average, along the skin's silhouette."""
_PERSPECTIVE_NOISE: Final = 0.10
"""Two photos at one distance show up to 0.011 of the perspective term, 9 % at 1.2 m (51 rendered pairs)."""


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
        perspective that the motion shows, as if the farther photo was taken at 1.2 m, which tells 15 % and not 5 %.
        """
        before, after = self.before.photo, self.after.photo
        if before.focal_length_mm and before.focal_length_mm == after.focal_length_mm and _same_size(before, after):
            return self.before.scale_px.px_per_mm / self._after_px_per_mm
        nearer = self.registration.motion.perspective_change * _USUAL_DISTANCE_MM / _FACE_WIDTH_MM
        if abs(nearer) < _PERSPECTIVE_NOISE:
            return 1.0
        return 1 / (1 + nearer) if nearer > 0 else 1 - nearer

    @property
    def _after_px_per_mm(self) -> float:
        """Of the after's full-resolution photo, carried over from the before's scale by the registration."""
        enlargement = float(np.sqrt(abs(np.linalg.det(self.registration.motion.similarity[:, :2]))))
        return self.px_per_mm * enlargement / float(self.after.face.face_px_per_pixel[0])

    def from_after(self, points: FloatArray) -> FloatArray:
        """Points (n, 2) of the after's face frame in the before's: the inverse, by fixed-point iteration."""
        motion = self.registration.motion
        inverse = np.linalg.inv(motion.similarity[:, :2])
        found = (points - motion.similarity[:, 2]) @ inverse.T
        for _ in range(5):
            found = found + (points - motion(found)) @ inverse.T
        return np.asarray(found)

    @cached_property
    def _after_map(self) -> Plane:
        """Where each pixel of the before's frame is looked up in the after's face frame, (height, width, 2)."""
        return displacement_map(self.registration.motion, self.before.grey.shape)

    @property
    def before_grey(self) -> Plane:
        """Gamma-coded grey 0-255, float32."""
        return self.before.grey

    @cached_property
    def after_grey(self) -> Plane:
        """The same of the after, in the before's frame."""
        return np.maximum(warp(self.after.grey, self._after_map), 0)

    @property
    def before_log(self) -> Plane:
        """Logarithm of linear luminance."""
        return self.before.log_luminance

    @cached_property
    def after_log(self) -> Plane:
        """The same of the after, in the before's frame."""
        return warp(self.after.log_luminance, self._after_map)


def _same_size(before: Photo, after: Photo) -> bool:
    """Whether both were uncropped alike, held upright or across."""
    return sorted(before.size_px) == sorted(after.size_px)


_Figure = TypeVar("_Figure")


def once_per_pair(figure: Callable[[RegisteredPair], _Figure]) -> Callable[[RegisteredPair], _Figure]:
    """Work a figure that both sides and several measures ask for out once, and keep it as long as the pair lives."""
    known: WeakKeyDictionary[RegisteredPair, _Figure] = WeakKeyDictionary()

    @wraps(figure)
    def kept(pair: RegisteredPair) -> _Figure:
        if pair not in known:
            known[pair] = figure(pair)
        return known[pair]

    return kept
