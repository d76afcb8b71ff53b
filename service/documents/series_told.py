"""From documents of photos and pairs to a series, and from a series to its document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.comparison import Change, ChangeRefused, Comparable, ErrorTerm, MeasuredChange
from models.course import Phase, Protocol
from models.measurand import MEASURANDS, Measurand
from models.provenance import METHOD_VERSION
from models.series import (
    DETECTABLE,
    Effect,
    MeasurandSeries,
    Note,
    Point,
    Series,
    SeriesPair,
    SeriesPhoto,
    SeriesVisit,
    Trend,
)
from service.documents.parts import rounded
from service.documents.records import (
    ChangeDocument,
    ComparisonDocument,
    FlagDocument,
    MeasurementDocument,
    RefusedDocument,
)
from service.documents.series import (
    DecayDocument,
    DueDocument,
    EffectDocument,
    MeasurandSeriesDocument,
    NoteDocument,
    PointDocument,
    ProtocolDocument,
    SeriesDocument,
    SeriesVisitDocument,
    TrendDocument,
)

_P_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class VisitTold:
    """What is told of a photo beside its place in the series.

    Parameters
    ----------
    flags : of the photo, and of its comparison with the reference.
    comparison_id, aligned_image : of its comparison with the reference.
    """

    visit_id: str | None = None
    flags: tuple[FlagDocument, ...] = ()
    notes: str | None = None
    comparison_id: str | None = None
    aligned_image: str | None = None


# ---- from documents ----


def series_photo(
    key: str,
    document: MeasurementDocument | RefusedDocument,
    taken_at: datetime,
    phase: Phase,
    treatment_number: int | None = None,
    notes: str = "",
) -> SeriesPhoto:
    """A measured photo as the series takes it; a refused one is told with its reason."""
    if isinstance(document, RefusedDocument):
        return SeriesPhoto(key, taken_at, phase, treatment_number, unusable=document.refused.says, notes=notes)
    pose = document.pose_deg
    return SeriesPhoto(
        key,
        taken_at,
        phase,
        treatment_number,
        yaw_deg=0.0 if pose is None else pose.yaw,
        pitch_deg=0.0 if pose is None else pose.pitch,
        notes=notes,
        sha256=document.sha256,
    )


def series_pair(before: str, after: str, document: ComparisonDocument | RefusedDocument) -> SeriesPair:
    """A comparison as the series takes it.

    Parameters
    ----------
    before, after : the photos' keys.
    """
    if isinstance(document, RefusedDocument):
        return SeriesPair(before, after, (), document.refused.says)
    changes = tuple(_change(change) for change in document.changes)
    if document.comparability.verdict is not Comparable.NOT_COMPARABLE:
        return SeriesPair(before, after, changes)
    reasons = [flag.says for flag in document.comparability.flags] or ["The photos cannot be compared."]
    return SeriesPair(before, after, changes, reasons[0])


def _change(document: ChangeDocument) -> Change:
    return Change(document.measurand, document.side, _result(document))


def _result(document: ChangeDocument) -> MeasuredChange | ChangeRefused:
    if document.change is None or document.before is None or not document.standard_uncertainty:
        return ChangeRefused(document.reason or "Not measured.", document.before)
    terms = tuple(ErrorTerm(term.source, term.standard_uncertainty) for term in document.error_terms)
    factor = (document.mdc95 or 0.0) / document.standard_uncertainty
    return MeasuredChange(document.before, document.change, terms, factor)


# ---- to a document ----


def series_document(
    series: Series, protocol: Protocol, told: Mapping[str, VisitTold], pending: int = 0
) -> SeriesDocument:
    """Tell a series.

    Parameters
    ----------
    told : of each photo by its key; those left out have nothing more to tell.
    pending : comparisons that are still to be made.
    """
    return SeriesDocument(
        method_version=METHOD_VERSION,
        baseline=series.baseline,
        reference=series.reference,
        protocol=ProtocolDocument(
            kind=protocol.kind,
            planned_sessions=protocol.planned_sessions,
            interval_days=protocol.interval_days,
            maintenance_days=protocol.maintenance_days,
        ),
        visits=tuple(_visit(visit, told.get(visit.photo.key, VisitTold())) for visit in series.visits),
        measurands=tuple(_measurand(one) for one in series.measurands),
        notes=tuple(_note(note) for note in series.notes),
        due=None
        if series.due is None
        else DueDocument(what=series.due.what, says=series.due.says, since=series.due.since, until=series.due.until),
        pending=pending,
    )


def _visit(visit: SeriesVisit, told: VisitTold) -> SeriesVisitDocument:
    photo = visit.photo
    return SeriesVisitDocument(
        photo=photo.key,
        visit_id=told.visit_id,
        taken_at=photo.taken_at,
        phase=photo.phase,
        treatment_number=photo.treatment_number,
        verdict="excluded" if visit.excluded_because else "usable",
        reason=visit.excluded_because or None,
        flags=told.flags,
        notes=told.notes or photo.notes or None,
        comparison_id=told.comparison_id,
        aligned_image=told.aligned_image,
        sha256=photo.sha256 or None,
    )


def _measurand(one: MeasurandSeries) -> MeasurandSeriesDocument:
    entry = MEASURANDS[one.measurand]
    return MeasurandSeriesDocument(
        measurand=entry.code,
        side=one.side,
        name=entry.name,
        family=entry.family,
        what=entry.what,
        unit=entry.change_unit,
        points=tuple(_point(point, entry) for point in one.points),
        cumulative=_effect(one.cumulative, entry),
        acute=_effect(one.acute, entry),
        after_course=_decay(one.after_course, entry),
        maintenance=_effect(one.maintenance, entry),
        trend=_trend(one.trend),
    )


def _point(point: Point, entry: Measurand) -> PointDocument:
    measured = point.change is not None and point.standard_uncertainty is not None
    half = 1.96 * (point.standard_uncertainty or 0.0)
    change = point.change or 0.0
    return PointDocument(
        photo=point.key,
        taken_at=point.taken_at,
        phase=point.phase,
        change_from_baseline=rounded(point.change, entry.change_unit),
        standard_uncertainty=rounded(point.standard_uncertainty, entry.change_unit),
        ci95=_interval((change - half, change + half), entry) if measured else None,
        counts=point.counts,
        reason=point.reason or None,
    )


def _effect(effect: Effect | None, entry: Measurand) -> EffectDocument | None:
    return None if effect is None else EffectDocument.model_validate(_effect_parts(effect, entry))


def _decay(effect: Effect | None, entry: Measurand) -> DecayDocument | None:
    if effect is None:
        return None
    half, ends = effect.half_life_weeks, effect.half_life_ci95
    return DecayDocument.model_validate(
        {
            **_effect_parts(effect, entry),
            "half_life_weeks": None if half is None else round(half, 1),
            "half_life_ci95": None if ends is None else (round(ends[0], 1), round(ends[1], 1)),
        }
    )


def _effect_parts(effect: Effect, entry: Measurand) -> dict[str, object]:
    meaning = entry.increase_means if effect.change > 0 else entry.decrease_means
    return {
        "change": rounded(effect.change, entry.change_unit),
        "standard_uncertainty": rounded(effect.standard_uncertainty, entry.change_unit),
        "ci95": _interval(effect.ci95, entry),
        "mdc95": rounded(effect.mdc95, entry.change_unit),
        "verdict": effect.verdict,
        "own_verdict": effect.own_verdict,
        "p_value": round(effect.p_value, _P_DECIMALS),
        "family_p_value": round(effect.family_p, _P_DECIMALS),
        "reason": effect.reason or None,
        "at": effect.at,
        "n": effect.n,
        "meaning": meaning if effect.verdict in DETECTABLE else None,
    }


def _trend(trend: Trend | None) -> TrendDocument | None:
    if trend is None:
        return None
    low, high = trend.per_week - trend.half_width, trend.per_week + trend.half_width
    return TrendDocument(
        per_week=round(trend.per_week, 4),
        ci95=(round(low, 4), round(high, 4)),
        n=trend.n,
        scatter=round(trend.scatter, 4),
        verdict=trend.verdict,
    )


def _note(note: Note) -> NoteDocument:
    return NoteDocument(code=note.code, says=note.says, since=note.since, until=note.until, measurands=note.measurands)


def _interval(ends: Sequence[float], entry: Measurand) -> tuple[float, float]:
    low, high = (rounded(end, entry.change_unit) for end in ends)
    assert low is not None  # noqa: S101  what is finite stays so
    assert high is not None  # noqa: S101  as above
    return low, high
