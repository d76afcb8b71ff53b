"""Subjects of one clinic."""

from service.database.tables import Subject
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository


class Subjects(TenantRepository[Subject]):
    """The clinic's subjects."""

    row = Subject
    absent = ProblemCode.SUBJECT_NOT_FOUND

    def by_reference(self, reference: str) -> Subject | None:
        """The subject that the clinic calls ``reference``, or None."""
        return self._one(Subject.reference == reference)

    def page_of_clinic(self, after: str | None, limit: int, part: str | None = None) -> list[Subject]:
        """A page of all subjects, or of those whose reference contains ``part``, in capitals or not."""
        where = [] if part is None else [Subject.reference.icontains(part, autoescape=True)]
        return self.page(*where, after=after, limit=limit)
