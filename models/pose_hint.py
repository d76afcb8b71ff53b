"""The catalogue of hints: what to change before a photo is taken, so that it matches an earlier one.

Each rests on a flag of :mod:`models.quality` and comes before the photo that this flag would be raised on.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.arrays import require_finite
from models.landmarks import Expression, HeadPose
from models.quality import FlagCode


class HintCode(StrEnum):
    """The stable code of each hint."""

    FIND_FACE = "find_face"
    ONE_FACE = "one_face"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    CHIN_UP = "chin_up"
    CHIN_DOWN = "chin_down"
    TILT_LEFT = "tilt_left"
    TILT_RIGHT = "tilt_right"
    COME_CLOSER = "come_closer"
    GO_BACK = "go_back"
    RELAX = "relax"
    CLOSE_MOUTH = "close_mouth"
    RELAX_BROW = "relax_brow"
    OPEN_EYES = "open_eyes"
    LOOK_INTO_LENS = "look_into_lens"
    MORE_LIGHT = "more_light"
    LESS_LIGHT = "less_light"
    EVEN_LIGHT = "even_light"


class Arrow(StrEnum):
    """Where the face has to go, as whoever holds the camera sees it."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    CLOCKWISE = "clockwise"
    COUNTER_CLOCKWISE = "counter_clockwise"
    NEARER = "nearer"
    FARTHER = "farther"


@dataclass(frozen=True, slots=True)
class HintEntry:
    """One entry of the catalogue: its sentence, the flag it keeps away, and the arrow that says the same."""

    code: HintCode
    flag: FlagCode
    says: str
    arrow: Arrow | None = None


_H, _F = HintCode, FlagCode
_CATALOGUE = (
    HintEntry(_H.FIND_FACE, _F.NO_FACE, "Bring the whole face into the picture."),
    HintEntry(_H.ONE_FACE, _F.SEVERAL_FACES, "Have only one face in the picture."),
    HintEntry(_H.TURN_LEFT, _F.YAW_DIFFERS, "Turn the head a little to the subject's left.", Arrow.RIGHT),
    HintEntry(_H.TURN_RIGHT, _F.YAW_DIFFERS, "Turn the head a little to the subject's right.", Arrow.LEFT),
    HintEntry(_H.CHIN_UP, _F.PITCH_DIFFERS, "Lift the chin a little.", Arrow.UP),
    HintEntry(_H.CHIN_DOWN, _F.PITCH_DIFFERS, "Lower the chin a little.", Arrow.DOWN),
    HintEntry(_H.TILT_LEFT, _F.HEAD_TILTED, "Tip the head towards the subject's left shoulder.", Arrow.CLOCKWISE),
    HintEntry(
        _H.TILT_RIGHT, _F.HEAD_TILTED, "Tip the head towards the subject's right shoulder.", Arrow.COUNTER_CLOCKWISE
    ),
    HintEntry(_H.COME_CLOSER, _F.DISTANCE_DIFFERS, "Come closer.", Arrow.NEARER),
    HintEntry(_H.GO_BACK, _F.DISTANCE_DIFFERS, "Go farther away.", Arrow.FARTHER),
    HintEntry(_H.RELAX, _F.EXPRESSION_DIFFERS, "Relax the face: no smile, eyes at ease."),
    HintEntry(_H.CLOSE_MOUTH, _F.MOUTH_OPEN, "Let the lips touch."),
    HintEntry(_H.RELAX_BROW, _F.EXPRESSION_DIFFERS, "Let the brows rest."),
    HintEntry(_H.OPEN_EYES, _F.EYES_CLOSED, "Open the eyes."),
    HintEntry(_H.LOOK_INTO_LENS, _F.GAZE_AVERTED, "Look into the lens."),
    HintEntry(_H.MORE_LIGHT, _F.TOO_DARK, "Use more light."),
    HintEntry(_H.LESS_LIGHT, _F.TOO_BRIGHT, "Use less light."),
    HintEntry(_H.EVEN_LIGHT, _F.UNEVEN_LIGHT, "Light both sides alike."),
)

HINTS: Final = MappingProxyType({entry.code: entry for entry in _CATALOGUE})


@dataclass(frozen=True, slots=True)
class HeldHead:
    """How the head was held in an earlier photo.

    Parameters
    ----------
    eyes_apart_px : from pupil to pupil, in a photo of ``size_px`` (width, height); None where the pupils are not known.
    """

    pose: HeadPose
    expression: Expression
    size_px: tuple[int, int]
    eyes_apart_px: float | None


@dataclass(frozen=True, slots=True)
class PoseHints:
    """What to change, the weightiest first; none where the face may be photographed as it is.

    Parameters
    ----------
    yaw_deg, pitch_deg, roll_deg : of the face now against the earlier photo's, signed as :class:`HeadPose`; None where
        there is no face or no earlier photo.
    distance_ratio : of the camera over the earlier photo's, where both are of one camera and zoom.
    """

    hints: tuple[HintCode, ...]
    yaw_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    distance_ratio: float | None = None

    def __post_init__(self) -> None:
        require_finite("a pose hint", self.yaw_deg, self.pitch_deg, self.roll_deg, self.distance_ratio)
