"""Makes invented series from a plan: which photos there are, and what happens to each measure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import exp
from random import Random
from statistics import mean

from models.anatomy import Side
from models.comparison import Verdict
from models.course import Phase
from models.measurand import MEASURANDS, MeasurandCode
from models.quality import Flag, FlagCode
from models.series import NoteCode
from service.documents.parts import flag_documents
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

_M = MeasurandCode
FIRST_DAY = datetime(2026, 1, 12, 9, 30, tzinfo=UTC)
REFUSED = "The head is turned too far against the reference photo."
TOO_SOON = "Taken minutes after a session: a passing effect, which does not count towards the lasting one."


@dataclass(frozen=True)
class Shot:
    """One photo of an invented series: so many days after the first, in this phase."""

    days: float
    phase: Phase
    number: int | None = None
    excluded: str = ""
    notes: str = ""
    name: str = ""


@dataclass(frozen=True)
class Told:
    """What happens to one measurand: the lasting and the passing change, and one photo's standard uncertainty."""

    lasting: float = 0.0
    passing: float = 0.0
    uncertainty: float = 0.07


@dataclass(frozen=True)
class Plan:
    """All that an invented series is made of."""

    shots: Sequence[Shot]
    changes: dict[MeasurandCode, tuple[Told, Told] | tuple[Told]]
    notes: Sequence[NoteDocument] = ()
    due: DueDocument | None = None
    half_life_weeks: float | None = None
    refused: frozenset[MeasurandCode] = field(default_factory=frozenset)
    seed: int = 7


def note(code: NoteCode, says: str, since: date | None = None, until: date | None = None, *about: _M) -> NoteDocument:
    """A note as a series tells it."""
    return NoteDocument(code=code, says=says, since=since, until=until, measurands=about)


def a_course(sessions: int = 10, *, follow_ups: Iterable[int] = (4, 12)) -> tuple[Shot, ...]:
    """Two baselines, weekly sessions, photos right after the first and the last, and follow-ups so many weeks later."""
    course = [Shot(7 * n, Phase.TREATMENT, n) for n in range(1, sessions + 1)]
    after = [Shot(7 * n + 0.05, Phase.IMMEDIATELY_AFTER, n) for n in (1, sessions)]
    last = 7 * sessions
    return (
        Shot(0, Phase.BASELINE),
        Shot(0.008, Phase.BASELINE, notes="left the chair and sat down again"),
        *sorted((*course, *after), key=lambda shot: shot.days),
        *(Shot(last + 7 * weeks, Phase.FOLLOW_UP, sessions) for weeks in follow_ups),
    )


def the_series(plan: Plan) -> SeriesDocument:
    """Tell the series that a plan makes; the same plan always gives the same figures."""
    random = Random(plan.seed)
    visits = tuple(_visit(number, shot) for number, shot in enumerate(plan.shots))
    told = tuple(
        _measurand(plan, visits, code, side, what, random)
        for code, sides in plan.changes.items()
        for side, what in zip((Side.RIGHT, Side.LEFT) if len(sides) > 1 else (None,), sides, strict=True)
    )
    baseline = tuple(v.photo for v in visits if v.phase is Phase.BASELINE and v.verdict == "usable")
    return SeriesDocument(
        method_version="2026.12.0",
        baseline=baseline,
        reference=baseline[0] if baseline else None,
        protocol=ProtocolDocument(
            kind="microcurrent", planned_sessions=10, interval_days=7, maintenance_days=(28, 56)
        ),
        visits=visits,
        measurands=told,
        notes=tuple(plan.notes),
        due=plan.due,
    )  # fmt: skip


def _visit(number: int, shot: Shot) -> SeriesVisitDocument:
    small = flag_documents((Flag.of(FlagCode.SMALL, 412.0, 500.0),)) if number == 1 else ()
    return SeriesVisitDocument(
        photo=shot.name or f"visit{number:02}_{shot.phase}.jpg",
        visit_id=None,
        taken_at=FIRST_DAY + timedelta(days=shot.days),
        phase=shot.phase,
        treatment_number=shot.number,
        verdict="excluded" if shot.excluded else "usable",
        reason=shot.excluded or None,
        flags=small,
        notes=shot.notes or None,
        comparison_id=None,
        aligned_image=None,
    )


def _measurand(plan, visits, code, side, what: Told, random: Random) -> MeasurandSeriesDocument:
    entry = MEASURANDS[code]
    points = tuple(
        _point(plan, visit, shot, code, what, random) for visit, shot in zip(visits, plan.shots, strict=True)
    )
    known = [p for p in points if p.change_from_baseline is not None and p.counts]
    course = [p for p in known if p.phase is Phase.TREATMENT]
    later = [p for p in known if p.phase is Phase.FOLLOW_UP]
    end = course[-2:]
    lasting = effect_of(code, end, what.uncertainty) if end else None
    return MeasurandSeriesDocument(
        measurand=code, side=side, name=entry.name, family=entry.family, what=entry.what, unit=entry.change_unit,
        points=points,
        cumulative=lasting,
        acute=_acute(code, points, what.uncertainty),
        after_course=None if lasting is None or not later else _decay(plan, code, lasting, later, what.uncertainty),
        maintenance=None,
        trend=_trend(course, what.uncertainty),
    )  # fmt: skip


def _point(plan, visit, shot: Shot, code, what: Told, random: Random) -> PointDocument:
    sessions = max((s.number or 0 for s in plan.shots), default=0) or 1
    last = max((s.days for s in plan.shots if s.phase is Phase.TREATMENT), default=0)
    had = (shot.number or 0) - (shot.phase is Phase.TREATMENT)
    true = what.lasting * min(1.0, max(0, had) / max(1, sessions - 1))
    if shot.phase is Phase.IMMEDIATELY_AFTER:
        true += what.passing
    if shot.phase is Phase.FOLLOW_UP:
        true = what.lasting * exp(-(shot.days - last) / 7 * 0.693 / (plan.half_life_weeks or 12))
    stopped = shot.excluded or (REFUSED if code in plan.refused else "")
    change = round(true + random.gauss(0, what.uncertainty), 3)
    u = what.uncertainty
    return PointDocument(
        photo=visit.photo, taken_at=visit.taken_at, phase=shot.phase,
        change_from_baseline=None if stopped else change,
        standard_uncertainty=None if stopped else u,
        ci95=None if stopped else (round(change - 1.96 * u, 3), round(change + 1.96 * u, 3)),
        counts=not stopped and shot.phase is not Phase.IMMEDIATELY_AFTER,
        reason=stopped or (TOO_SOON if shot.phase is Phase.IMMEDIATELY_AFTER else None),
    )  # fmt: skip


def _verdict(change: float, half: float) -> Verdict:
    if change - half > 0:
        return Verdict.DETECTABLE_INCREASE
    return Verdict.DETECTABLE_DECREASE if change + half < 0 else Verdict.WITHIN_MEASUREMENT_ERROR


def _fields(code: MeasurandCode, change: float, u: float, n: int, at: datetime | None) -> dict[str, object]:
    half = 1.96 * u
    own = _verdict(change, half)
    held = own if abs(change) > 3.2 * u else Verdict.WITHIN_MEASUREMENT_ERROR  # about Holm's over sixty effects
    entry = MEASURANDS[code]
    meanings = {
        Verdict.DETECTABLE_INCREASE: entry.increase_means,
        Verdict.DETECTABLE_DECREASE: entry.decrease_means,
    }
    return {
        "change": round(change, 3), "standard_uncertainty": round(u, 3), "mdc95": round(half, 3),
        "ci95": (round(change - half, 3), round(change + half, 3)),
        "verdict": held, "own_verdict": own, "p_value": 0.001 if own is held and held in meanings else 0.2,
        "family_p_value": 0.03 if held in meanings else 1.0,
        "reason": None if own is held else "Detectable by itself, and not when everything the series claims is taken "
        "together: it may be chance.",
        "at": at, "n": n, "meaning": meanings.get(own),
    }  # fmt: skip


def effect_of(code: MeasurandCode, points: Sequence[PointDocument], u: float) -> EffectDocument:
    change = mean(p.change_from_baseline or 0 for p in points)
    share = (1 / len(points) + 0.5) ** 0.5  # two baselines
    return EffectDocument.model_validate(_fields(code, change, u * share, len(points), points[-1].taken_at))


def _acute(code: MeasurandCode, points: Sequence[PointDocument], u: float) -> EffectDocument | None:
    gains = [
        after.change_from_baseline - before.change_from_baseline
        for before, after in pairwise(points)
        if after.phase is Phase.IMMEDIATELY_AFTER
        and after.change_from_baseline is not None
        and before.change_from_baseline is not None
    ]
    if not gains:
        return None
    return EffectDocument.model_validate(_fields(code, mean(gains), u * (2 / len(gains)) ** 0.5, len(gains), None))


def _decay(plan, code, lasting: EffectDocument, later: Sequence[PointDocument], u: float) -> DecayDocument:
    loss = (later[-1].change_from_baseline or 0) - lasting.change
    fields = _fields(code, loss, 1.2 * u, len(later), later[-1].taken_at)
    lost = fields["verdict"] is not Verdict.WITHIN_MEASUREMENT_ERROR and plan.half_life_weeks is not None
    half = plan.half_life_weeks or 0.0
    return DecayDocument.model_validate(
        fields
        | {"half_life_weeks": half if lost else None, "half_life_ci95": (0.5 * half, 2.4 * half) if lost else None}
    )


def _trend(course: Sequence[PointDocument], u: float) -> TrendDocument | None:
    if len(course) < 4:
        return None
    weeks = [(p.taken_at - course[0].taken_at).days / 7 for p in course]
    middle = mean(weeks)
    spread = sum((w - middle) ** 2 for w in weeks)
    slope = sum((w - middle) * (p.change_from_baseline or 0) for w, p in zip(weeks, course, strict=True)) / spread
    half = 2.1 * u / spread**0.5
    return TrendDocument(
        per_week=round(slope, 4), ci95=(round(slope - half, 4), round(slope + half, 4)), n=len(course),
        scatter=0.01, verdict=_verdict(slope, half),
    )  # fmt: skip
