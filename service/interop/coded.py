"""Parts of the face, sides and views in SNOMED CT.

Only codes that DICOM's own dictionary has (PS3.16, as pydicom carries it); a test looks each one up. Where it has none,
the word stands alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.anatomy import Side, View
from models.measurand import MeasurandCode


@dataclass(frozen=True, slots=True)
class Coded:
    """A concept of SNOMED CT with its meaning in words; without ``code`` the words alone."""

    code: str | None
    meaning: str


FACE: Final = Coded("89545001", "Face")
_EYELID: Final = Coded("80243003", "Eyelid")
_BROW: Final = Coded("367577003", "Skin of eyebrow")
_JAWLINE: Final = Coded("244097004", "Skin of jawline")
_FOLD: Final = Coded("37108007", "Skin of nasolabial fold")

_C: Final = MeasurandCode
BODY_SITES: Final[Mapping[MeasurandCode, Coded]] = MappingProxyType(
    {
        _C.MRD1: Coded("38934000", "Upper Eyelid"),
        _C.MRD2: Coded("62736007", "Lower Eyelid"),
        _C.PALPEBRAL_FISSURE_HEIGHT: _EYELID,
        _C.BROW_HEIGHT: _BROW,
        _C.JAWLINE_CONTOUR: _JAWLINE,
        _C.JOWL_PROMINENCE: _JAWLINE,
        _C.LOWER_FACE_WIDTH: FACE,
        _C.NASOLABIAL_FOLD_DEPTH: _FOLD,
        _C.NASOLABIAL_FOLD_LENGTH: _FOLD,
        _C.PERIORBITAL_LINES: Coded("37671003", "Skin of lateral canthus"),
        _C.CANTHAL_TILT: Coded(None, "Medial and lateral canthus"),
        _C.MRD1_ASYMMETRY: Coded("38934000", "Upper Eyelid"),
        _C.FISSURE_ASYMMETRY: _EYELID,
        _C.BROW_ASYMMETRY: _BROW,
        _C.JAWLINE_ASYMMETRY: _JAWLINE,
        _C.CERVICOMENTAL_ANGLE: Coded(None, "Chin and neck"),
    }
)
"""Where each measurand is measured."""

LATERALITY: Final = "272741003"
SIDES: Final[Mapping[Side, Coded]] = MappingProxyType(
    {Side.LEFT: Coded("7771000", "Left"), Side.RIGHT: Coded("24028007", "Right")}
)
"""The subject's own."""

VIEWS: Final[Mapping[View, Coded]] = MappingProxyType(
    {
        View.FRONTAL: Coded("399033003", "frontal"),
        View.OBLIQUE_LEFT: Coded("399184004", "left oblique"),
        View.OBLIQUE_RIGHT: Coded("399236003", "right oblique"),
        View.PROFILE_LEFT: Coded("399173006", "left lateral"),
        View.PROFILE_RIGHT: Coded("399198007", "right lateral"),
    }
)
"""Named after the side that faces the camera."""
