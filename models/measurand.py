"""The catalogue of measurands: what is measured, in which unit, on which side, by which definition.

Code, JSON, pages, exports and the measurement page of the documentation read this one list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Unit(StrEnum):
    """Unit of a figure."""

    MILLIMETRE = "mm"
    DEGREE = "°"
    PERCENT = "%"
    LOG_LUMINANCE = "log"
    """Natural logarithm of linear luminance: 0.10 is about ten per cent darker than the skin beside it."""


class MeasurandCode(StrEnum):
    """The stable code of each measurand."""

    MRD1 = "mrd1"
    MRD2 = "mrd2"
    PALPEBRAL_FISSURE_HEIGHT = "palpebral_fissure_height"
    BROW_HEIGHT = "brow_height"
    JAWLINE_CONTOUR = "jawline_contour"
    JOWL_PROMINENCE = "jowl_prominence"
    LOWER_FACE_WIDTH = "lower_face_width"
    NASOLABIAL_FOLD_DEPTH = "nasolabial_fold_depth"
    NASOLABIAL_FOLD_LENGTH = "nasolabial_fold_length"
    PERIORBITAL_LINES = "periorbital_lines"
    CANTHAL_TILT = "canthal_tilt"
    MRD1_ASYMMETRY = "mrd1_asymmetry"
    FISSURE_ASYMMETRY = "fissure_asymmetry"
    BROW_ASYMMETRY = "brow_asymmetry"
    JAWLINE_ASYMMETRY = "jawline_asymmetry"
    CERVICOMENTAL_ANGLE = "cervicomental_angle"


class Family(StrEnum):
    """The group a report shows a measurand under."""

    EYELIDS = "Eyelids and brow"
    JAWLINE = "Jawline"
    NASOLABIAL_FOLD = "Nasolabial fold"
    PERIORBITAL_LINES = "Lines around the eyes"
    SYMMETRY = "Symmetry and tilt"


@dataclass(frozen=True, slots=True)
class Measurand:
    """One entry of the catalogue.

    Parameters
    ----------
    unit : of a value in one photo.
    change_unit : of a change between two photos; ``%`` where only a ratio can be had, and then "before" is 100.
    sided : whether it is measured on each side, or once for the face.
    name : what a report calls it.
    what : one line for the reader of a report.
    definition : what exactly is measured, for whoever wants to repeat it.
    increase_means, decrease_means : what a positive or negative change looks like, without judging it.
    source : where the definition or the method comes from.
    difference_of : the measurand whose left less right it is; None for all that is measured by itself.
    """

    code: MeasurandCode
    family: Family
    unit: Unit
    change_unit: Unit
    sided: bool
    name: str
    what: str
    definition: str
    increase_means: str
    decrease_means: str
    source: str
    difference_of: MeasurandCode | None = None


def _asymmetry(code: MeasurandCode, of: MeasurandCode, name: str, what: str, more: str, less: str) -> Measurand:
    """Left less right of a sided measurand, once for the face."""
    return Measurand(
        code=code,
        family=Family.SYMMETRY,
        unit=Unit.MILLIMETRE,
        change_unit=Unit.MILLIMETRE,
        sided=False,
        name=name,
        what=what,
        definition=f"`{of}` of the subject's left less that of the right; its change is the left's change less the "
        "right's. What both sides share, as pitch and scale, cancels; what turns them apart, as yaw, does not.",
        increase_means=more,
        decrease_means=less,
        source="Macdonald 2014, J Otolaryngol Head Neck Surg 43:36, on asymmetry of lids and brows before surgery"
        if of is not MeasurandCode.JAWLINE_CONTOUR
        else "Own definition, after the asymmetry of lids and brows in Macdonald 2014, J Otolaryngol Head Neck Surg "
        "43:36",
        difference_of=of,
    )


_CATALOGUE = (
    Measurand(
        code=MeasurandCode.MRD1,
        family=Family.EYELIDS,
        unit=Unit.MILLIMETRE,
        change_unit=Unit.MILLIMETRE,
        sided=True,
        name="Upper lid to pupil (MRD1)",
        what="Distance from the pupil's centre up to the margin of the upper lid.",
        definition="Marginal reflex distance 1, from the centre of the limbus circle along the eye's own vertical to "
        "the skin margin of the upper lid. In clinic the light reflex is the origin; a photo gives the pupil's "
        "centre, so values compare between visits and not with slit-lamp readings.",
        increase_means="the upper lid sits higher",
        decrease_means="the upper lid sits lower",
        source="Putterman 2012, Ophthalmic Plast Reconstr Surg 28:464; differential profile correlation",
    ),
    Measurand(
        code=MeasurandCode.MRD2,
        family=Family.EYELIDS,
        unit=Unit.MILLIMETRE,
        change_unit=Unit.MILLIMETRE,
        sided=True,
        name="Lower lid to pupil (MRD2)",
        what="Distance from the pupil's centre down to the margin of the lower lid.",
        definition="Marginal reflex distance 2, from the centre of the limbus circle along the eye's own vertical to "
        "the skin margin of the lower lid.",
        increase_means="the lower lid sits lower",
        decrease_means="the lower lid sits higher",
        source="Putterman 2012, Ophthalmic Plast Reconstr Surg 28:464; differential profile correlation",
    ),
    Measurand(
        code=MeasurandCode.PALPEBRAL_FISSURE_HEIGHT,
        family=Family.EYELIDS,
        unit=Unit.MILLIMETRE,
        change_unit=Unit.MILLIMETRE,
        sided=True,
        name="Eye opening (fissure height)",
        what="Height of the eye's opening through the pupil's centre.",
        definition="Palpebral fissure height: MRD1 + MRD2, lid margin to lid margin through the centre of the limbus "
        "circle, at each photo's own gaze. Its change does not depend on where the pupil's centre was found.",
        increase_means="the eye is opened wider",
        decrease_means="the eye is opened less",
        source="Farkas 1994, Anthropometry of the Head and Face; differential profile correlation",
    ),
    Measurand(
        code=MeasurandCode.BROW_HEIGHT,
        family=Family.EYELIDS,
        unit=Unit.MILLIMETRE,
        change_unit=Unit.MILLIMETRE,
        sided=True,
        name="Brow height",
        what="Distance from the pupil's centre up to the lower border of the brow.",
        definition="From the centre of the limbus circle along the eye's own vertical to the lower border of the brow "
        "above it.",
        increase_means="the brow sits higher",
        decrease_means="the brow sits lower",
        source="McKinney 1991, Plast Reconstr Surg 88:245; differential texture registration",
    ),
    Measurand(
        code=MeasurandCode.JAWLINE_CONTOUR,
        family=Family.JAWLINE,
        unit=Unit.MILLIMETRE,
        change_unit=Unit.MILLIMETRE,
        sided=True,
        name="Jawline contour",
        what="How far the skin along the jowl part of the jawline moved outward (+) or inward (-).",
        definition="In a pair: mean displacement, along the outline's outward normal, of the skin 2.5-7.5 mm inside "
        "the mandibular outline over the jowl window (8 mm to each side of the middle of the jowl points). In one "
        "photo: the outline's mean bulge beyond its chord over that window.",
        increase_means="the contour lies further out",
        decrease_means="the contour lies further in",
        source="Direct registration of skin texture (Bergen et al. 1992) relative to chin pad and preauricular skin",
    ),
    Measurand(
        code=MeasurandCode.JOWL_PROMINENCE,
        family=Family.JAWLINE,
        unit=Unit.MILLIMETRE,
        change_unit=Unit.MILLIMETRE,
        sided=True,
        name="Jowl prominence",
        what="Largest bulge of the jawline beyond a smooth curve from the jaw's angle to the chin.",
        definition="Largest outward distance of the mandibular outline, over the jowl arc, beyond the smooth curve "
        "through the outline outside that arc (gonion to chin).",
        increase_means="the jowl stands out more",
        decrease_means="the jowl stands out less",
        source="Own definition; outline by dynamic programming",
    ),
    Measurand(
        code=MeasurandCode.LOWER_FACE_WIDTH,
        family=Family.JAWLINE,
        unit=Unit.MILLIMETRE,
        change_unit=Unit.MILLIMETRE,
        sided=False,
        name="Lower face width",
        what="Width of the face's outline at the level of the corners of the mouth.",
        definition="Distance between the left and right outline on the line through both cheilia, at the scale of "
        "the iris plane.",
        increase_means="the lower face is wider",
        decrease_means="the lower face is narrower",
        source="After the gonial width of Farkas 1994, at a level that a frontal photo shows",
    ),
    Measurand(
        code=MeasurandCode.CERVICOMENTAL_ANGLE,
        family=Family.JAWLINE,
        unit=Unit.DEGREE,
        change_unit=Unit.DEGREE,
        sided=False,
        name="Angle under the chin (cervicomental)",
        what="Angle between the underside of the chin and the front of the neck; in profile photos alone.",
        definition="On the silhouette before a plain wall: between the line under the chin and the line down the neck, "
        "each fitted from 20 to 60 % of the distance chin to cervical point away from that point, which is where the "
        "outline lies farthest behind the chord from chin to neck. It follows how the neck is held, so that it is told "
        "of one photo and not compared.",
        increase_means="the angle is more open",
        decrease_means="the angle is sharper",
        source="Ellenbogen & Karlin 1980, Plast Reconstr Surg 66:826; own operational definition",
    ),
    Measurand(
        code=MeasurandCode.NASOLABIAL_FOLD_DEPTH,
        family=Family.NASOLABIAL_FOLD,
        unit=Unit.LOG_LUMINANCE,
        change_unit=Unit.PERCENT,
        sided=True,
        name="Nasolabial fold depth (shading)",
        what="How dark the fold's crease is against the skin on both sides; a pair compares it under the same light.",
        definition="Depth of the crease's shading profile across the fold in log linear luminance, below the line "
        "through its shoulders at 4-7 mm. In a pair: the gain of the after's depth below a 10 mm chord on the "
        "before's, place by place, divided by the photos' tone ratio, in per cent of the before. It is shading, not "
        "millimetres of tissue.",
        increase_means="the fold is more marked",
        decrease_means="the fold is less marked",
        source="Gain of chord depths on straightened log-luminance profiles; Weber contrast",
    ),
    Measurand(
        code=MeasurandCode.NASOLABIAL_FOLD_LENGTH,
        family=Family.NASOLABIAL_FOLD,
        unit=Unit.MILLIMETRE,
        change_unit=Unit.MILLIMETRE,
        sided=True,
        name="Nasolabial fold length",
        what="Length of the crease that stands out from the skin's own texture.",
        definition="Arc length of the crease path over which the shading depth exceeds the texture of the skin "
        "beside it.",
        increase_means="the fold is longer",
        decrease_means="the fold is shorter",
        source="Own definition on the path found by dynamic programming",
    ),
    Measurand(
        code=MeasurandCode.PERIORBITAL_LINES,
        family=Family.PERIORBITAL_LINES,
        unit=Unit.LOG_LUMINANCE,
        change_unit=Unit.PERCENT,
        sided=True,
        name="Lines beside the eye (crow's feet)",
        what="Contrast of the fine lines beside the outer corner of the eye, against reference skin.",
        definition="In a fan about the outer canthus, 6-20 mm away and from 25 degrees below to 45 degrees above its "
        "lateral direction: contrast of log linear luminance across the fan's rays between 0.35 and 1.0 mm, averaged "
        "along them. In a pair: slope of the after's pattern on the before's after local registration, the texture of "
        "reference skin taken out, divided by the photos' tone ratio, in per cent of the before.",
        increase_means="the lines are more marked",
        decrease_means="the lines are less marked",
        source="Band-passed regression with reference skin, which takes out texture and noise",
    ),
    Measurand(
        code=MeasurandCode.CANTHAL_TILT,
        family=Family.SYMMETRY,
        unit=Unit.DEGREE,
        change_unit=Unit.DEGREE,
        sided=True,
        name="Canthal tilt",
        what="How far the eye's outer corner stands above its inner corner, as an angle.",
        definition="Angle between the line from endocanthion to exocanthion and the line through both endocanthia, so "
        "that the head's roll does not enter. In one photo from the mesh's canthi, good to about a millimetre. In a "
        "pair the skin at the same canthi is followed from before to after, the head's own motion taken out.",
        increase_means="the outer corner sits higher",
        decrease_means="the outer corner sits lower",
        source="After the inclination of the eye fissure of Farkas 1994, against the intercanthal line instead of the "
        "horizontal; texture tracking (Lucas & Kanade 1981)",
    ),
    _asymmetry(
        MeasurandCode.MRD1_ASYMMETRY,
        MeasurandCode.MRD1,
        "Upper lids, left less right",
        "How much higher the left upper lid stands over its pupil than the right.",
        "the left upper lid rose against the right",
        "the left upper lid sank against the right",
    ),
    _asymmetry(
        MeasurandCode.FISSURE_ASYMMETRY,
        MeasurandCode.PALPEBRAL_FISSURE_HEIGHT,
        "Eye opening, left less right",
        "How much wider the left eye is opened than the right.",
        "the left eye opened against the right",
        "the left eye closed against the right",
    ),
    _asymmetry(
        MeasurandCode.BROW_ASYMMETRY,
        MeasurandCode.BROW_HEIGHT,
        "Brows, left less right",
        "How much higher the left brow stands over its pupil than the right.",
        "the left brow rose against the right",
        "the left brow sank against the right",
    ),
    _asymmetry(
        MeasurandCode.JAWLINE_ASYMMETRY,
        MeasurandCode.JAWLINE_CONTOUR,
        "Jawline contour, left less right",
        "How much further out the left jowl part of the jawline lies than the right.",
        "the left contour moved outward against the right",
        "the left contour moved inward against the right",
    ),
)

MEASURANDS: Final = MappingProxyType({entry.code: entry for entry in _CATALOGUE})


def with_asymmetry(codes: Iterable[MeasurandCode]) -> frozenset[MeasurandCode]:
    """The measurands and every difference of left and right that rests on one of them."""
    known = frozenset(codes)
    return known | {entry.code for entry in _CATALOGUE if entry.difference_of in known}


def part_of_face(code: MeasurandCode) -> Family:
    """The family of what a measurand is measured on: of a difference of left and right, that of its two sides."""
    entry = MEASURANDS[code]
    return MEASURANDS[entry.difference_of or code].family
