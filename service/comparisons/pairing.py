"""Asking for comparisons."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from models.anatomy import View
from models.provenance import METHOD_VERSION
from service.audit import Action, record
from service.comparisons.repository import Asked, Comparisons, ComparisonStatus
from service.database import Database, retry_on_clash
from service.database.base import new_id
from service.database.tables import Comparison, Photo
from service.documents.given import MOST_FRAMES
from service.errors import ProblemCode, ServiceError
from service.jobs import JobEngine, JobKind
from service.photos.repository import Photos, PhotoStatus
from service.tenancy.tenant import Actor
from service.visits.repository import Visits


class Pairing:
    """Pairs two photos, or two visits' photos, and has them compared."""

    def __init__(self, database: Database, jobs: JobEngine) -> None:
        self._database = database
        self._jobs = jobs

    def find_or_ask(self, actor: Actor, before_photo_id: str, after_photo_id: str) -> Comparison:
        """The comparison of the pair by the present method; one that failed is tried anew."""
        return self.find_or_ask_bursts(actor, [before_photo_id], [after_photo_id])

    def find_or_ask_bursts(self, actor: Actor, before: Sequence[str], after: Sequence[str]) -> Comparison:
        """The same of several photos a visit, by their ids."""
        return retry_on_clash(lambda: self._find_or_ask(actor, _asked(before, after)))

    def find_or_ask_visits(self, actor: Actor, before_visit_id: str, after_visit_id: str) -> Comparison:
        """The same of all frontal photos that two visits have now."""
        with self._database.reading(actor.tenant) as session:
            before, after = (_frontal(session, actor, visit_id) for visit_id in (before_visit_id, after_visit_id))
        return self.find_or_ask_bursts(actor, before, after)

    def _find_or_ask(self, actor: Actor, asked: Asked) -> Comparison:
        with self._database.writing(actor.tenant) as session:
            comparisons = Comparisons(session, actor.tenant)
            photos = [Photos(session, actor.tenant).get(photo_id) for photo_id in asked.all]
            _require_one_face(photos)
            known = comparisons.of(str(asked), METHOD_VERSION)
            if known is not None and known.status != ComparisonStatus.FAILED:
                record(session, actor, Action.COMPARISON_READ, known.id)
                self._jobs.hasten(session, actor.tenant, JobKind.COMPARE_PHOTOS, known.id)
                return known
            comparison = known or comparisons.add(new_comparison(asked, photos[0].subject_id))
            comparison.status, comparison.failure = ComparisonStatus.QUEUED, None
            record(session, actor, Action.COMPARISON_MADE, comparison.id)
            self._jobs.enqueue(session, actor.tenant, JobKind.COMPARE_PHOTOS, comparison.id, comparison.subject_id)
            return comparison


def _asked(before: Sequence[str], after: Sequence[str]) -> Asked:
    """In an order of their own, so that the same photos are the same comparison."""
    if max(len(set(before)), len(set(after))) > MOST_FRAMES:
        raise ServiceError(ProblemCode.TOO_MANY_PHOTOS)
    return Asked(tuple(sorted(set(before))), tuple(sorted(set(after))))


def _frontal(session: Session, actor: Actor, visit_id: str) -> list[str]:
    """Photos of the visit that may be compared; one whose analysis failed each time would fail this too."""
    visit = Visits(session, actor.tenant).get(visit_id)
    photos = Photos(session, actor.tenant).every(
        Photo.visit_id == visit.id, Photo.view == View.FRONTAL, Photo.status != PhotoStatus.FAILED
    )
    if not photos:
        raise ServiceError(ProblemCode.NO_PHOTOS)
    return [photo.id for photo in photos]


def _require_one_face(photos: Sequence[Photo]) -> None:
    if len({photo.subject_id for photo in photos}) > 1:
        raise ServiceError(ProblemCode.DIFFERENT_SUBJECTS)
    if len({photo.view for photo in photos}) > 1:
        raise ServiceError(ProblemCode.DIFFERENT_VIEWS)


def new_comparison(asked: Asked, subject_id: str) -> Comparison:
    """A row that promises the comparison; whoever adds it queues its job."""
    return Comparison(
        id=new_id(),
        subject_id=subject_id,
        asked=str(asked),
        before_photo_id=asked.before[0],
        after_photo_id=asked.after[0],
        method_version=METHOD_VERSION,
        status=ComparisonStatus.QUEUED,
    )
