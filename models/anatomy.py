"""The face in words: sides, views, and the table from anatomical names to mesh points.

Every mesh index of the project stands here and nowhere else. The mesh is MediaPipe's canonical face mesh with
478 points (Kartynnik et al. 2019, arXiv:1907.06724; irises 468-477, Ablavatski et al. 2020, arXiv:2006.11341).
Left and right are the **subject's**: the subject's right eye is on the left of a picture that is not mirrored.
Names follow Farkas, *Anthropometry of the Head and Face*, 2nd ed. 1994.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Side(StrEnum):
    """The subject's side."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def image_direction(self) -> int:
        """+1 where lateral points to the right of the picture (subject's left), -1 where it points to the left."""
        return 1 if self is Side.LEFT else -1

    @property
    def other(self) -> "Side":
        """The opposite side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT


class View(StrEnum):
    """From where the photo was taken; frontal is the reference view.

    Named after the side that the photo shows: in ``oblique_left`` the head is turned to the subject's right, and the
    subject's left side faces the camera.
    """

    FRONTAL = "frontal"
    OBLIQUE_LEFT = "oblique_left"
    OBLIQUE_RIGHT = "oblique_right"
    PROFILE_LEFT = "profile_left"
    PROFILE_RIGHT = "profile_right"

    @property
    def near_side(self) -> Side | None:
        """The side that faces the camera; None where both do."""
        return None if self is View.FRONTAL else Side(self.rpartition("_")[2])

    @property
    def words(self) -> str:
        """The view as a sentence names it."""
        if self is View.FRONTAL:
            return "the face from the front"
        return f"the subject's {self.near_side} side, {self.partition('_')[0]}"


MESH_POINTS: Final = 468
"""Points of the face's surface; the ten after them are the irises."""


class Landmark(StrEnum):
    """A single named point of one side."""

    ENDOCANTHION = "endocanthion"
    EXOCANTHION = "exocanthion"
    PUPIL_CENTRE = "pupil_centre"
    CHEILION = "cheilion"
    MALAR = "malar"
    """The cheek's forward surface, lateral of the nasolabial fold; gives the fold's lateral direction."""
    ZYGION = "zygion"
    """Where the face is widest beside the ear; the two give the face's width."""


class Outline(StrEnum):
    """A named line or set of mesh points of one side, in order."""

    UPPER_LID = "upper_lid"
    LOWER_LID = "lower_lid"
    IRIS = "iris"
    BROW_LOWER = "brow_lower"
    JAW = "jaw"
    JOWL = "jowl"
    NASOLABIAL_FOLD = "nasolabial_fold"
    ZYGOMA = "zygoma"
    TEMPLE = "temple"
    NOSTRIL = "nostril"
    BROW = "brow"
    FOREHEAD_SIDE = "forehead_side"


class Midline(StrEnum):
    """A named line, polygon or set of mesh points that belongs to no side."""

    NOSE_TIP = "nose_tip"
    FOREHEAD_TOP = "forehead_top"
    MENTON = "menton"
    NOSE = "nose"
    FOREHEAD = "forehead"
    RIGID_ANCHORS = "rigid_anchors"
    LIPS = "lips"
    FACE_OVAL = "face_oval"
    NASAL_BRIDGE = "nasal_bridge"


_RIGHT, _LEFT = Side.RIGHT, Side.LEFT

LANDMARKS: Final = MappingProxyType(
    {
        (Landmark.EXOCANTHION, _RIGHT): 33,
        (Landmark.EXOCANTHION, _LEFT): 263,
        (Landmark.ENDOCANTHION, _RIGHT): 133,
        (Landmark.ENDOCANTHION, _LEFT): 362,
        (Landmark.PUPIL_CENTRE, _RIGHT): 468,
        (Landmark.PUPIL_CENTRE, _LEFT): 473,
        (Landmark.CHEILION, _RIGHT): 61,
        (Landmark.CHEILION, _LEFT): 291,
        (Landmark.MALAR, _RIGHT): 50,
        (Landmark.MALAR, _LEFT): 280,
        (Landmark.ZYGION, _RIGHT): 234,
        (Landmark.ZYGION, _LEFT): 454,
    }
)

OUTLINES: Final = MappingProxyType(
    {
        # Lids from the outer to the inner canthus.
        (Outline.UPPER_LID, _RIGHT): (33, 246, 161, 160, 159, 158, 157, 173, 133),
        (Outline.UPPER_LID, _LEFT): (263, 466, 388, 387, 386, 385, 384, 398, 362),
        (Outline.LOWER_LID, _RIGHT): (33, 7, 163, 144, 145, 153, 154, 155, 133),
        (Outline.LOWER_LID, _LEFT): (263, 249, 390, 373, 374, 380, 381, 382, 362),
        (Outline.IRIS, _RIGHT): (469, 470, 471, 472),
        (Outline.IRIS, _LEFT): (474, 475, 476, 477),
        (Outline.BROW_LOWER, _RIGHT): (46, 53, 52, 65, 55),
        (Outline.BROW_LOWER, _LEFT): (276, 283, 282, 295, 285),
        (Outline.BROW, _RIGHT): (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
        (Outline.BROW, _LEFT): (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
        # The jaw from the ear to the chin's middle.
        (Outline.JAW, _RIGHT): (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152),
        (Outline.JAW, _LEFT): (454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152),
        # The jowl's window is centred between these two points of the jaw.
        (Outline.JOWL, _RIGHT): (136, 150),
        (Outline.JOWL, _LEFT): (365, 379),
        # From the wing of the nose down past the corner of the mouth; the crease lies 0-4 mm medial of it.
        (Outline.NASOLABIAL_FOLD, _RIGHT): (129, 203, 206, 216, 212),
        (Outline.NASOLABIAL_FOLD, _LEFT): (358, 423, 426, 436, 432),
        (Outline.ZYGOMA, _RIGHT): (116, 117, 118, 101, 50, 123),
        (Outline.ZYGOMA, _LEFT): (345, 346, 347, 330, 280, 352),
        (Outline.TEMPLE, _RIGHT): (34, 143, 116, 227, 127),
        (Outline.TEMPLE, _LEFT): (264, 372, 345, 447, 356),
        (Outline.NOSTRIL, _RIGHT): (129, 64, 98),
        (Outline.NOSTRIL, _LEFT): (358, 294, 327),
        (Outline.FOREHEAD_SIDE, _RIGHT): (67, 109, 108, 69),
        (Outline.FOREHEAD_SIDE, _LEFT): (297, 299, 337, 338),
    }
)

MIDLINES: Final = MappingProxyType(
    {
        Midline.NOSE_TIP: (4,),
        Midline.FOREHEAD_TOP: (10,),
        Midline.MENTON: (152,),
        # Polygons whose skin moves with the skull.
        Midline.NOSE: (168, 193, 122, 196, 3, 198, 49, 48, 4, 278, 279, 420, 248, 419, 351, 417),
        Midline.FOREHEAD: (109, 10, 338, 337, 9, 108),
        Midline.NASAL_BRIDGE: (168, 193, 122, 196, 197, 419, 351, 417),
        # Points, not a polygon: nose, bridge and canthi, the first guess of the alignment.
        Midline.RIGID_ANCHORS: (
            6,
            168,
            197,
            195,
            5,
            4,
            122,
            351,
            193,
            417,
            245,
            465,
            196,
            419,
            188,
            412,
            174,
            399,
            3,
            248,
            133,
            362,
            33,
            263,
            8,
            9,
            10,
            151,
            108,
            337,
            69,
            299,
            67,
            297,
            109,
            338,
        ),
        Midline.LIPS: (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91),
        Midline.FACE_OVAL: (
            10,
            338,
            297,
            332,
            284,
            251,
            389,
            356,
            454,
            323,
            361,
            288,
            397,
            365,
            379,
            378,
            400,
            377,
            152,
            148,
            176,
            149,
            150,
            136,
            172,
            58,
            132,
            93,
            234,
            127,
            162,
            21,
            54,
            103,
            67,
            109,
        ),
    }
)
