"""What a clinic's courses changed over its subjects, as JSON. Nothing in it names a subject."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Literal

from models.anatomy import Side
from models.cohort import Cohort, CohortGroup, CohortMeasure, Interval, RandomEffects, Share, TooFew
from models.comparison import Verdict
from models.course import Phase
from models.measurand import MEASURANDS, Family, MeasurandCode, Unit
from service.documents.parts import rounded
from service.documents.records import Document

_SHARE_DECIMALS: Final = 4


class CohortFilters(Document):
    """Which series count: ``phase`` and the days are those of the photo at which the lasting change is told."""

    kind: str | None = None
    since: date | None = None
    until: date | None = None
    phase: Phase | None = None


class ShareDocument(Document):
    """So many subjects, their share, and its 95 % interval (Wilson)."""

    count: int
    share: float
    ci95: Interval


class ChanceDocument(Document):
    """Subjects that 95 % intervals call changed where nothing changed."""

    either: float
    each_way: float


class DotDocument(Document):
    """One change among the others, which are sorted by size, so that none says whose it is."""

    change: float
    own_verdict: Verdict


class CohortMeasureDocument(Document):
    """The lasting changes of one measurand on one side, subject by subject and together.

    ``mean`` and ``between_subject_sd`` are of the subjects' true changes (random effects); the error of measuring is
    taken out of the SD.
    """

    measurand: MeasurandCode
    side: Side | None
    name: str
    family: Family
    unit: Unit
    n: int
    changes: tuple[DotDocument, ...]
    median: float
    quartiles: Interval
    increased: ShareDocument
    decreased: ShareDocument
    either: ShareDocument
    expected_by_chance: ChanceDocument
    mean: float
    mean_ci95: Interval
    between_subject_sd: float
    between_subject_sd_ci95: Interval


class TooFewDocument(Document):
    """A measure that too few subjects have a figure of; ``missing`` more are needed."""

    measurand: MeasurandCode
    side: Side | None
    name: str
    missing: int


class CohortGroupDocument(Document):
    """Subjects of one kind of protocol, or of all (``kind`` null). Nothing is shown while some are ``missing``."""

    kind: str | None
    subjects: int
    missing: int
    measurands: tuple[CohortMeasureDocument, ...]
    too_few: tuple[TooFewDocument, ...]


class CohortDocument(Document):
    """What courses changed, over the subjects' latest series.

    ``left_out`` counts subjects of kinds so small that the whole would give them away; they are in no figure.
    """

    filters: CohortFilters
    method_versions: tuple[str, ...]
    left_out: int
    whole: CohortGroupDocument
    kinds: tuple[CohortGroupDocument, ...]
    definition: Literal["beyond own MDC95"] = "beyond own MDC95"


def cohort_document(cohort: Cohort, filters: CohortFilters, method_versions: Sequence[str]) -> CohortDocument:
    """Tell a cohort."""
    told = tuple(_measure(one) for one in cohort.whole.measures)
    return CohortDocument(
        filters=filters,
        method_versions=tuple(sorted(method_versions)),
        left_out=cohort.left_out,
        whole=_group(cohort.whole, told),
        kinds=tuple(
            _group(one, told if one.measures is cohort.whole.measures else map(_measure, one.measures))
            for one in cohort.kinds
        ),
    )


def _group(group: CohortGroup, measurands: Iterable[CohortMeasureDocument]) -> CohortGroupDocument:
    return CohortGroupDocument(
        kind=group.kind,
        subjects=group.subjects,
        missing=group.missing,
        measurands=tuple(measurands),
        too_few=tuple(_too_few(one) for one in group.too_few),
    )


def _too_few(few: TooFew) -> TooFewDocument:
    name = MEASURANDS[few.measurand].name
    return TooFewDocument(measurand=few.measurand, side=few.side, name=name, missing=few.missing)


def _measure(found: CohortMeasure) -> CohortMeasureDocument:
    entry = MEASURANDS[found.measurand]
    unit, effects = entry.change_unit, found.effects
    return CohortMeasureDocument(
        measurand=entry.code,
        side=found.side,
        name=entry.name,
        family=entry.family,
        unit=unit,
        n=found.n,
        changes=tuple(DotDocument(change=rounded(dot.change, unit), own_verdict=dot.verdict) for dot in found.dots),
        median=rounded(found.median, unit),
        quartiles=_interval(found.quartiles, unit),
        increased=_share(found.increased),
        decreased=_share(found.decreased),
        either=_share(found.either),
        expected_by_chance=ChanceDocument(
            either=round(found.expected_either, 2), each_way=round(found.expected_either / 2, 2)
        ),
        **_effects(effects, unit),
    )


def _effects(effects: RandomEffects, unit: Unit) -> dict[str, float | Interval]:
    return {
        "mean": rounded(effects.mean, unit),
        "mean_ci95": _interval(effects.ci95, unit),
        "between_subject_sd": rounded(effects.between_sd, unit),
        "between_subject_sd_ci95": _interval(effects.between_sd_ci95, unit),
    }


def _share(share: Share) -> ShareDocument:
    low, high = (round(bound, _SHARE_DECIMALS) for bound in share.ci95)
    return ShareDocument(count=share.count, share=round(share.value, _SHARE_DECIMALS), ci95=(low, high))


def _interval(bounds: Interval, unit: Unit) -> Interval:
    return rounded(bounds[0], unit), rounded(bounds[1], unit)
