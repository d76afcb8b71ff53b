"""The catalogue of flags: every reason that a photo or a pair can be given, with its sentence and its remedy.

Code, JSON, pages, PDF and documentation read this one list.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.anatomy import View
from models.arrays import require_finite
from models.measurand import MeasurandCode, with_asymmetry

_M = MeasurandCode
_LIDS = with_asymmetry({_M.MRD1, _M.MRD2, _M.PALPEBRAL_FISSURE_HEIGHT})
_BROW = with_asymmetry({_M.BROW_HEIGHT})
_CANTHI = frozenset({_M.CANTHAL_TILT})
_JAW = with_asymmetry({_M.JAWLINE_CONTOUR, _M.JOWL_PROMINENCE, _M.LOWER_FACE_WIDTH, _M.CERVICOMENTAL_ANGLE})
_FOLD = frozenset({_M.NASOLABIAL_FOLD_DEPTH, _M.NASOLABIAL_FOLD_LENGTH})
_LINES = frozenset({_M.PERIORBITAL_LINES})
EVERYTHING: Final = frozenset(MeasurandCode)
"""What a flag stops that leaves nothing to measure."""
_NONE: frozenset[MeasurandCode] = frozenset()


class Weight(StrEnum):
    """What a flag does."""

    REFUSES = "refuses"
    """There is no measurement at all."""
    RETAKE = "retake"
    """The photo should be taken again; the measures it stops are not assessable."""
    ADVISORY = "advisory"
    """Worth knowing; the interval carries its cost."""


class FlagCode(StrEnum):
    """The stable code of each flag."""

    # the file
    EMPTY_FILE = "empty_file"
    NOT_AN_IMAGE = "not_an_image"
    UNSUPPORTED_FORMAT = "unsupported_format"
    TRUNCATED = "truncated"
    TOO_MANY_PIXELS = "too_many_pixels"
    ANALYSIS_CRASHED = "analysis_crashed"
    # one photo
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    FACE_CUT_OFF = "face_cut_off"
    TOO_SMALL = "too_small"
    SMALL = "small"
    BLURRED = "blurred"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    NOT_FRONTAL = "not_frontal"
    WRONG_VIEW = "wrong_view"
    HEAD_TILTED = "head_tilted"
    EXPRESSION = "expression"
    MOUTH_OPEN = "mouth_open"
    EYES_CLOSED = "eyes_closed"
    GAZE_AVERTED = "gaze_averted"
    EYES_COVERED = "eyes_covered"
    JAW_COVERED = "jaw_covered"
    UNEVEN_LIGHT = "uneven_light"
    # a pair
    EXPRESSION_DIFFERS = "expression_differs"
    DISTANCE_DIFFERS = "distance_differs"
    PITCH_DIFFERS = "pitch_differs"
    YAW_DIFFERS = "yaw_differs"
    LIGHT_DIFFERS = "light_differs"
    GAZE_DIFFERS = "gaze_differs"
    SHARPNESS_DIFFERS = "sharpness_differs"
    ALIGNMENT_UNSURE = "alignment_unsure"
    NOT_THE_SAME_FACE = "not_the_same_face"
    CONTROL_MOVED = "control_moved"
    VIEWS_DIFFER = "views_differ"
    PROFILES_NOT_COMPARED = "profiles_not_compared"


@dataclass(frozen=True, slots=True)
class FlagEntry:
    """One entry of the catalogue.

    Parameters
    ----------
    weight : what it does.
    stops : the measurands that are not assessable under it (all of them when it refuses).
    says : the sentence for the reader; may name ``{value}``, ``{limit}`` and ``{shown}``, the view that it shows.
    remedy : what to do when the photo is taken again.
    unit : of value and limit.
    """

    code: FlagCode
    weight: Weight
    stops: frozenset[MeasurandCode]
    says: str
    remedy: str
    unit: str = ""


def _refuses(code: FlagCode, says: str, remedy: str, unit: str = "") -> FlagEntry:
    return FlagEntry(code, Weight.REFUSES, EVERYTHING, says, remedy, unit)


def _retake(code: FlagCode, stops: frozenset[MeasurandCode], says: str, remedy: str, unit: str = "") -> FlagEntry:
    return FlagEntry(code, Weight.RETAKE, stops, says, remedy, unit)


def _advisory(code: FlagCode, says: str, remedy: str, unit: str = "") -> FlagEntry:
    return FlagEntry(code, Weight.ADVISORY, _NONE, says, remedy, unit)


_F = FlagCode
_CATALOGUE = (
    _refuses(_F.EMPTY_FILE, "The file is empty.", "Send the photo again."),
    _refuses(_F.NOT_AN_IMAGE, "The file is not a picture.", "Send a JPEG, PNG, WebP, TIFF or HEIC photo."),
    _refuses(
        _F.UNSUPPORTED_FORMAT,
        "This picture format is not accepted.",
        "Save the photo as JPEG, PNG, WebP, TIFF or HEIC.",
    ),
    _refuses(_F.TRUNCATED, "The picture is damaged or incomplete.", "Send the original file again."),
    _refuses(
        _F.TOO_MANY_PIXELS,
        "The picture has {value} megapixels; at most {limit} are accepted.",
        "Save it at a smaller size.",
        "MP",
    ),
    _refuses(
        _F.ANALYSIS_CRASHED,
        "The analysis of this file was stopped because it used too much time or memory.",
        "Save the photo anew as JPEG and send it again.",
    ),
    _refuses(
        _F.NO_FACE,
        "No face was found in the photo.",
        "Take the photo from the front, the whole face in the picture and evenly lit.",
    ),
    _refuses(_F.SEVERAL_FACES, "More than one face is in the photo.", "Have only the subject in the picture."),
    _retake(
        _F.FACE_CUT_OFF,
        _JAW,
        "The face is cut off at the edge of the picture.",
        "Leave a hand's breadth around the whole face.",
    ),
    _retake(
        _F.TOO_SMALL,
        EVERYTHING,
        "The face is {value} px wide; {limit} px are needed to measure it.",
        "Come closer or use a higher resolution.",
        "px",
    ),
    _advisory(
        _F.SMALL,
        "The face is {value} px wide; from {limit} px on, figures are at their best.",
        "Use a higher resolution.",
        "px",
    ),
    _retake(
        _F.BLURRED,
        _LIDS | _FOLD | _LINES | _CANTHI,
        "The photo is blurred: edges are {value} mm wide, at most {limit} mm.",
        "Focus on the eyes and hold the camera still.",
        "mm",
    ),
    _retake(_F.TOO_DARK, _FOLD | _LINES | _JAW, "The face is too dark.", "Use more light or a longer exposure."),
    _retake(
        _F.TOO_BRIGHT, _FOLD | _LINES, "Parts of the face are overexposed.", "Use less light or a shorter exposure."
    ),
    _retake(
        _F.NOT_FRONTAL,
        EVERYTHING,
        "The head is turned by {value}° from the camera; at most {limit}°.",
        "Have the subject look straight into the camera.",
        "°",
    ),
    _retake(
        _F.WRONG_VIEW,
        EVERYTHING,
        "The photo was sent as another view than it shows: it shows {shown}, the head turned by {value}°; "
        "the limit is {limit}°.",
        "Send it under the view that it shows, or take it again in the view that was meant.",
        "°",
    ),
    _advisory(_F.HEAD_TILTED, "The head is tilted sideways by {value}°.", "Keep the eyes level.", "°"),
    _retake(
        _F.EXPRESSION,
        _FOLD | _LINES | _JAW | _LIDS | _CANTHI,
        "The expression is not neutral.",
        "Ask for a relaxed face, lips touching, no smile.",
    ),
    _retake(_F.MOUTH_OPEN, _JAW | _FOLD, "The mouth is open.", "Ask for lips touching and teeth together."),
    _retake(
        _F.EYES_CLOSED,
        _LIDS | _BROW | _CANTHI,
        "The eyes are closed or nearly closed.",
        "Ask the subject to look into the lens, then wait for the end of a blink.",
    ),
    _retake(_F.GAZE_AVERTED, _LIDS, "The eyes do not look into the camera.", "Ask the subject to look into the lens."),
    _retake(
        _F.EYES_COVERED,
        _LIDS | _LINES | _BROW | _CANTHI,
        "The iris could not be found: glasses, hair or a reflection may cover the eyes.",
        "Take off glasses and move hair out of the face.",
    ),
    _retake(
        _F.JAW_COVERED,
        _JAW,
        "The jawline is not visible: hair, beard or clothing covers it.",
        "Tie hair back and bare the neck.",
    ),
    _advisory(_F.UNEVEN_LIGHT, "One side of the face is lit more than the other.", "Light both sides alike."),
    # A pair; what each stops beyond its limit is decided by the gates, which choose one of the two weights.
    _retake(
        _F.EXPRESSION_DIFFERS,
        _LIDS | _JAW | _FOLD | _LINES | _BROW | _CANTHI,
        "The expression differs between the photos.",
        "Take both photos with a relaxed face.",
    ),
    _retake(
        _F.DISTANCE_DIFFERS,
        _JAW,
        "The camera was {value} % farther away in one photo; at most {limit} %.",
        "Use the same distance, at least 1 m.",
        "%",
    ),
    _retake(
        _F.PITCH_DIFFERS,
        EVERYTHING,
        "The chin is {value}° higher or lower than in the other photo; at most {limit}°.",
        "Use the first photo as a guide for the head's position.",
        "°",
    ),
    _retake(
        _F.YAW_DIFFERS,
        EVERYTHING,
        "The head is turned by {value}° against the other photo; at most {limit}°.",
        "Use the first photo as a guide for the head's position.",
        "°",
    ),
    _retake(
        _F.LIGHT_DIFFERS,
        _FOLD | _LINES,
        "The light falls differently in the two photos.",
        "Use the same lamps in the same places.",
    ),
    _retake(_F.GAZE_DIFFERS, _LIDS, "The eyes look in different directions.", "Ask the subject to look into the lens."),
    _retake(
        _F.SHARPNESS_DIFFERS,
        _LIDS | _LINES | _BROW,
        "One photo is sharper than the other by a factor of {value}; at most {limit}.",
        "Focus on the eyes in both photos.",
        "x",
    ),
    _retake(
        _F.ALIGNMENT_UNSURE,
        EVERYTHING,
        "The photos could not be aligned well enough: {value} mm, at most {limit} mm.",
        "Take the photos from the same place with the same head position.",
        "mm",
    ),
    _retake(
        _F.NOT_THE_SAME_FACE,
        EVERYTHING,
        "The two photos do not fit together as one face.",
        "Check that both show the same person, from the front and in focus.",
    ),
    _retake(
        _F.CONTROL_MOVED,
        EVERYTHING,
        "A part of the face that no treatment moves has moved by {value} mm.",
        "Take the photos from the same place with the same head position.",
        "mm",
    ),
    _retake(
        _F.VIEWS_DIFFER,
        EVERYTHING,
        "The two photos are different views of the face.",
        "Compare photos that were taken in one view.",
    ),
    _refuses(
        _F.PROFILES_NOT_COMPARED,
        "Photos in profile are measured one by one and not compared: what they show follows how the neck is held.",
        "Compare frontal photos of the same visits.",
    ),
)

FLAGS: Final = MappingProxyType({entry.code: entry for entry in _CATALOGUE})


class Favours(StrEnum):
    """Which photo a difference flatters."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason, as one photo or one pair has it.

    Parameters
    ----------
    value, limit : in the catalogue's unit; None where the flag has no figure.
    stops : the measurands that this very flag makes not assessable.
    favours : the photo that the difference flatters; None where it flatters none or is not known.
    shows : the view that the photo shows, where that is not the one it was sent as.
    """

    code: FlagCode
    value: float | None = None
    limit: float | None = None
    stops: frozenset[MeasurandCode] = _NONE
    favours: Favours | None = None
    shows: View | None = None

    def __post_init__(self) -> None:
        require_finite(f"the figures of flag {self.code}", self.value, self.limit)

    @classmethod
    def of(cls, code: FlagCode, value: float | None = None, limit: float | None = None) -> "Flag":
        """The flag with all that the catalogue lets it stop."""
        return cls(code, value, limit, FLAGS[code].stops)

    def showing(self, view: View) -> "Flag":
        """The same flag with the view that the photo shows."""
        return replace(self, shows=view)

    @property
    def entry(self) -> FlagEntry:
        """What the catalogue says of it."""
        return FLAGS[self.code]

    @property
    def says(self) -> str:
        """The sentence for the reader, with its remedy."""
        shown = "?" if self.shows is None else self.shows.words
        says = self.entry.says.format(value=in_figures(self.value), limit=in_figures(self.limit), shown=shown)
        return f"{says} {self.entry.remedy}"


def in_figures(value: float | None) -> str:
    """A flag's value or limit with as many digits as are worth reading."""
    return "?" if value is None else f"{value:.0f}" if abs(value) >= 20 else f"{value:.2g}"  # noqa: PLR2004  two digits


@dataclass(frozen=True, slots=True)
class Quality:
    """What a photo is good for."""

    flags: tuple[Flag, ...]

    @property
    def usable(self) -> bool:
        """Whether nothing asks for the photo to be taken again."""
        return all(flag.entry.weight is Weight.ADVISORY for flag in self.flags)

    def stopping(self, measurand: MeasurandCode) -> Flag | None:
        """The first flag that stops ``measurand``, or None."""
        return next((flag for flag in self.flags if measurand in flag.stops), None)


@dataclass(frozen=True, slots=True)
class Refused:
    """A photo that cannot be measured at all, and why."""

    flag: Flag
