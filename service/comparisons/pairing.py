"""Asking for comparisons."""

from models.provenance import METHOD_VERSION
from service.audit import Action, record
from service.comparisons.repository import Comparisons, ComparisonStatus
from service.database import Database, retry_on_clash
from service.database.tables import Comparison, Photo, new_id
from service.errors import ProblemCode, ServiceError
from service.jobs import JobEngine, JobKind
from service.photos.repository import Photos
from service.tenancy.tenant import Actor


class Pairing:
    """Pairs two photos and has them compared."""

    def __init__(self, database: Database, jobs: JobEngine) -> None:
        self._database = database
        self._jobs = jobs

    def find_or_ask(self, actor: Actor, before_photo_id: str, after_photo_id: str) -> Comparison:
        """The comparison of the pair by the present method; one that failed is tried anew."""
        return retry_on_clash(lambda: self._find_or_ask(actor, before_photo_id, after_photo_id))

    def _find_or_ask(self, actor: Actor, before_photo_id: str, after_photo_id: str) -> Comparison:
        with self._database.writing() as session:
            photos, comparisons = Photos(session, actor.tenant), Comparisons(session, actor.tenant)
            before, after = photos.get(before_photo_id), photos.get(after_photo_id)
            _require_one_face(before, after)
            known = comparisons.of_pair(before.id, after.id, METHOD_VERSION)
            if known is not None and known.status != ComparisonStatus.FAILED:
                return known
            comparison = known or comparisons.add(_new_row(before, after))
            comparison.status, comparison.failure = ComparisonStatus.QUEUED, None
            record(session, actor, Action.COMPARISON_MADE, comparison.id)
            self._jobs.enqueue(session, actor.tenant, JobKind.COMPARE_PHOTOS, comparison.id, before.subject_id)
            return comparison


def _require_one_face(before: Photo, after: Photo) -> None:
    if before.subject_id != after.subject_id:
        raise ServiceError(ProblemCode.DIFFERENT_SUBJECTS)
    if before.view != after.view:
        raise ServiceError(ProblemCode.DIFFERENT_VIEWS)


def _new_row(before: Photo, after: Photo) -> Comparison:
    return Comparison(
        id=new_id(),
        subject_id=before.subject_id,
        before_photo_id=before.id,
        after_photo_id=after.id,
        method_version=METHOD_VERSION,
        status=ComparisonStatus.QUEUED,
    )
