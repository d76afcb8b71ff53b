"""Subjects of one clinic."""

from collections.abc import Sequence

from sqlalchemy import func

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

    def counts_by_master_key(self) -> dict[str, int]:
        """How many subjects' keys each master key wraps, by its id."""
        counts = self._select().with_only_columns(Subject.wrapped_by, func.count()).group_by(Subject.wrapped_by)
        return dict(iter(self.session.execute(counts)))

    def wrapped_by_others(self, key_id: str, after: str, limit: int) -> Sequence[Subject]:
        """Some whose keys another master key wraps, held until this transaction ends; uploads go on beside it."""
        others = self._select().where(Subject.wrapped_by != key_id, Subject.id > after).order_by(Subject.id)
        return self.session.scalars(others.limit(limit).with_for_update(key_share=True)).all()
