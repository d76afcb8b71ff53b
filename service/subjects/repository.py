"""Subjects of one clinic."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func

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
        return self.page(*_containing(part), after=after, limit=limit)

    def by_names(self, after: str | None, limit: int, part: str | None = None) -> list[Subject]:
        """A page of all subjects, or of those whose reference contains ``part``, in the order of their references.

        Parameters
        ----------
        after : the id of the last one on the page before.
        """
        query = self._select().where(*_containing(part)).order_by(Subject.reference).limit(limit)
        if after is not None:
            query = query.where(Subject.reference > self.get(after).reference)
        return list(self.session.scalars(query))

    def count(self, part: str | None = None) -> int:
        """How many there are, or have ``part`` in their reference."""
        query = self._select().with_only_columns(func.count()).where(*_containing(part))
        return self.session.execute(query).scalar_one()

    def references(self, ids: Collection[str]) -> dict[str, str]:
        """What the clinic calls these subjects, by their ids."""
        query = self._select().with_only_columns(Subject.id, Subject.reference).where(Subject.id.in_(ids))
        return dict(iter(self.session.execute(query)))

    def counts_by_master_key(self) -> dict[str, int]:
        """How many subjects' keys each master key wraps, by its id."""
        counts = self._select().with_only_columns(Subject.wrapped_by, func.count()).group_by(Subject.wrapped_by)
        return dict(iter(self.session.execute(counts)))

    def wrapped_by_others(self, key_id: str, after: str, limit: int) -> Sequence[Subject]:
        """Some whose keys another master key wraps, held until this transaction ends; uploads go on beside it."""
        others = self._select().where(Subject.wrapped_by != key_id, Subject.id > after).order_by(Subject.id)
        return self.session.scalars(others.limit(limit).with_for_update(key_share=True)).all()


def _containing(part: str | None) -> list[ColumnElement[bool]]:
    return [] if part is None else [Subject.reference.icontains(part, autoescape=True)]
