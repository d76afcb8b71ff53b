"""What is written below a published pair: the facts of the course, and what is typical of the clinic."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from models.anatomy import Side, View
from models.consent import Region
from models.course import Phase
from models.measurand import MEASURANDS, MeasurandCode
from service.database.tables import Visit
from service.documents.cohort import CohortDocument, CohortMeasureDocument, ShareDocument
from service.exports.schemas import ExportOptions, ExportTexts
from service.reports.words import interval, signed
from service.texts import N_, _, ngettext

_TOLD: Final = {Region.EYES: MeasurandCode.MRD1}
_OTHERWISE: Final = MeasurandCode.JAWLINE_CONTOUR
_WEEKS_FROM_DAYS: Final = 14
_SIDES: Final = {Side.LEFT: N_("left"), Side.RIGHT: N_("right")}
_VIEWS: Final = {
    View.FRONTAL: N_("Seen from the front"),
    View.OBLIQUE_LEFT: N_("Seen obliquely, left side"),
    View.OBLIQUE_RIGHT: N_("Seen obliquely, right side"),
    View.PROFILE_LEFT: N_("Seen in profile, left side"),
    View.PROFILE_RIGHT: N_("Seen in profile, right side"),
}


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
        return ExportTexts(before=_("Before"), after=_("After"))
    lines = (
        clinic,
        _course(view, before, after, visits),
        *_typical(cohort, _TOLD.get(options.region, _OTHERWISE)),
        _("Individual result: results differ from person to person."),
        _("Both photos were only turned, scaled, moved and cropped alike."),
        _("The bar over the eyes was added.") if options.eye_bar else "",
    )
    return ExportTexts(before=_("Before"), after=_("After"), caption=tuple(line for line in lines if line))


def _course(view: View, before: Visit, after: Visit, visits: Iterable[Visit]) -> str:
    parts = [_(_VIEWS[view]), *_sessions(before, after, visits), _apart(before.taken_at, after.taken_at)]
    return f"{', '.join(parts)}."


def _sessions(before: Visit, after: Visit, visits: Iterable[Visit]) -> Iterator[str]:
    """Sessions by the second photo, where the clinic numbered them; a photo of a session's day precedes it."""
    numbers = [
        visit.treatment_number - (visit.id == after.id and visit.phase == Phase.TREATMENT)
        for visit in visits
        if visit.treatment_number is not None and before.taken_at <= visit.taken_at <= after.taken_at
    ]
    if numbers and max(numbers) > 0:
        yield ngettext("%(n)d session", "%(n)d sessions", max(numbers)) % {"n": max(numbers)}


def _apart(before: datetime, after: datetime) -> str:
    days = abs((after - before).days)
    if days >= _WEEKS_FROM_DAYS:
        return _("%(n)d weeks apart") % {"n": round(days / 7)}
    return ngettext("%(n)d day apart", "%(n)d days apart", days) % {"n": days}


def _typical(cohort: CohortDocument, measurand: MeasurandCode) -> Iterator[str]:
    """The typicality line: what the whole clinic's courses came to, not this subject's."""
    found = [one for one in cohort.whole.measurands if one.measurand is measurand]
    if not found:
        yield _("What is typical in this clinic cannot be told yet: too few courses were measured.")
        return
    told = {"measure": MEASURANDS[measurand].name, "sides": "; ".join(_side(one) for one in found)}
    yield _("%(measure)s in this clinic's courses: %(sides)s.") % told


def _side(one: CohortMeasureDocument) -> str:
    told = {"side": _(_SIDES[one.side]) if one.side else "", "median": signed(one.median, one.unit)}
    middle = interval(one.quartiles, one.unit)
    text = _("%(side)s median %(median)s, middle half %(middle)s") % {**told, "middle": middle}
    return f"{text.strip()}, {_share(one.either, one.n)}"


def _share(share: ShareDocument, n: int) -> str:
    low, high = (round(100 * bound) for bound in share.ci95)
    told = {"count": share.count, "n": n, "low": low, "high": high}
    return _("detectably changed in %(count)d of %(n)d (95 %% interval %(low)d to %(high)d %%)") % told
