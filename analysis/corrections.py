"""Contours placed by hand take the place of those that were found, and the photo is measured anew from them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from analysis.correction_checks import FaceGeometry
from analysis.lid_margins import find_lid_margin
from analysis.remeasure import remeasured
from models.analysis import PhotoAnalysis
from models.anatomy import Outline, Side, View
from models.arrays import FloatArray
from models.correction import ContourName, Correction
from models.measurement import Circle, Contour, NotAssessable, SideContours
from models.quality import FlagCode, Quality
from models.scale import Scale

PLACED_WITHIN_MM: Final = {
    ContourName.UPPER_LID: 0.32,
    ContourName.LOWER_LID: 0.27,
    ContourName.JAWLINE: 0.70,
    ContourName.NASOLABIAL_FOLD: 0.62,
}
"""Standard uncertainty across the line of points that people placed on photos: lids, RMS scatter about a smooth cubic
(96 eyes of 48 photos); jawline, median scatter about a smooth outline (48 photos); fold, the two pixels of 0.31 mm by
which hand-placed points are said to be slack."""
_IRIS_BY_HAND: Final = 0.023
"""Relative SD of a hand-placed iris' radius: right and left irises of one person differ by 3.2 % (242 photos)."""
_FOUND_IRIS: Final = 0.008
"""The same of a found circle, where the photo's scale does not say."""
_LINE_POINTS: Final = 61
_LIDS: Final = {ContourName.UPPER_LID: Outline.UPPER_LID, ContourName.LOWER_LID: Outline.LOWER_LID}


def corrected(analysis: PhotoAnalysis, corrections: Sequence[Correction]) -> PhotoAnalysis:
    """The photo measured with the corrections in place of what was found.

    A lid is looked for in front of the iris: where the iris was placed by hand, the lids of its side are found anew
    unless they were placed too.

    Parameters
    ----------
    corrections : at most one of each contour of each side, in the pixel frame, each checked before.
    """
    if not corrections:
        return analysis
    contours = dict(analysis.contours)
    for side in Side:
        contours[side] = _side(analysis, side, [one for one in corrections if one.side is side])
    after = remeasured(
        analysis,
        scale=_scale(analysis, contours, corrections),
        contours=contours,
        quality=_uncovered(analysis.quality, contours),
    )
    return replace(after, corrections=tuple(corrections), found=analysis.found or analysis.contours)


def geometry_of(analysis: PhotoAnalysis) -> FaceGeometry:
    """Where the face lies, for the checks: in the pixel frame."""
    return FaceGeometry(
        analysis.photo.size_px,
        analysis.scale_px.mm_per_px,
        {side: dict(_shapes(analysis, side)) for side in Side},
    )


def drawn_through(points: FloatArray, count: int = _LINE_POINTS) -> FloatArray:
    """The smooth line (count, 2) through points (n, 2): uniform Catmull-Rom, as the page draws it.

    Catmull & Rom 1974, in Computer Aided Geometric Design, 317-326.
    """
    ends = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    place = np.linspace(0, len(points) - 1, count)
    first = np.minimum(place.astype(int), len(points) - 2)
    t = (place - first)[:, None]
    p0, p1, p2, p3 = (ends[first + k] for k in range(4))
    line = p1 + t / 2 * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)))
    return np.asarray(line, dtype=np.float64)


def _shapes(analysis: PhotoAnalysis, side: Side) -> list[tuple[ContourName, Circle | FloatArray]]:
    shapes: list[tuple[ContourName, Circle | FloatArray]] = []
    for name in ContourName:
        shape = getattr(analysis.contours[side], name)
        if isinstance(shape, Circle):
            (centre,) = analysis.face.to_pixel(shape.centre[None])
            radius = shape.radius / float(np.mean(analysis.face.face_px_per_pixel))
            shapes.append((name, Circle(float(centre[0]), float(centre[1]), radius)))
        elif isinstance(shape, Contour):
            shapes.append((name, analysis.face.to_pixel(shape.points)))
    return shapes


def _side(analysis: PhotoAnalysis, side: Side, corrections: Sequence[Correction]) -> SideContours:
    was = analysis.contours[side]
    shapes = {one.contour: _in_face(analysis, one) for one in corrections}
    lines = {name: shape for name, shape in shapes.items() if isinstance(shape, Contour)}
    iris = shapes.get(ContourName.IRIS)
    found: Mapping[ContourName, Contour | NotAssessable] = {
        ContourName.UPPER_LID: was.upper_lid,
        ContourName.LOWER_LID: was.lower_lid,
        **(_lids_at(analysis, side, iris) if isinstance(iris, Circle) else {}),
    }
    return SideContours(
        iris=iris if isinstance(iris, Circle) else was.iris,
        upper_lid=lines.get(ContourName.UPPER_LID, found[ContourName.UPPER_LID]),
        lower_lid=lines.get(ContourName.LOWER_LID, found[ContourName.LOWER_LID]),
        jawline=lines.get(ContourName.JAWLINE, was.jawline),
        nasolabial_fold=lines.get(ContourName.NASOLABIAL_FOLD, was.nasolabial_fold),
    )


def _lids_at(analysis: PhotoAnalysis, side: Side, iris: Circle) -> Mapping[ContourName, Contour]:
    """Both lids as they are found in front of an iris."""
    return {name: find_lid_margin(analysis.grey, analysis.landmarks, side, lid, iris) for name, lid in _LIDS.items()}


def _in_face(analysis: PhotoAnalysis, correction: Correction) -> Circle | Contour:
    face = analysis.face
    if isinstance(correction.shape, Circle):
        (centre,) = face.from_pixel(correction.shape.centre[None])
        radius = correction.shape.radius * float(np.mean(face.face_px_per_pixel))
        return Circle(float(centre[0]), float(centre[1]), radius)
    points = face.from_pixel(drawn_through(correction.shape, max(_LINE_POINTS, len(correction.shape))))
    return Contour(points, PLACED_WITHIN_MM[correction.contour])


def _scale(
    analysis: PhotoAnalysis, contours: Mapping[Side, SideContours], corrections: Sequence[Correction]
) -> Scale | None:
    """The scale from both irises, each with the weight of how well it is known; None where no iris was touched."""
    by_hand = {one.side for one in corrections if one.contour is ContourName.IRIS}
    if not by_hand or analysis.view is not View.FRONTAL:  # from aside an iris is no circle
        return None
    own = analysis.scale.relative_uncertainty if analysis.scale.method == "iris" else _FOUND_IRIS
    known = [
        (iris.radius, _IRIS_BY_HAND if side in by_hand else own * 2**0.5)
        for side in Side
        if isinstance(iris := contours[side].iris, Circle)
    ]
    weights = np.array([1 / spread**2 for _, spread in known])
    radius = float(weights @ np.array([radius for radius, _ in known]) / weights.sum())
    return Scale(analysis.scale.iris_mm / (2 * radius), float(weights.sum() ** -0.5), "iris")


def _uncovered(quality: Quality, contours: Mapping[Side, SideContours]) -> Quality:
    """The quality without the flags of a part that was not found, now that a person has shown where it is."""
    irises = any(isinstance(found.iris, Circle) for found in contours.values())
    jaws = any(isinstance(found.jawline, Contour) for found in contours.values())
    answered = {code for code, there in ((FlagCode.EYES_COVERED, irises), (FlagCode.JAW_COVERED, jaws)) if there}
    return Quality(tuple(flag for flag in quality.flags if flag.code not in answered))
