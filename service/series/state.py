"""What a series rests on, without the documents: enough to know whether the stored one is still true."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.anatomy import View
from models.course import MICROCURRENT, Protocol
from models.measurand import MeasurandCode
from models.provenance import METHOD_VERSION
from service.comparisons.repository import Comparisons
from service.confounders.repository import RecordedConfounders
from service.courses.repository import Courses, protocol_of
from service.database.tables import Comparison, Course, Photo, RecordedConfounder, SubjectSeries, Visit
from service.errors import ProblemCode, ServiceError
from service.photos.repository import Photos
from service.repeatability.floors import widest_floors
from service.repeatability.labels import Labels
from service.subjects.repository import Subjects
from service.tenancy.idempotency import fingerprint
from service.tenancy.links import NO_COURSE
from service.tenancy.tenant import TenantId
from service.visits.repository import Visits, courses_of


@dataclass(frozen=True, slots=True)
class SeriesState:
    """One series' records as they are now.

    Parameters
    ----------
    course : None where the subject has no course at all.
    is_latest : whether no later course of the subject has started.
    visits : of the course, in time.
    photos : their frontal ones, without documents.
    comparisons : all of the subject by the present method, by ``asked``, without documents.
    floors : SD of one photo by the clinic's own repeatability studies.
    """

    subject_id: str
    course: Course | None
    is_latest: bool
    visits: tuple[Visit, ...]
    photos: tuple[Photo, ...]
    confounders: tuple[RecordedConfounder, ...]
    comparisons: Mapping[str, Comparison]
    floors: Mapping[MeasurandCode, float]

    @property
    def course_id(self) -> str | None:
        """Of the course, where there is one."""
        return None if self.course is None else self.course.id

    @property
    def protocol(self) -> Protocol:
        """What the course is meant to be."""
        return MICROCURRENT if self.course is None else protocol_of(self.course)

    def fingerprint(self, pairs: Iterable[str]) -> str:
        """One word for all that the series rests on.

        Parameters
        ----------
        pairs : the comparisons among it, as in ``Comparison.asked``.
        """
        return fingerprint(METHOD_VERSION, *self._records(), *(self._told_of_pair(asked) for asked in sorted(pairs)))

    def is_told_by(self, row: SubjectSeries | None) -> bool:
        """Whether the stored series is still true."""
        return row is not None and row.fingerprint == self.fingerprint(row.pairs.split())

    def _records(self) -> Iterable[str]:
        yield repr((self.course_id, self.protocol, self.course and self.course.ended_on, self.is_latest))
        for visit in self.visits:
            yield repr((visit.id, visit.taken_at, visit.phase, visit.treatment_number, visit.notes))
        for photo in sorted(self.photos, key=lambda photo: photo.id):
            yield repr((photo.id, photo.visit_id, photo.status, photo.measured_at))
        for row in sorted(self.confounders, key=lambda row: row.id):
            yield repr((row.id, row.kind, row.since, row.until, row.regions, row.notes))
        yield repr(sorted(self.floors.items()))

    def _told_of_pair(self, asked: str) -> str:
        pair = self.comparisons.get(asked)
        return repr((asked, None if pair is None else (pair.id, pair.status, pair.measured_at)))


def series_states(session: Session, tenant: TenantId, subject_id: str) -> list[SeriesState]:
    """The subject's series, in the order of their courses; one alone where there is no course.

    Raises
    ------
    ServiceError
        Where there is no such subject.
    """
    subject = Subjects(session, tenant).get(subject_id)
    courses = Courses(session, tenant).of_subject(subject.id)
    visits = Visits(session, tenant).of_subject(subject.id)
    belongs = courses_of(visits, courses)
    photos = Photos(session, tenant).every_light(Photo.subject_id == subject.id, Photo.view == View.FRONTAL)
    confounders = tuple(RecordedConfounders(session, tenant).of_subject(subject.id))
    comparisons = Comparisons(session, tenant).of_subject_by_asked(subject.id, METHOD_VERSION)
    wanted: list[Course | None] = [*courses] if courses else [None]
    states = []
    for course in wanted:
        own = tuple(visit for visit in visits if belongs[visit.id] == (course and course.id))
        of_own = {visit.id for visit in own}
        shown = tuple(photo for photo in photos if photo.visit_id in of_own)
        floors = widest_floors(session, tenant, map(Labels.of, own))
        latest = course is wanted[-1]
        states.append(SeriesState(subject.id, course, latest, own, shown, confounders, comparisons, floors))
    return states


def the_series(session: Session, tenant: TenantId, subject_id: str, course_id: str | None) -> SeriesState:
    """The series of one course: of the latest one where none is named.

    Raises
    ------
    ServiceError
        Where there is no such subject, or no such course of it.
    """
    states = series_states(session, tenant, subject_id)
    if course_id is None:
        return states[-1]
    named = None if course_id == NO_COURSE else course_id
    for state in states:
        if state.course_id == named:
            return state
    raise ServiceError(ProblemCode.COURSE_NOT_FOUND)
