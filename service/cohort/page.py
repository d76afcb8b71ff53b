"""From a cohort to HTML. Every drawing's figures stand beside it in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from models.cohort import FEWEST_SUBJECTS
from models.course import Phase
from models.measurand import MEASURANDS, Family, MeasurandCode, Unit
from service.cohort.claim import Claim
from service.cohort.drawing import SHARE_WIDTH, STRIP_HEIGHT, STRIP_WIDTH, ShareBar, Strip, axes, share_bar, strip
from service.documents.cohort import CohortDocument, CohortGroupDocument, CohortMeasureDocument, ShareDocument
from service.reports.chart import Axis
from service.reports.home import Home
from service.reports.page import templates
from service.reports.words import counted, figure, interval, named, side_words, signed, spoken, with_unit

CLAIMED: Final = MeasurandCode.JAWLINE_CONTOUR
"""What the field's claim speaks of."""
_CHANCE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Row:
    """One side of one measure in words and drawings."""

    id: str
    side: str
    n: int
    strip: Strip
    strip_words: str
    median: str
    quartiles: str
    increased: str
    decreased: str
    either: str
    either_interval: str
    bar: ShareBar
    bar_words: str
    chance: str
    mean: str
    mean_interval: str
    between_sd: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure with a row for each side."""

    name: str
    axis: Axis
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """All measures of one family."""

    family: Family
    slug: str
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Subjects of one kind of protocol, or of all; ``missing`` says why there are no tables."""

    title: str
    slug: str
    missing: str
    tables: tuple[Table, ...]
    too_few: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """The clinic's own measured share of one side, beside the claim."""

    name: str
    share: str
    directions: str
    bar: ShareBar
    bar_words: str
    where: str


def render_cohort_page(
    document: CohortDocument,
    claim: Claim,
    *,
    kinds: Sequence[str] | None = (),
    static: str = "/static",
    home: Home | None = None,
) -> str:
    """Write the page.

    Parameters
    ----------
    kinds : of protocols that the reader may choose from; None for a reader who may not choose the subjects.
    home : the way back, for a reader who is signed in.
    """
    whole = document.whole
    return (
        templates()
        .get_template("cohort.html")
        .render(
            static=static,
            home=home,
            document=document,
            claim=claim,
            claim_text=f"{claim.low:g}" if claim.low == claim.high else f"{claim.low:g}-{claim.high:g}",
            headline=_headline(document),
            about=_about(document),
            beside=tuple(_beside(whole, claim)),
            groups=tuple(_groups(document, claim)),
            kinds=kinds,
            phases=tuple((phase.value, spoken(phase)) for phase in Phase if phase is not Phase.IMMEDIATELY_AFTER),
            strip_size=(STRIP_WIDTH, STRIP_HEIGHT),
            share_width=SHARE_WIDTH,
            fewest=FEWEST_SUBJECTS,
        )
    )


def _headline(document: CohortDocument) -> str:
    whole = document.whole
    if whole.missing:
        return "Too few subjects to show anything"
    return f"What courses changed in {counted(whole.subjects, 'subject', 'subjects')}"


def _about(document: CohortDocument) -> Iterator[str]:
    """What the reader must know of whom the figures are."""
    if document.whole.missing:
        yield _missing(document.whole)
    filters = document.filters
    parts = [f"protocol {filters.kind}" if filters.kind else "", f"from {filters.since}" if filters.since else ""]
    parts += [f"until {filters.until}" if filters.until else ""]
    parts += [f"state at {spoken(filters.phase).lower()} visits" if filters.phase else ""]
    if any(parts):
        yield f"Chosen: {', '.join(part for part in parts if part)}."
    if document.left_out:
        yield (
            f"{counted(document.left_out, 'subject is', 'subjects are')} left out: of their kind of protocol there are "
            "so few that the others' figures would show theirs."
        )
    if len(document.method_versions) > 1:
        yield f"The series were made by several versions of the method: {', '.join(document.method_versions)}."


def _missing(group: CohortGroupDocument) -> str:
    return (
        f"{counted(group.subjects, 'subject has', 'subjects have')} a figure. Nothing is shown of fewer than "
        f"{FEWEST_SUBJECTS}; {counted(group.missing, 'more is', 'more are')} needed."
    )


def _beside(group: CohortGroupDocument, claim: Claim) -> Iterator[Beside]:
    """The jawline's contour, of which the field's claim speaks."""
    for one in group.measurands:
        if one.measurand is CLAIMED:
            yield Beside(
                name=named(one.name, one.side),
                share=f"{one.either.count} of {one.n}: {_per_cent(one.either)} ({_bounds(one.either)})",
                directions=_directions(one),
                bar=share_bar(one.either, _CHANCE, claim),
                bar_words=_share_words(one, claim),
                where=claim.beside(*one.either.ci95),
            )


def _directions(one: CohortMeasureDocument) -> str:
    entry = MEASURANDS[one.measurand]
    return f"{entry.decrease_means}: {one.decreased.count}; {entry.increase_means}: {one.increased.count}"


def _groups(document: CohortDocument, claim: Claim) -> Iterator[Group]:
    several = len(document.kinds) > 1
    yield _group(document.whole, "All protocols" if several else _only_kind(document), claim, "all")
    if several:
        for place, group in enumerate(document.kinds):
            yield _group(group, f"Protocol: {group.kind}", claim, f"kind-{place}")


def _only_kind(document: CohortDocument) -> str:
    return next((f"Protocol: {group.kind}" for group in document.kinds), "All protocols")


def _group(group: CohortGroupDocument, title: str, claim: Claim, slug: str) -> Group:
    by_family = groupby(sorted(group.measurands, key=_family_place), key=lambda one: one.family)
    return Group(
        title=f"{title} ({counted(group.subjects, 'subject', 'subjects')})",
        slug=slug,
        missing=_missing(group) if group.missing else "",
        tables=tuple(_table(slug, family, list(measures), claim) for family, measures in by_family),
        too_few=tuple(f"{named(few.name, few.side)}: {few.missing} more" for few in group.too_few),
    )


def _family_place(one: CohortMeasureDocument) -> int:
    return list(Family).index(one.family)


def _table(group: str, family: Family, measures: list[CohortMeasureDocument], claim: Claim) -> Table:
    axis_of = axes(measures)
    by_code = groupby(measures, key=lambda one: one.measurand)
    return Table(
        family,
        f"{group}-{family.name.lower().replace('_', '-')}",
        tuple(_measure(list(sides), axis_of, claim, group) for _, sides in by_code),
    )


def _measure(sides: list[CohortMeasureDocument], axis_of: Mapping[Unit, Axis], claim: Claim, group: str) -> Measure:
    axis = axis_of[sides[0].unit]
    return Measure(sides[0].name, axis, tuple(_row(one, axis, claim, group) for one in sides))


def _row(one: CohortMeasureDocument, axis: Axis, claim: Claim, group: str) -> Row:
    return Row(
        id=f"{group}-{one.measurand}-{one.side or 'face'}",
        side=side_words(one.side),
        n=one.n,
        strip=strip(one, axis),
        strip_words=_strip_words(one),
        median=signed(one.median, one.unit),
        quartiles=interval(one.quartiles, one.unit),
        increased=str(one.increased.count),
        decreased=str(one.decreased.count),
        either=_per_cent(one.either),
        either_interval=_bounds(one.either),
        bar=share_bar(one.either, _CHANCE, claim if one.measurand is CLAIMED else None),
        bar_words=_share_words(one, claim),
        chance=f"{one.expected_by_chance.either:.1f}",
        mean=signed(one.mean, one.unit),
        mean_interval=interval(one.mean_ci95, one.unit),
        between_sd=with_unit(figure(one.between_subject_sd, one.unit), one.unit),
    )


def _strip_words(one: CohortMeasureDocument) -> str:
    low, high = one.changes[0].change, one.changes[-1].change
    return (
        f"{one.n} changes from {signed(low, one.unit)} to {signed(high, one.unit)}, "
        f"median {signed(one.median, one.unit)}, middle half {interval(one.quartiles, one.unit)}"
    )


def _share_words(one: CohortMeasureDocument, claim: Claim) -> str:
    says = f"Detectable in {_per_cent(one.either)} of subjects, 95 % interval {_bounds(one.either)}; 5 % by chance"
    return f"{says}; the claim is {claim.words}" if one.measurand is CLAIMED else says


def _per_cent(share: ShareDocument) -> str:
    return f"{100 * share.share:.0f} %"


def _bounds(share: ShareDocument) -> str:
    low, high = share.ci95
    return f"{100 * low:.0f} to {100 * high:.0f} %"
