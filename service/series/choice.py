"""Which photos of a course make its series: one of each visit, and of baseline visits several."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.series.plan import MOST_BASELINES, in_time, reference_of
from models.course import Phase
from models.series import SeriesPhoto


@dataclass(frozen=True, slots=True)
class Candidate:
    """A frontal photo of a visit; one that is ``accepted`` carries no flag that asks to take it again."""

    visit_id: str
    photo: SeriesPhoto
    accepted: bool


def chosen(candidates: Sequence[Candidate]) -> tuple[SeriesPhoto, ...]:
    """The photos of the series, in time.

    Of a baseline visit up to three, of any other the one whose pose is nearest to the reference's. A photo that cannot
    be measured stands for its visit only where there is no better one, so that the series tells of it.
    """
    reference = reference_of(sorted(_usable(candidates), key=in_time))
    of_visits = _by_visit(candidates)
    photos = [photo for visit in of_visits.values() for photo in _chosen_of_visit(visit, reference)]
    return tuple(sorted(photos, key=in_time))


def _usable(candidates: Iterable[Candidate]) -> list[SeriesPhoto]:
    """Those of the baseline visits as they will be chosen, and all later ones."""
    by_visit = _by_visit(candidates)
    return [
        photo
        for visit in by_visit.values()
        for photo in (_best_of_baseline(visit) if _is_baseline(visit) else [one.photo for one in visit])
        if not photo.unusable
    ]


def _by_visit(candidates: Iterable[Candidate]) -> Mapping[str, list[Candidate]]:
    visits: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        visits.setdefault(candidate.visit_id, []).append(candidate)
    return visits


def _is_baseline(visit: Sequence[Candidate]) -> bool:
    return visit[0].photo.phase is Phase.BASELINE


def _chosen_of_visit(visit: Sequence[Candidate], reference: SeriesPhoto | None) -> list[SeriesPhoto]:
    if _is_baseline(visit):
        return _best_of_baseline(visit)
    return [min(visit, key=lambda one: (*_rank(one), _pose_distance(one.photo, reference), one.photo.key)).photo]


def _best_of_baseline(visit: Sequence[Candidate]) -> list[SeriesPhoto]:
    best = sorted(visit, key=lambda one: (*_rank(one), one.photo.key))[:MOST_BASELINES]
    usable = [one.photo for one in best if not one.photo.unusable]
    return usable or [best[0].photo]


def _rank(one: Candidate) -> tuple[bool, bool]:
    return bool(one.photo.unusable), not one.accepted


def _pose_distance(photo: SeriesPhoto, reference: SeriesPhoto | None) -> float:
    if reference is None:
        return 0.0
    return (photo.yaw_deg - reference.yaw_deg) ** 2 + (photo.pitch_deg - reference.pitch_deg) ** 2
