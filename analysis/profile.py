"""The silhouette of a face in profile, and the angle under its chin.

The mesh's model finds no face in a full profile. Before a plain wall the head's outline can be had by colour alone; the
angle needs neither landmarks nor a scale.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
import scipy

from analysis.geometry import Polyline, anti_aliased
from models.analysis import ProfileAnalysis
from models.anatomy import Side, View
from models.arrays import FloatArray, Pixels, Plane
from models.face_landmarker.landmarker import DetectedFace
from models.measurand import MEASURANDS, MeasurandCode
from models.measurement import Estimate, Measurement, NotAssessable
from models.photo import Photo
from models.quality import Flag, FlagCode, Quality, Refused
from models.views import turn_limit_deg, view_shown, why_not_in

_LONG_SIDE_PX: Final = 800
_STRIP: Final = 1 / 25
"""Of the width: the wall before the face, at the picture's edge."""
_LEAST_DIFFERENCE: Final = 9.0
"""CIE Lab between head and wall; 6 and 12 move the angle by less than 1.6 degrees (rendered profiles)."""
_BUSIEST_WALL: Final = 2.5
"""Mean deviation in the strip from its own course downward, CIE Lab; plain walls have 0.3-0.4."""
_SMOOTHING_PX: Final = 3.0
_CHIN_FROM: Final = 0.55
"""The chin lies in the lower half of the outline from the nose's tip to the neck's deepest point, the lips above it."""
_LINE_FROM, _LINE_TO = 0.2, 0.6
"""Both lines are fitted between these shares of the distance chin to cervical point, clear of its rounding."""
_LARGEST_BEND: Final = 0.015
"""RMS distance from the line in the same unit; rendered necks bend by 0.001, hair and collars by more."""
_LEAST_INDENTATION: Final = 0.08
"""Depth of the lips and nose's base behind the line nose to chin; the back of a head has none."""
_CHIN_TO_NECK: Final = (0.25, 1.2)
"""Distance chin to cervical point over nose to chin; rendered faces have 0.5-0.7."""
_NECK_COLOUR: Final = 14.0
"""Lab hue and chroma, neck against chin: skin in shadow stays below it, a coloured collar does not."""
ANGLE_UNCERTAINTY_DEG: Final = 1.5
"""Rendered profiles of known geometry are within 1.2 degrees (6 photos of 4 heads, bias 0.3); more by judgement, as no
real skin, hair or collar was tried."""
_PROFILE_DEG: Final = 90.0


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """The outline in front, from the head's top down to the picture's edge, (n, 2) in the decoded picture.

    Parameters
    ----------
    chroma : Lab a and b just inside each point, (n, 2).
    """

    points: FloatArray
    chroma: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ChinAngle:
    """The cervicomental angle in degrees, and the line it was taken from: chin, cervical point, neck, (3, 2)."""

    angle: Estimate
    line: FloatArray


def find_silhouette(pixels: Pixels, view: View) -> Silhouette | NotAssessable:
    """The outline of a head in profile before a plain wall.

    Parameters
    ----------
    pixels : the decoded picture, RGB.
    view : the profile it shows; in ``profile_left`` the nose points to the picture's left.

    Refused when the wall before the face is not plain or nothing stands out from it.
    """
    mirrored = view.near_side is Side.RIGHT
    shrink = min(1.0, _LONG_SIDE_PX / max(pixels.shape[:2]))
    reduced = cv2.resize(anti_aliased(pixels, shrink), None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    small = np.asarray(reduced, dtype=np.uint8)
    lab = _lab(np.ascontiguousarray(small[:, ::-1]) if mirrored else small)
    wall = lab[:, : max(8, round(lab.shape[1] * _STRIP))]
    course = np.median(wall, axis=1)
    if float(np.linalg.norm(wall - course[:, None], axis=2).mean()) > _BUSIEST_WALL:
        return NotAssessable("The wall before the face is not plain enough to find the outline.")
    smoothed = scipy.ndimage.gaussian_filter1d(course, lab.shape[0] / 40, axis=0)
    outline = _front(np.linalg.norm(lab - smoothed[:, None], axis=2))
    if outline is None:
        return NotAssessable("No head's outline stands out from the wall before it.")
    chroma = lab[..., 1:][outline[:, 1].astype(int), np.minimum(outline[:, 0].astype(int) + 6, lab.shape[1] - 1)]
    points = np.column_stack([lab.shape[1] - 1 - outline[:, 0] if mirrored else outline[:, 0], outline[:, 1]])
    return Silhouette((points + 0.5) / shrink - 0.5, chroma)


def _lab(rgb: Pixels) -> Plane:
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    return np.asarray(cv2.GaussianBlur(lab, (0, 0), 1.0), dtype=np.float32)


def _front(difference: FloatArray) -> FloatArray | None:
    """The largest region's outline from its top along the side that x decreases to, up to the picture's edge."""
    kernel = np.ones((5, 5), dtype=np.uint8)
    mask = cv2.morphologyEx((difference > _LEAST_DIFFERENCE).astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    found, _ = cv2.findContours(
        cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    largest = max(found, key=cv2.contourArea, default=None)
    height, width = difference.shape
    if largest is None or cv2.contourArea(largest) < 0.1 * height * width:
        return None
    outline = np.roll(largest[:, 0], -int(largest[:, 0, 1].argmin()), axis=0).astype(np.float64)
    if outline[len(outline) // 8, 0] > outline[-len(outline) // 8, 0]:
        outline = outline[::-1]
    at_edge = (outline[:, 1] >= height - 2) | (outline[:, 0] <= 1)
    return outline[: int(at_edge.argmax())] if at_edge.any() else outline


def chin_angle(silhouette: Silhouette, view: View) -> ChinAngle | NotAssessable:
    """The cervicomental angle: between the line under the chin and the line down the neck.

    Refused where the outline is not that of a face with a bare neck: no nose before the chin, lines that are not
    straight (hair, beard, collar), another colour below the chin, too little of the neck in the picture.
    """
    facing = 1.0 if view.near_side is Side.LEFT else -1.0
    smooth = scipy.ndimage.gaussian_filter1d(silhouette.points * (facing, 1.0), _SMOOTHING_PX, axis=0, mode="nearest")
    line = Polyline.along(smooth)
    steps = np.arange(0.0, line.arc[-1], 1.0)
    points = line.at(steps)
    places = _places(points)
    if isinstance(places, NotAssessable):
        return places
    chin, cervical = places
    length = cervical - chin
    under = points[cervical - round(_LINE_TO * length) : cervical - round(_LINE_FROM * length)]
    neck = points[cervical + round(_LINE_FROM * length) : cervical + round(_LINE_TO * length)]
    covered = _covered(silhouette, line, (steps[chin], steps[cervical]), length)
    along_under, bend_under = _straight(under)
    along_neck, bend_neck = _straight(neck)
    if covered or max(bend_under, bend_neck) > _LARGEST_BEND * length:
        return NotAssessable("The line from chin to neck is covered: tie hair back and bare the neck.")
    angle = float(np.degrees(np.arccos(np.clip(-(along_under @ along_neck), -1, 1))))
    ends = points[[chin, cervical, cervical + round(_LINE_TO * length)]] * (facing, 1.0)
    return ChinAngle(Estimate(angle, ANGLE_UNCERTAINTY_DEG), ends)


def _places(points: FloatArray) -> tuple[int, int] | NotAssessable:
    """Where the chin and the cervical point lie on the outline (n, 2), the face looking to smaller x."""
    no_face = NotAssessable("The outline before the wall is not that of a face in profile.")
    pit = _deepest_pit(points)
    if pit is None:
        return no_face
    nose = int(points[:pit, 0].argmin())
    chin = nose + _farthest(points[nose : pit + 1], from_share=_CHIN_FROM)
    for _ in range(3):
        end = pit + (pit - chin)
        if chin >= pit or end >= len(points):
            return NotAssessable("Too little of the neck is in the picture: leave two hands' breadth below the chin.")
        pit = chin + _farthest(points[chin:end])
    nose_to_chin = float(np.linalg.norm(points[chin] - points[nose]))
    low, high = _CHIN_TO_NECK
    lips = points[nose : chin + 1]
    indented = float(_beside(lips).max()) if len(lips) > 2 else 0.0  # noqa: PLR2004  a line has two ends
    if not low * nose_to_chin < pit - chin < high * nose_to_chin or indented < _LEAST_INDENTATION * nose_to_chin:
        return no_face
    return chin, pit


def _deepest_pit(points: FloatArray) -> int | None:
    """The point farthest inside the outline's convex hull: where the neck meets the chin's underside."""
    hull = np.sort(cv2.convexHull(points.astype(np.float32), returnPoints=False)[:, 0])
    gaps = [(a, b) for a, b in pairwise(hull) if b - a > 10]  # noqa: PLR2004  pixels
    pits = [a + int(np.abs(_beside(points[a : b + 1])).argmax()) for a, b in gaps]
    depths = [float(np.abs(_beside(points[a : b + 1])).max()) for a, b in gaps]
    return pits[int(np.argmax(depths))] if pits else None


def _beside(points: FloatArray) -> FloatArray:
    """Distance of each point from the chord of the first to the last, positive behind it (towards larger x)."""
    chord = points[-1] - points[0]
    away = points - points[0]
    return np.asarray((chord[1] * away[:, 0] - chord[0] * away[:, 1]) / max(float(np.linalg.norm(chord)), 1e-9))


def _farthest(points: FloatArray, from_share: float = 0.0) -> int:
    start = int(from_share * len(points))
    return start + int(np.abs(_beside(points))[start:].argmax())


def _straight(points: FloatArray) -> tuple[FloatArray, float]:
    """Direction (2,) of the line through points, first to last, and their RMS distance from it."""
    _, spread, axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    along = axes[0] * np.sign(axes[0] @ (points[-1] - points[0]))
    return along, float(spread[1] / np.sqrt(len(points)))


def _covered(silhouette: Silhouette, line: Polyline, between: tuple[float, float], length: int) -> bool:
    """Whether the neck has another colour than the chin."""
    chin, cervical = (int(np.searchsorted(line.arc, arc)) for arc in between)
    under = np.median(silhouette.chroma[chin:cervical], axis=0)
    end = int(np.searchsorted(line.arc, between[1] + _LINE_TO * length))
    neck = np.median(silhouette.chroma[cervical : end + 1], axis=0)
    return bool(np.linalg.norm(neck - under) > _NECK_COLOUR)


def analyse_profile(photo: Photo, view: View, detected: DetectedFace | Refused) -> ProfileAnalysis:
    """All that a photo in profile carries.

    Parameters
    ----------
    detected : the mesh, if the model found one: then the head is not in full profile.
    """
    found = _angle_in(photo.pixels, view)
    quality = Quality(tuple(_view_flags(photo, view, detected, found)))
    stopping = quality.stopping(MeasurandCode.CERVICOMENTAL_ANGLE)
    if stopping is not None:
        found = NotAssessable(stopping.says)
    return ProfileAnalysis(
        photo=photo,
        view=view,
        quality=quality,
        line=found if isinstance(found, NotAssessable) else photo.to_pixel(found.line),
        measurements=tuple(_measurements(view, found)),
    )


def _angle_in(pixels: Pixels, view: View) -> ChinAngle | NotAssessable:
    silhouette = find_silhouette(pixels, view)
    return silhouette if isinstance(silhouette, NotAssessable) else chin_angle(silhouette, view)


def _view_flags(
    photo: Photo, view: View, detected: DetectedFace | Refused, found: ChinAngle | NotAssessable
) -> Iterator[Flag]:
    """Another view: by the mesh where there is one, else because only the other side's outline is a face's."""
    if isinstance(detected, DetectedFace):
        shown = view_shown(detected.pose.yaw)
        if shown is not view:
            yield Flag.of(FlagCode.WRONG_VIEW, abs(detected.pose.yaw), turn_limit_deg(view, shown)).showing(shown)
    elif isinstance(found, NotAssessable):
        other = View.PROFILE_RIGHT if view is View.PROFILE_LEFT else View.PROFILE_LEFT
        if isinstance(_angle_in(photo.pixels, other), ChinAngle):
            yield Flag.of(FlagCode.WRONG_VIEW, _PROFILE_DEG, 0.0).showing(other)


def _measurements(view: View, found: ChinAngle | NotAssessable) -> Iterator[Measurement]:
    """In the catalogue's order; the mesh's measurands with the reason why the view has none."""
    for code, entry in MEASURANDS.items():
        for side in Side if entry.sided else (None,):
            why = why_not_in(view, code, side)
            if why is None:
                yield Measurement(code, side, found if isinstance(found, NotAssessable) else found.angle)
            else:
                yield Measurement(code, side, NotAssessable(why))
