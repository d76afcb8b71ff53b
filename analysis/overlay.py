"""Pictures of what was measured: lines over a photo, photos moved onto the aligned frame. Nothing is measured here."""

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.geometry import decoded_to_pixel, moved, reduced, transform
from analysis.measures.jawline import jowl_window
from analysis.measures.periorbital_lines import lines_region
from models.alignment import ALIGNED_SIZE_PX, Alignment
from models.analysis import PhotoAnalysis, ProfileAnalysis
from models.anatomy import Side
from models.arrays import FloatArray, Pixels
from models.comparison import Overlay
from models.measurand import MeasurandCode
from models.measurement import Circle, Contour, NotAssessable, SideContours

_LONG_SIDE_PX: Final = 1600
_OUTSIDE: Final = (236, 236, 238)
_COLOURS: Final = {
    "iris": (64, 196, 255),
    "upper_lid": (255, 214, 10),
    "lower_lid": (255, 214, 10),
    "jawline": (105, 240, 174),
    "nasolabial_fold": (255, 138, 101),
}
"""RGB; told apart by hue and by place."""

_MEASURANDS: Final = {
    "iris": (MeasurandCode.MRD1, MeasurandCode.MRD2, MeasurandCode.BROW_HEIGHT),
    "upper_lid": (MeasurandCode.MRD1, MeasurandCode.PALPEBRAL_FISSURE_HEIGHT),
    "lower_lid": (MeasurandCode.MRD2, MeasurandCode.PALPEBRAL_FISSURE_HEIGHT),
    "jawline": (MeasurandCode.JOWL_PROMINENCE, MeasurandCode.LOWER_FACE_WIDTH),
    "jowl_window": (MeasurandCode.JAWLINE_CONTOUR,),
    "nasolabial_fold": (MeasurandCode.NASOLABIAL_FOLD_DEPTH, MeasurandCode.NASOLABIAL_FOLD_LENGTH),
    "lines_region": (MeasurandCode.PERIORBITAL_LINES,),
}


def render_aligned(photo: PhotoAnalysis, to_aligned: FloatArray) -> Pixels:
    """The photo on the aligned frame: rotation, scale and translation alone, colours untouched.

    Parameters
    ----------
    to_aligned : (3, 3) from the photo's pixel frame.

    Returns RGB of ALIGNED_SIZE_PX; what lies outside the photo is light grey.
    """
    matrix = (to_aligned @ decoded_to_pixel(photo.photo.decoded_scale))[:2]
    return moved(photo.photo.pixels, matrix, ALIGNED_SIZE_PX, borderValue=_OUTSIDE)


def draw_photo_overlay(analysis: PhotoAnalysis) -> Pixels:
    """The upright photo, at most 1600 px long, with every contour that was found."""
    picture = reduced(analysis.photo.pixels, _LONG_SIDE_PX)
    to_picture = np.array(picture.shape[1::-1]) / np.array(analysis.photo.size_px)
    for what, points in ((what, points) for side in Side for what, points in _lines(analysis.contours[side])):
        pixel = analysis.face.to_pixel(points)
        _draw(picture, (pixel + 0.5) * to_picture - 0.5, _COLOURS[what])
    return picture


def draw_profile_overlay(analysis: ProfileAnalysis) -> Pixels:
    """The upright photo in profile, at most 1600 px long, with the angle under the chin where it was found."""
    picture = reduced(analysis.photo.pixels, _LONG_SIDE_PX)
    if not isinstance(analysis.line, NotAssessable):
        to_picture = np.array(picture.shape[1::-1]) / np.array(analysis.photo.size_px)
        _draw(picture, (analysis.line + 0.5) * to_picture - 0.5, _COLOURS["jawline"])
    return picture


def overlay_lines(before: PhotoAnalysis, after: PhotoAnalysis, alignment: Alignment) -> tuple[Overlay, ...]:
    """Every contour and region that both photos have, on the aligned frame."""
    return tuple(
        Overlay(
            _MEASURANDS[what],
            side,
            what,
            transform(alignment.before_to_aligned, before.face.to_pixel(first)),
            transform(alignment.after_to_aligned, after.face.to_pixel(second)),
        )
        for side in Side
        for what, first, second in _common(before, after, side)
    )


def _common(before: PhotoAnalysis, after: PhotoAnalysis, side: Side) -> Iterator[tuple[str, FloatArray, FloatArray]]:
    of_before, of_after = (dict(_lines_and_regions(photo, side)) for photo in (before, after))
    for what, points in of_before.items():
        if what in of_after:
            yield what, points, of_after[what]


def _lines_and_regions(photo: PhotoAnalysis, side: Side) -> Iterator[tuple[str, FloatArray]]:
    found = photo.contours[side]
    yield from _lines(found)
    if isinstance(found.jawline, Contour):
        yield "jowl_window", jowl_window(found.jawline, photo.landmarks, side, photo.scale.px_per_mm)
    yield "lines_region", lines_region(photo.landmarks, side, photo.scale.px_per_mm)


def _lines(found: SideContours) -> Iterator[tuple[str, FloatArray]]:
    if isinstance(found.iris, Circle):
        yield "iris", _ring(found.iris)
    for what in ("upper_lid", "lower_lid", "jawline", "nasolabial_fold"):
        contour = getattr(found, what)
        if isinstance(contour, Contour):
            yield what, contour.points


def _ring(circle: Circle) -> FloatArray:
    turn = np.linspace(0, 2 * np.pi, 49)
    return np.asarray(circle.centre + circle.radius * np.column_stack([np.cos(turn), np.sin(turn)]))


def _draw(picture: NDArray[np.uint8], points: FloatArray, colour: tuple[int, int, int]) -> None:
    fine = np.rint(points * 16).astype(np.int32).reshape(-1, 1, 2)
    thickness = max(1, round(max(picture.shape[:2]) / 900))
    cv2.polylines(
        picture, [fine], isClosed=False, color=(0, 0, 0), thickness=thickness + 2, lineType=cv2.LINE_AA, shift=4
    )
    cv2.polylines(picture, [fine], isClosed=False, color=colour, thickness=thickness, lineType=cv2.LINE_AA, shift=4)
