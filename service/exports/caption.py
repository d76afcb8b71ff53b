"""What is written below a published pair: the facts of the course, and what is typical of the clinic."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from models.anatomy import View
from models.consent import Region
from models.course import Phase
from models.measurand import MEASURANDS, MeasurandCode
from service.database.tables import Visit
from service.documents.cohort import CohortDocument, CohortMeasureDocument, ShareDocument
from service.exports.schemas import ExportOptions, ExportTexts
from service.reports.words import counted, interval, named, signed

_TOLD: Final = {Region.EYES: MeasurandCode.MRD1}
_OTHERWISE: Final = MeasurandCode.JAWLINE_CONTOUR
_WEEKS_FROM_DAYS: Final = 14


def texts_of(
    options: ExportOptions,
    clinic: str,
    view: View,
    before: Visit,
    after: Visit,
    visits: Sequence[Visit],
    cohort: CohortDocument | None,
) -> ExportTexts:
    """The labels, and the caption where one is wanted.

    Parameters
    ----------
    before, after : the visits of the two photos.
    visits : all of the subject.
    cohort : None where no caption is wanted.
    """
    if cohort is None:
        return ExportTexts(before="Before", after="After")
    lines = (
        clinic,
        _course(view, before, after, visits),
        *_typical(cohort, _TOLD.get(options.region, _OTHERWISE)),
        "Individual result: results differ from person to person.",
        "Both photos were only turned, scaled, moved and cropped alike.",
        "The bar over the eyes was added." if options.eye_bar else "",
    )
    return ExportTexts(before="Before", after="After", caption=tuple(line for line in lines if line))


def _course(view: View, before: Visit, after: Visit, visits: Iterable[Visit]) -> str:
    parts = [_view_words(view), *_sessions(before, after, visits), f"{_apart(before.taken_at, after.taken_at)} apart"]
    return f"{', '.join(parts)}."


def _view_words(view: View) -> str:
    return "Seen from the front" if view is View.FRONTAL else f"Seen from {view.words.removeprefix('the subject')[3:]}"


def _sessions(before: Visit, after: Visit, visits: Iterable[Visit]) -> Iterator[str]:
    """Sessions by the second photo, where the clinic numbered them; a photo of a session's day precedes it."""
    numbers = [
        visit.treatment_number - (visit.id == after.id and visit.phase == Phase.TREATMENT)
        for visit in visits
        if visit.treatment_number is not None and before.taken_at <= visit.taken_at <= after.taken_at
    ]
    if numbers and max(numbers) > 0:
        yield counted(max(numbers), "session", "sessions")


def _apart(before: datetime, after: datetime) -> str:
    days = abs((after - before).days)
    return counted(round(days / 7), "week", "weeks") if days >= _WEEKS_FROM_DAYS else counted(days, "day", "days")


def _typical(cohort: CohortDocument, measurand: MeasurandCode) -> Iterator[str]:
    """The typicality line: what the whole clinic's courses came to, not this subject's."""
    found = [one for one in cohort.whole.measurands if one.measurand is measurand]
    if not found:
        yield "What is typical in this clinic cannot be told yet: too few courses were measured."
        return
    yield f"{MEASURANDS[measurand].name} in this clinic's courses: {'; '.join(_side(one) for one in found)}."


def _side(one: CohortMeasureDocument) -> str:
    middle = f"median {signed(one.median, one.unit)}, middle half {interval(one.quartiles, one.unit)}"
    return f"{named('', one.side).removeprefix(', ') or 'face'} {middle}, {_share(one.either, one.n)}"


def _share(share: ShareDocument, n: int) -> str:
    low, high = (round(100 * bound) for bound in share.ci95)
    return f"detectably changed in {share.count} of {n} (95 % interval {low} to {high} %)"
