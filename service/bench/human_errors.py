"""How far what is found in one photo lies from where a person put it, and how far the raw mesh does."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from models.anatomy import Landmark, Outline, Side
from models.arrays import FloatArray
from models.face_landmarker.landmarker import DetectedFace
from models.landmarks import FaceLandmarks
from models.measurand import MeasurandCode
from models.photo import Photo
from models.scale import HVID_MM
from service.bench.controlled_changes.source_face import dense
from service.bench.human_points import HumanPoints
from service.documents import MeasurementDocument


class Place(StrEnum):
    """What is held against points placed by people."""

    MRD1 = "mrd1"
    MRD2 = "mrd2"
    FISSURE = "palpebral_fissure_height"
    IRIS_WIDTH = "iris width"
    JAW = "jaw outline"
    JAW_WITHOUT_CHIN = "jaw outline without the chin"
    FOLD = "nasolabial fold's path"


UNITS: Final = {place: "%" if place is Place.IRIS_WIDTH else "mm" for place in Place}


class PlaceError(BaseModel):
    """One error, found minus placed; of an outline or a path the mean distance from the placed points.

    Parameters
    ----------
    side : None where both sides are taken together.
    error : None where nothing was found. raw_error : that of the raw mesh.
    """

    model_config = ConfigDict(frozen=True)

    place: Place
    side: Side | None
    error: float | None
    raw_error: float


def place_errors(document: MeasurementDocument, mesh: FaceLandmarks, people: HumanPoints) -> tuple[PlaceError, ...]:
    """All errors of one photo.

    Parameters
    ----------
    mesh, people : in the photo's pixels at full resolution.
    """
    sides = (error for side in Side for error in _side_errors(document, mesh, people, side))
    return (_iris_error(document, mesh, people), *sides)


def full_resolution_mesh(photo: Photo, face: DetectedFace) -> FaceLandmarks:
    """The mesh in the pixels of the photo as uploaded."""
    xy = (face.points[:, :2] + 0.5) / np.array(photo.decoded_scale) - 0.5
    return FaceLandmarks(np.column_stack([xy, face.points[:, 2]]), face.pose, face.blendshapes)


def _iris_error(document: MeasurementDocument, mesh: FaceLandmarks, people: HumanPoints) -> PlaceError:
    """The two eyes' mean width, per cent."""
    placed = float(np.mean([people.iris_width(side) for side in Side]))
    found = [circle for side in Side if (circle := document.contours_px[side].iris) is not None]
    width = 2 * float(np.mean([circle.radius for circle in found])) if found else None
    return PlaceError(
        place=Place.IRIS_WIDTH,
        side=None,
        error=None if width is None else 100 * (width / placed - 1),
        raw_error=100 * (_mesh_iris_px(mesh) / placed - 1),
    )


def _mesh_iris_px(mesh: FaceLandmarks) -> float:
    irises = [mesh.outline(Outline.IRIS, side) for side in Side]
    return float(np.mean([np.linalg.norm(iris[0] - iris[2]) for iris in irises]))


def _side_errors(
    document: MeasurementDocument, mesh: FaceLandmarks, people: HumanPoints, side: Side
) -> Iterator[PlaceError]:
    yield from _lid_errors(document, mesh, people, side)
    if document.scale is None:  # as in profile, which nobody has placed points on
        return
    found, mm_per_px = document.contours_px[side], document.scale.mm_per_px
    jaw, fold = mesh.outline(Outline.JAW, side), mesh.outline(Outline.NASOLABIAL_FOLD, side)
    for place, placed, line, raw in (
        (Place.JAW, people.jaw(side), found.jawline, jaw),
        (Place.JAW_WITHOUT_CHIN, people.jaw(side)[:-1], found.jawline, jaw),
        (Place.FOLD, people.fold(side), found.nasolabial_fold, fold),
    ):
        yield PlaceError(
            place=place,
            side=side,
            error=None if line is None else mean_distance(placed, np.array(line)) * mm_per_px,
            raw_error=mean_distance(placed, raw) * mm_per_px,
        )


def _lid_errors(
    document: MeasurementDocument, mesh: FaceLandmarks, people: HumanPoints, side: Side
) -> Iterator[PlaceError]:
    """Each height in the millimetres of whoever found it: found, placed and raw each have an iris of their own."""
    placed_mm = HVID_MM / float(np.mean([people.iris_width(one) for one in Side]))
    upper, lower = (
        _height(line, people.pupil(side), mesh) * placed_mm for line in (people.upper_lid(side), people.lower_lid(side))
    )
    raw_upper, raw_lower = (
        _height(mesh.outline(lid, side), mesh[Landmark.PUPIL_CENTRE, side], mesh) * HVID_MM / _mesh_iris_px(mesh)
        for lid in (Outline.UPPER_LID, Outline.LOWER_LID)
    )
    for place, placed, raw in (
        (Place.MRD1, upper, raw_upper),
        (Place.MRD2, -lower, -raw_lower),
        (Place.FISSURE, upper - lower, raw_upper - raw_lower),
    ):
        value = _value(document, MeasurandCode(place), side)
        error = None if value is None else value - placed
        yield PlaceError(place=place, side=side, error=error, raw_error=raw - placed)


def _value(document: MeasurementDocument, measurand: MeasurandCode, side: Side) -> float | None:
    return next(one.value for one in document.measurements if one.measurand is measurand and one.side is side)


def _height(line: FloatArray, pupil: FloatArray, mesh: FaceLandmarks) -> float:
    """Height in pixels of a lid above the pupil, in the pupil's column along the eye's vertical."""
    away = dense(line) - pupil
    across, up = away @ mesh.rightward, away @ mesh.upward
    order = np.argsort(across)
    return float(np.interp(0.0, across[order], up[order]))


def mean_distance(placed: FloatArray, line: FloatArray) -> float:
    """Mean distance of points (n, 2) from a line (m, 2), those beyond its ends left out where any are not."""
    along = dense(line, 400)
    distance = np.linalg.norm(placed[:, None] - along[None], axis=-1)
    nearest = distance.argmin(axis=1)
    within = _before_the_end(placed, along, nearest)
    counted = within if within.any() else np.ones(len(placed), dtype=bool)
    return float(distance.min(axis=1)[counted].mean())


def _before_the_end(placed: FloatArray, line: FloatArray, nearest: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether each point's nearest place is inside the line, or the point stands at right angles to its end."""
    last = len(line) - 1
    ends = {0: line[0] - line[1], last: line[-1] - line[-2]}
    beyond = [
        index in ends and float((point - line[index]) @ ends[index]) > np.linalg.norm(ends[index]) ** 2
        for point, index in zip(placed, (int(one) for one in nearest), strict=True)
    ]
    return ~np.array(beyond)
