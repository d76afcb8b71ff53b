"""Where the face's landmarks are, how the head is held and what the expression is, as one detection found them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.anatomy import LANDMARKS, MESH_POINTS, MIDLINES, OUTLINES, Landmark, Midline, Outline, Side
from models.arrays import FloatArray, require_finite, require_points


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Rotation of the head against the camera, in degrees, with the signs of ISO/IEC 19794-5.

    Positive yaw turns the face to the subject's left, positive pitch lowers the chin, positive roll tips the head
    towards the subject's right shoulder (counter-clockwise in the picture).
    """

    yaw: float
    pitch: float
    roll: float

    def __post_init__(self) -> None:
        require_finite("a head pose", self.yaw, self.pitch, self.roll)


@dataclass(frozen=True, slots=True)
class Expression:
    """Activity of the face's muscles, each from 0 (none) to 1 (full), the larger side; gaze in the same unit.

    ``gaze`` is (right, up) as the subject sees it: positive to the subject's left, positive upward.
    """

    smile: float
    brow_raise: float
    squint: float
    jaw_open: float
    blink: float
    gaze: tuple[float, float]

    def __post_init__(self) -> None:
        require_finite("an expression", self.smile, self.brow_raise, self.squint, self.jaw_open, self.blink, *self.gaze)


@dataclass(frozen=True, slots=True, eq=False)
class FaceLandmarks:
    """The mesh of one face.

    Landmarks are priors for the measures, never measurements: the mesh comes from a 256 px crop whatever the photo's
    size.

    Parameters
    ----------
    points : (478, 3); x, y in the frame named by whoever holds it, z in the same unit, smaller is nearer the camera.
    """

    points: FloatArray
    pose: HeadPose
    blendshapes: Mapping[str, float]

    def __post_init__(self) -> None:
        require_points("landmarks", self.points, columns=3)

    def __getitem__(self, name: tuple[Landmark, Side]) -> FloatArray:
        """One landmark of one side, (2,)."""
        return np.asarray(self.points[LANDMARKS[name], :2])

    def outline(self, name: Outline, side: Side) -> FloatArray:
        """A line of one side, (n, 2)."""
        return np.asarray(self.points[list(OUTLINES[name, side]), :2])

    def midline(self, name: Midline) -> FloatArray:
        """A line or set of points that belongs to no side, (n, 2)."""
        return np.asarray(self.points[list(MIDLINES[name]), :2])

    @property
    def surface(self) -> FloatArray:
        """The face's surface without the irises, (468, 3)."""
        return self.points[:MESH_POINTS]

    @property
    def face_width(self) -> float:
        """Distance between the zygia, the unit of length before the scale is known."""
        return float(np.linalg.norm(self[Landmark.ZYGION, Side.LEFT] - self[Landmark.ZYGION, Side.RIGHT]))

    @property
    def spatial_breadth(self) -> float:
        """The same in space, with the mesh's depth: it does not shrink when the head turns."""
        left, right = (self.points[LANDMARKS[Landmark.ZYGION, side]] for side in Side)
        return float(np.linalg.norm(left - right))

    def spatial(self, name: Midline) -> FloatArray:
        """Mean of a line or set of points that belongs to no side, with the mesh's depth, (3,)."""
        return np.asarray(self.points[list(MIDLINES[name])].mean(axis=0))

    @property
    def centre(self) -> FloatArray:
        """Mean of the surface, (2,)."""
        return np.asarray(self.surface[:, :2].mean(axis=0))

    @property
    def rightward(self) -> FloatArray:
        """Unit vector (2,) along the line of the eyes towards the subject's left, which is right in the picture."""
        left = self[Landmark.EXOCANTHION, Side.LEFT] + self[Landmark.ENDOCANTHION, Side.LEFT]
        right = self[Landmark.EXOCANTHION, Side.RIGHT] + self[Landmark.ENDOCANTHION, Side.RIGHT]
        return np.asarray((left - right) / np.linalg.norm(left - right))

    @property
    def upward(self) -> FloatArray:
        """Unit vector (2,) across the line of the eyes towards the forehead."""
        x, y = self.rightward
        return np.array([y, -x])
