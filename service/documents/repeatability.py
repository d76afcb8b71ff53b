"""A repeatability study as JSON. What could not be had is null with a reason."""

from collections import Counter
from collections.abc import Sequence

from models.anatomy import Side
from models.measurand import MEASURANDS, Family, MeasurandCode, Unit
from models.measurement import NotAssessable
from models.provenance import METHOD_VERSION
from models.repeatability import (
    Interval,
    IntraclassCorrelation,
    LimitsOfAgreement,
    Repeatability,
    Spread,
    StudyResult,
)
from service.documents.parts import rounded
from service.documents.records import Document

_ICC_DECIMALS = 3


class IccDocument(Document):
    """ICC(A,1): share of the spread between single photos that is the persons' own."""

    value: float
    ci95: Interval
    persons: int
    captures: int


class AgreementDocument(Document):
    """Bias of the second set of captures against the first, and the limits of 95 % of single differences."""

    first: str
    second: str
    bias: float
    bias_ci95: Interval
    lower: float
    lower_ci95: Interval
    upper: float
    upper_ci95: Interval
    n: int


class RepeatabilityDocument(Document):
    """One measurand on one side, on the whole face, or ``pooled`` over both sides.

    ``sem`` is the within-subject SD of one photo, ``mdc95`` 1.96 √2 of it; for ``%`` both are hundredths of the natural
    logarithm of the ratio. ``n`` counts the comparisons that gave the figure, ``refused`` those that did not.
    ``usable`` says whether later comparisons count on it; a study of too few degrees of freedom is kept and not used.
    """

    measurand: MeasurandCode
    side: Side | None
    pooled: bool
    name: str
    family: Family
    unit: Unit
    sem: float | None
    sem_ci95: Interval | None
    mdc95: float | None
    mdc95_ci95: Interval | None
    degrees_of_freedom: float | None
    n: int
    refused: int
    reason: str | None
    usable: bool
    icc: IccDocument | None
    icc_reason: str | None
    agreement: AgreementDocument | None
    agreement_reason: str | None


class LeftOutDocument(Document):
    """A photo of the study that could not be used, and why."""

    photo: str
    reason: str


class IncomparableDocument(Document):
    """Why pairs of the study could not be compared at all, and how many."""

    pairs: int
    reason: str


class StudyDocument(Document):
    """How much photos of unchanged faces differ.

    ``more_photos`` is how many further re-captures, in all, bring the SEM's interval within 20 % of it.
    """

    method_version: str
    persons: int
    photos: int
    pairs: int
    degrees_of_freedom: float
    more_photos: int
    measurands: tuple[RepeatabilityDocument, ...]
    left_out: tuple[LeftOutDocument, ...] = ()
    incomparable: tuple[IncomparableDocument, ...] = ()
    remarks: tuple[str, ...] = ()


def study_document(
    result: StudyResult,
    incomparable: Sequence[str],
    left_out: Sequence[LeftOutDocument] = (),
    remarks: Sequence[str] = (),
) -> StudyDocument:
    """Tell what a study found.

    Parameters
    ----------
    incomparable : for each comparison that was made, why it gave nothing at all; empty where it gave something.
    """
    reasons = Counter(reason for reason in incomparable if reason)
    return StudyDocument(
        method_version=METHOD_VERSION,
        persons=result.persons,
        photos=result.photos,
        pairs=len(incomparable),
        degrees_of_freedom=round(result.degrees_of_freedom, 1),
        more_photos=result.more_photos,
        measurands=tuple(_measure(measure) for measure in result.measures),
        left_out=tuple(left_out),
        incomparable=tuple(IncomparableDocument(pairs=n, reason=reason) for reason, n in reasons.most_common()),
        remarks=tuple(remarks),
    )


def _measure(found: Repeatability) -> RepeatabilityDocument:
    entry = MEASURANDS[found.measurand]
    spread = None if isinstance(found.spread, NotAssessable) else found.spread
    return RepeatabilityDocument(
        measurand=entry.code,
        side=found.side,
        pooled=found.pooled,
        name=entry.name,
        family=entry.family,
        unit=found.unit,
        sem=None if spread is None else rounded(spread.sem, found.unit),
        sem_ci95=None if spread is None else _interval(spread.sem_ci95, found.unit),
        mdc95=None if spread is None else rounded(spread.mdc95, found.unit),
        mdc95_ci95=None if spread is None else _interval(spread.mdc95_ci95, found.unit),
        degrees_of_freedom=None if spread is None else round(spread.degrees_of_freedom, 1),
        n=0 if spread is None else spread.pairs,
        refused=found.refused,
        reason=_reason(found.spread),
        usable=found.floor is not None,
        icc=_icc(found.icc),
        icc_reason=_reason(found.icc),
        agreement=_agreement(found),
        agreement_reason=_reason(found.agreement),
    )


def _reason(part: Spread | IntraclassCorrelation | LimitsOfAgreement | NotAssessable | None) -> str | None:
    return part.reason if isinstance(part, NotAssessable) else None


def _interval(bounds: Interval, unit: Unit) -> Interval:
    return rounded(bounds[0], unit), rounded(bounds[1], unit)


def _icc(icc: IntraclassCorrelation | NotAssessable) -> IccDocument | None:
    if isinstance(icc, NotAssessable):
        return None
    low, high = (round(bound, _ICC_DECIMALS) for bound in icc.ci95)
    return IccDocument(
        value=round(icc.value, _ICC_DECIMALS), ci95=(low, high), persons=icc.persons, captures=icc.captures
    )


def _agreement(found: Repeatability) -> AgreementDocument | None:
    told, unit = found.agreement, found.unit
    if not isinstance(told, LimitsOfAgreement):
        return None
    return AgreementDocument(
        first=told.first,
        second=told.second,
        bias=rounded(told.bias, unit),
        bias_ci95=_interval(told.bias_ci95, unit),
        lower=rounded(told.lower, unit),
        lower_ci95=_interval(told.lower_ci95, unit),
        upper=rounded(told.upper, unit),
        upper_ci95=_interval(told.upper_ci95, unit),
        n=told.n,
    )
