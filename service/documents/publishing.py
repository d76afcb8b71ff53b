"""What travels to and from the analysis where a pair is drawn for publishing."""

from typing import Self

from pydantic import BaseModel, ConfigDict

from models.anatomy import Side, View
from models.consent import Region
from models.honesty import FACTORS, FORMULA, Explained, Factor, FactorCode, HonestPair, MeasuredPart
from models.measurand import MEASURANDS, MeasurandCode, Unit
from models.publishing import Aspect, ImageType, Layout, Publishing, Size, Texts
from models.quality import Favours
from service.documents.parts import rounded
from service.documents.records import ComparisonDocument, Document, Matrix

_SHARE_DECIMALS = 2


class GivenPart(BaseModel):
    """A detectable change with its error terms."""

    model_config = ConfigDict(frozen=True)

    measurand: MeasurandCode
    side: Side | None
    unit: Unit
    change: float
    terms: dict[str, float]


class PublishingOrder(BaseModel):
    """What the analysis is asked to draw.

    ``draft`` is a small picture to look at before anything is published.
    """

    model_config = ConfigDict(frozen=True)

    layout: Layout
    image_type: ImageType
    aspect: Aspect
    region: Region
    size: Size
    eye_bar: bool
    draft: bool = False
    before_text: str
    after_text: str
    caption: tuple[str, ...] = ()
    view: View
    before_to_aligned: Matrix
    after_to_aligned: Matrix
    detectable: tuple[GivenPart, ...] = ()

    @property
    def publishing(self) -> Publishing:
        """As the analysis takes it."""
        return Publishing(self.layout, self.image_type, self.aspect, self.region, self.size, self.eye_bar)

    @property
    def texts(self) -> Texts:
        """As the analysis takes them."""
        return Texts(self.before_text, self.after_text, self.caption)

    @property
    def measured(self) -> list[MeasuredPart]:
        """As the analysis takes them."""
        return [MeasuredPart(one.measurand, one.side, one.unit, one.change, one.terms) for one in self.detectable]


def detectable_parts(document: ComparisonDocument) -> tuple[GivenPart, ...]:
    """The changes of a comparison that are detectable."""
    return tuple(
        GivenPart(
            measurand=one.measurand,
            side=one.side,
            unit=one.unit,
            change=one.change,
            terms={term.source: term.standard_uncertainty for term in one.error_terms},
        )
        for one in document.changes
        if one.change is not None and one.verdict.startswith("detectable")
    )


class ExplainedDocument(Document):
    """The detectable change of which a factor may explain the largest share; ``could`` is in the change's unit."""

    measurand: MeasurandCode
    name: str
    side: Side | None
    unit: Unit
    change: float
    could: float
    share: float

    @classmethod
    def of(cls, explained: Explained) -> Self:
        """From the record."""
        return cls(
            measurand=explained.measurand,
            name=MEASURANDS[explained.measurand].name,
            side=explained.side,
            unit=explained.unit,
            change=explained.change,
            could=rounded(explained.could, explained.unit),
            share=round(explained.share, _SHARE_DECIMALS),
        )


class FactorDocument(Document):
    """One thing that may flatter a photo. ``of_limit`` above 1 counts as a difference; it makes the score."""

    code: FactorCode
    name: str
    value: float
    limit: float
    unit: str
    of_limit: float
    favours: Favours | None
    explains: ExplainedDocument | None

    @classmethod
    def of(cls, factor: Factor) -> Self:
        """From the record."""
        entry = FACTORS[factor.code]
        return cls(
            code=factor.code,
            name=entry.name,
            value=rounded(factor.value),
            limit=factor.limit,
            unit=entry.unit,
            of_limit=round(factor.of_limit, _SHARE_DECIMALS),
            favours=factor.favours if factor.differs else None,
            explains=None if factor.explains is None else ExplainedDocument.of(factor.explains),
        )


class HonestyDocument(Document):
    """How fair the pair is, from 0 to 100, with every reason; the worst factor first."""

    score: int
    verdict: str
    formula: str
    factors: tuple[FactorDocument, ...]

    @classmethod
    def of(cls, pair: HonestPair) -> Self:
        """From the record."""
        factors = tuple(FactorDocument.of(factor) for factor in pair.factors)
        return cls(score=pair.score, verdict=pair.verdict, formula=FORMULA, factors=factors)


class PublishedDocument(Document):
    """What became of the photos: ``…_to_output`` are 3x3 matrices from each upright photo's pixels to the output's.

    ``eye_bar_px`` is the bar's left, top, right and bottom on each photo. ``honesty`` is null where the photos could
    not be laid on each other well enough to say; then nothing is drawn, and ``refused`` says why.
    """

    refused: str | None = None
    honesty: HonestyDocument | None = None
    size_px: tuple[int, int] | None = None
    px_per_aligned: float | None = None
    before_to_output: Matrix | None = None
    after_to_output: Matrix | None = None
    eye_bar_px: tuple[int, int, int, int] | None = None
