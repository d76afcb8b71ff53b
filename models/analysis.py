"""What one photo carries: made once by the pipeline, reused by every comparison."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.anatomy import Side, View
from models.arrays import FloatArray, Plane
from models.correction import Correction
from models.landmarks import Expression, FaceLandmarks
from models.measurement import Measurement, NotAssessable, SideContours
from models.photo import FaceImage, Photo
from models.quality import Quality
from models.scale import Scale


@dataclass(frozen=True, slots=True, eq=False)
class PhotoAnalysis:
    """A photo with everything found in it.

    Parameters
    ----------
    face : the face at working resolution; ``landmarks`` and ``contours`` are in its frame.
    grey : gamma-coded grey of the face 0-255, float32.
    log_luminance : natural logarithm of the face's linear luminance, float32.
    view : from where it was taken, as it was sent.
    scale : of the face frame; ``scale_px`` is that of the full-resolution photo.
    corrections : contours that were placed by hand; ``contours`` holds them, ``found`` what the program had found.
    """

    photo: Photo
    face: FaceImage
    grey: Plane
    log_luminance: Plane
    landmarks: FaceLandmarks
    expression: Expression
    quality: Quality
    scale: Scale
    scale_px: Scale
    contours: Mapping[Side, SideContours]
    measurements: tuple[Measurement, ...]
    view: View = View.FRONTAL
    corrections: tuple[Correction, ...] = ()
    found: Mapping[Side, SideContours] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ProfileAnalysis:
    """A photo in profile with what its silhouette carries; it has no mesh and no scale.

    Parameters
    ----------
    line : chin, cervical point and neck, (3, 2) in the pixel frame, or why the angle under the chin was not found.
    """

    photo: Photo
    view: View
    quality: Quality
    line: FloatArray | NotAssessable
    measurements: tuple[Measurement, ...]
