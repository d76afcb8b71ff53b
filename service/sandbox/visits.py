"""Inside the analysis process: two visits of one or several photos each, compared with what is known of them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import starmap

from analysis.burst import compare_bursts
from analysis.clinic_floor import with_floor
from analysis.correction_checks import refusal
from analysis.corrections import corrected, geometry_of
from analysis.pipeline import compare_photos
from analysis.remeasure import rescaled
from analysis.subject_scale import on_subject_scale, shares_of, subject_scale
from models.analysis import PhotoAnalysis, ProfileAnalysis
from models.burst import BurstComparison, Frame, FrameUse, Which
from models.correction import CorrectionRefused
from models.quality import Flag, FlagCode, Refused
from service.documents import Given, GivenFloor, GivenSubject, PlacedContour, RefusedDocument, refused_document

Analysed = PhotoAnalysis | Refused


def with_corrections(
    analysis: PhotoAnalysis, placed: Sequence[PlacedContour], *, checked: bool
) -> PhotoAnalysis | CorrectionRefused:
    """The photo with the contours that a person placed, or why one of them cannot be."""
    corrections = [one.correction for one in placed]
    face = geometry_of(analysis)
    refused = next((no for one in corrections if not checked and (no := refusal(one, face))), None)
    return refused or corrected(analysis, corrections)


def on_given_scale(photo: PhotoAnalysis, subject: GivenSubject) -> PhotoAnalysis:
    """The photo at the subject's scale."""
    shares = (*subject.iris_shares, *shares_of((photo,)))
    return on_subject_scale(photo, shares, None if subject.iris is None else subject.iris.estimate)


def compare_visits(
    analysed: Sequence[Analysed | ProfileAnalysis], given: Given
) -> BurstComparison | RefusedDocument | CorrectionRefused:
    """What changed, or the refusal of a visit of which no photo can be measured.

    Parameters
    ----------
    analysed : the befores, then the afters.
    """
    corrections = given.corrections or ((),) * len(analysed)
    placed: list[Analysed] = []
    for photo, its_corrections in zip(analysed, corrections, strict=True):
        if isinstance(photo, ProfileAnalysis):
            return refused_document(Refused(Flag.of(FlagCode.PROFILES_NOT_COMPARED)))
        one = photo if isinstance(photo, Refused) else with_corrections(photo, its_corrections, checked=given.checked)
        if isinstance(one, CorrectionRefused):
            return one
        placed.append(one)
    before, after = placed[: given.befores], placed[given.befores :]
    refused = _refused("before", before) or _refused("after", after)
    return refused or _floored(_compared(before, after, given.subject), given.floors)


def _floored(found: BurstComparison, floors: Sequence[GivenFloor]) -> BurstComparison:
    """No change surer than the clinic's own studies allow."""
    changes = with_floor(found.comparison.changes, {floor.measurand: floor.change_sd for floor in floors})
    return replace(found, comparison=replace(found.comparison, changes=changes))


def told_frames(found: BurstComparison) -> tuple[Frame, ...]:
    """What became of each photo, where there was a choice."""
    return found.frames if len(found.frames) > 2 else ()  # noqa: PLR2004  one before, one after


def _refused(which: Which, photos: Sequence[Analysed]) -> RefusedDocument | None:
    """The refusal of the first where all of a visit's photos were refused."""
    refused = [photo for photo in photos if isinstance(photo, Refused)]
    return refused_document(refused[0], which) if len(refused) == len(photos) else None


def _compared(before: Sequence[Analysed], after: Sequence[Analysed], subject: GivenSubject) -> BurstComparison:
    shares = (
        *subject.iris_shares,
        *shares_of(photo for photo in (*before, *after) if isinstance(photo, PhotoAnalysis)),
    )
    iris = None if subject.iris is None else subject.iris.estimate
    # A comparison tells no figure of the after alone, so its measurements are not made anew.
    first = {i: on_subject_scale(one, shares, iris) for i, one in enumerate(before) if isinstance(one, PhotoAnalysis)}
    second = {
        i: rescaled(one, subject_scale(one, shares, iris))
        for i, one in enumerate(after)
        if isinstance(one, PhotoAnalysis)
    }
    found = compare_bursts(first, second, compare_photos)
    refused = (*starmap(_left_out, _refused_of("before", before)), *starmap(_left_out, _refused_of("after", after)))
    return BurstComparison(found.before, found.after, found.comparison, (*found.frames, *refused))


def _refused_of(which: Which, photos: Sequence[Analysed]) -> list[tuple[Which, int, Refused]]:
    return [(which, index, photo) for index, photo in enumerate(photos) if isinstance(photo, Refused)]


def _left_out(which: Which, index: int, refused: Refused) -> Frame:
    return Frame(which, index, FrameUse.LEFT_OUT, refused.flag.says)
