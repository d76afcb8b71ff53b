"""The photographed face that a controlled change is made on: its pixels, its mesh, and where its parts lie.

Shared with what is to be judged: decoding, and the landmark mesh. Nothing else: scale, lid margin and jaw outline come
from points placed by people where there are some, else from the mesh alone, never from the measuring code. The fold's
place is the mesh's, so wide that it holds the crease wherever people or a method see it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from scipy.interpolate import PchipInterpolator

from analysis.pipeline import open_photo
from models.anatomy import LANDMARKS, Landmark, Outline, Side
from models.arrays import FloatArray, Pixels
from models.face_landmarker.landmarker import FaceLandmarker
from models.landmarks import FaceLandmarks
from models.quality import Refused
from models.scale import HVID_MM
from service.bench.human_points import HumanPoints

_MESH_IRIS_EXCESS: Final = 1.068
"""The mesh's iris against points placed by people on 242 photos: 6.8 % wider, SD 4.6 %."""
_WIDEST_FACE_PX: Final = 620
"""A wider face is reduced to this: measuring works at 600 px, and reducing averages the source's own grain."""
_AROUND: Final = (0.80, 0.95)
"""Half width and half height kept around the face, in face widths: hair, ears and some neck."""
_FOLD_PART: Final = (0.04, 1.0)
_FOLD_MEDIAL_MM: Final = (0.8, 2.4)
"""How far medial of the mesh's line people place the fold, at its top and bottom."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceFace:
    """A face cut out of a photo; everything in the cut-out's pixels, left and right the subject's.

    Parameters
    ----------
    digest : SHA-256 of the file: the seed of everything that is drawn at random.
    rgb : (height, width, 3).
    upper_lid : (n, 2) margin from the outer to the inner canthus.
    jaw : (n, 2) outline from below the ear to the chin's middle.
    fold : (n, 2) nasolabial fold downward.
    eye : (2,) centre of the iris.
    by_people : whether lid, iris and jaw were placed by people.
    """

    digest: str
    rgb: Pixels
    landmarks: FaceLandmarks
    px_per_mm: float
    upper_lid: Mapping[Side, FloatArray]
    jaw: Mapping[Side, FloatArray]
    fold: Mapping[Side, FloatArray]
    eye: Mapping[Side, FloatArray]
    by_people: bool

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.rgb.shape[0], self.rgb.shape[1]

    def outward(self, side: Side) -> FloatArray:
        """Unit vector (2,) along the line of the eyes, away from the nose."""
        return side.image_direction * self.landmarks.rightward


def source_face(upload: bytes, landmarker: FaceLandmarker, people: HumanPoints | None) -> SourceFace | Refused:
    """The only face of a photo, or why there is none.

    Parameters
    ----------
    people : points of the whole photo, None where nobody placed any.
    """
    opened = open_photo(upload, landmarker)
    if isinstance(opened, Refused):
        return opened
    photo, detected = opened
    mesh = FaceLandmarks(detected.points, detected.pose, detected.blendshapes)
    low, high = _window(mesh, photo.pixels)
    shrink = min(1.0, _WIDEST_FACE_PX / mesh.face_width)
    crop = photo.pixels[low[1] : high[1], low[0] : high[0]]
    size = round(crop.shape[1] * shrink), round(crop.shape[0] * shrink)
    pixels = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    factor = np.array(size) / crop.shape[1::-1]
    xy = (mesh.points[:, :2] + 0.5 - low) * factor - 0.5
    moved = FaceLandmarks(np.column_stack([xy, mesh.points[:, 2] * factor.mean()]), mesh.pose, mesh.blendshapes)
    if people is None:
        return _from_mesh(upload, pixels, moved)
    own = ((people.points + 0.5) * photo.decoded_scale - low) * factor - 0.5
    return _from_people(upload, pixels, moved, HumanPoints(own))


def _window(mesh: FaceLandmarks, pixels: Pixels) -> tuple[FloatArray, FloatArray]:
    """First and past-the-last pixel (x, y) of the cut-out, whole numbers."""
    reach = mesh.face_width * np.array(_AROUND)
    low = np.maximum(np.floor(mesh.centre - reach), 0).astype(int)
    high = np.minimum(np.ceil(mesh.centre + reach), pixels.shape[1::-1]).astype(int)
    return low, high


def _from_people(upload: bytes, rgb: Pixels, mesh: FaceLandmarks, people: HumanPoints) -> SourceFace:
    width = float(np.mean([people.iris_width(side) for side in Side]))
    return SourceFace(
        digest=hashlib.sha256(upload).hexdigest(),
        rgb=rgb,
        landmarks=mesh,
        px_per_mm=width / HVID_MM,
        upper_lid={side: dense(people.upper_lid(side)) for side in Side},
        jaw={side: dense(people.jaw(side)) for side in Side},
        fold={side: _fold(mesh, side, width / HVID_MM) for side in Side},
        eye={side: people.pupil(side) for side in Side},
        by_people=True,
    )


def _from_mesh(upload: bytes, rgb: Pixels, mesh: FaceLandmarks) -> SourceFace:
    irises = [mesh.outline(Outline.IRIS, side) for side in Side]
    width = float(np.mean([np.linalg.norm(iris[0] - iris[2]) for iris in irises])) / _MESH_IRIS_EXCESS
    return SourceFace(
        digest=hashlib.sha256(upload).hexdigest(),
        rgb=rgb,
        landmarks=mesh,
        px_per_mm=width / HVID_MM,
        upper_lid={side: dense(mesh.outline(Outline.UPPER_LID, side)) for side in Side},
        jaw={side: _jaw_below_mouth(mesh, side) for side in Side},
        fold={side: _fold(mesh, side, width / HVID_MM) for side in Side},
        eye={side: mesh[Landmark.PUPIL_CENTRE, side] for side in Side},
        by_people=False,
    )


def _jaw_below_mouth(mesh: FaceLandmarks, side: Side) -> FloatArray:
    line = dense(mesh.outline(Outline.JAW, side), 300)
    return line[(line - mesh[Landmark.CHEILION, side]) @ mesh.upward < 0]


def _fold(mesh: FaceLandmarks, side: Side, px_per_mm: float) -> FloatArray:
    line = dense(mesh.outline(Outline.NASOLABIAL_FOLD, side))
    start, end = (int(part * (len(line) - 1)) for part in _FOLD_PART)
    part = line[start : end + 1]
    tangent = np.gradient(part, axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) / np.linalg.norm(tangent, axis=1, keepdims=True)
    nose = mesh.points[LANDMARKS[Landmark.ENDOCANTHION, side], :2]
    medial = normal * np.sign(((nose - part) * normal).sum(axis=1, keepdims=True))
    return np.asarray(part + px_per_mm * np.linspace(*_FOLD_MEDIAL_MM, len(part))[:, None] * medial)


def dense(knots: FloatArray, count: int = 200) -> FloatArray:
    """Shape-preserving cubic through ``knots`` (k, 2) by arc length, (count, 2) evenly spaced."""
    steps = np.linalg.norm(np.diff(knots, axis=0), axis=1)
    arc = np.concatenate([[0.0], np.cumsum(np.maximum(steps, 1e-6))])
    return np.asarray(PchipInterpolator(arc, knots)(np.linspace(0, arc[-1], count)))
