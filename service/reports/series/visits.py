"""The photos of a series: what is told of each, and which of them can be seen in one frame."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.course import Phase
from service.documents.series import SeriesDocument, SeriesVisitDocument
from service.reports.flags import FlagWords, flag_words
from service.reports.series.measures import phase_words
from service.reports.words import day


@dataclass(frozen=True, slots=True)
class VisitCard:
    """One photo in words.

    Parameters
    ----------
    number : its place in the series, from 1.
    image : address of the aligned photo; empty where it could not be aligned.
    use : what it counts for: the baseline, what lasts, or what passes.
    reason : why it counts for nothing; empty where it counts.
    compare_link : the full comparison with the baseline; empty where there is none.
    """

    number: int
    photo: str
    image: str
    taken_at: str
    day: str
    short_day: str
    phase: str
    use: str
    excluded: bool
    reason: str
    flags: tuple[FlagWords, ...]
    notes: str
    compare_link: str


@dataclass(frozen=True, slots=True)
class Player:
    """The photos that lie in one frame.

    Parameters
    ----------
    shown : the one that stands beside the baseline at first: that of which the lasting change is told.
    shown_title : what it is, in a word or two.
    """

    baseline: VisitCard
    visits: tuple[VisitCard, ...]
    shown: VisitCard
    shown_title: str


def visit_cards(
    document: SeriesDocument, images: Mapping[str, str], compare_links: Mapping[str, str]
) -> tuple[VisitCard, ...]:
    """Tell every photo, in the order in which they were taken."""
    visits = sorted(document.visits, key=lambda visit: visit.taken_at)
    return tuple(
        _card(number, visit, document, images.get(visit.photo, ""), compare_links.get(visit.photo, ""))
        for number, visit in enumerate(visits, start=1)
    )


def player(document: SeriesDocument, cards: tuple[VisitCard, ...]) -> Player | None:
    """The player through all aligned photos; None where there are not two of them."""
    seen = tuple(card for card in cards if card.image)
    if len(seen) < 2:  # noqa: PLR2004  one photo has nothing to be seen beside
        return None
    reference = next((card for card in seen if card.photo == document.reference), seen[0])
    told_at = {one.cumulative.at for one in document.measurands if one.cumulative is not None}
    ends = {visit.photo for visit in document.visits if visit.taken_at in told_at and visit.verdict == "usable"}
    end = [card for card in seen if card.photo in ends]
    counting = [card for card in seen if not card.excluded]
    return Player(reference, seen, (end or counting or seen)[-1], "What lasts" if end else "Last photo")


def _card(number: int, visit: SeriesVisitDocument, document: SeriesDocument, image: str, link: str) -> VisitCard:
    return VisitCard(
        number=number,
        photo=visit.photo,
        image=image,
        taken_at=visit.taken_at.isoformat(),
        day=day(visit.taken_at),
        short_day=f"{visit.taken_at.day} {visit.taken_at:%b %Y}",
        phase=phase_words(visit.phase, visit.treatment_number),
        use=_use(visit, document),
        excluded=visit.verdict == "excluded",
        reason=visit.reason or "",
        flags=flag_words(visit.flags),
        notes=visit.notes or "",
        compare_link=link,
    )


def _use(visit: SeriesVisitDocument, document: SeriesDocument) -> str:
    if visit.phase is Phase.IMMEDIATELY_AFTER:
        return "for what passes"
    return "baseline" if visit.photo in document.baseline else "used"
