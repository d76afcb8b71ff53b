"""Stored series of one clinic."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import and_, or_

from service.database.tables import SubjectSeries
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository


class StoredSeries(TenantRepository[SubjectSeries]):
    """The clinic's series as they were last made."""

    row = SubjectSeries
    absent = ProblemCode.INVALID_REQUEST
    bulky = (SubjectSeries.document,)

    def of(self, subject_id: str, course_id: str | None) -> SubjectSeries | None:
        """The series of a course, or the one of a subject without a course; None where none was made yet."""
        return self._one(SubjectSeries.subject_id == subject_id, SubjectSeries.course_id == course_id)

    def of_subject(self, subject_id: str) -> list[SubjectSeries]:
        """All of a subject, with their documents."""
        return self.every(SubjectSeries.subject_id == subject_id)

    def document_of(self, row: SubjectSeries) -> str:
        """The document of a row that was listed without it."""
        self.session.refresh(row, ["document"])
        return row.document

    def due_of_subjects(self, subject_ids: Collection[str]) -> dict[str, SubjectSeries]:
        """What is due for each of these subjects, the most pressing alone; without those for whom nothing is."""
        where = (SubjectSeries.subject_id.in_(subject_ids), SubjectSeries.due_until.is_not(None))
        rows = self.session.scalars(self._light().where(*where).order_by(SubjectSeries.due_until.desc()))
        return {row.subject_id: row for row in rows}

    def to_replace(self, subject_id: str, course_id: str | None) -> SubjectSeries | None:
        """The same, held until this transaction ends, so that no other one replaces it meanwhile."""
        query = self._light().where(SubjectSeries.subject_id == subject_id, SubjectSeries.course_id == course_id)
        return self.session.scalars(query.with_for_update()).one_or_none()

    def delete_others(self, subject_id: str, course_ids: set[str | None]) -> None:
        """Delete the subject's series of no such course."""
        for row in self.every_light(SubjectSeries.subject_id == subject_id):
            if row.course_id not in course_ids:
                self.delete(row)

    def due(self, until: date, after: str | None, limit: int) -> list[SubjectSeries]:
        """A page of the series with something due by ``until``: what should be done first comes first."""
        query = self._light().where(SubjectSeries.due_since <= until)
        if after is not None:
            seen = self.get(after)
            later = SubjectSeries.due_until > seen.due_until
            query = query.where(or_(later, and_(SubjectSeries.due_until == seen.due_until, SubjectSeries.id > seen.id)))
        query = query.order_by(SubjectSeries.due_until, SubjectSeries.id).limit(limit)
        return list(self.session.scalars(query))
