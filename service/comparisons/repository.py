"""Comparisons of one clinic."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from sqlalchemy import ColumnElement, or_

from service.database.tables import Comparison, Photo
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository


class ComparisonStatus(StrEnum):
    """What became of a pair."""

    QUEUED = "queued"
    COMPARED = "compared"
    REFUSED = "refused"
    """One of the photos cannot be measured; ``refused`` says which and why."""
    FAILED = "failed"
    """The comparison itself could not be done; ``failure`` says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The photos that a comparison was asked for, by their ids: one of each visit, or several."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    def __str__(self) -> str:
        return f"{'+'.join(self.before)}:{'+'.join(self.after)}"

    @classmethod
    def of(cls, asked: str) -> Self:
        """Read what :meth:`__str__` wrote."""
        before, _, after = asked.partition(":")
        return cls(tuple(before.split("+")), tuple(after.split("+")))

    @property
    def is_pair(self) -> bool:
        """Whether it is one photo of each visit."""
        return len(self.before) == len(self.after) == 1

    @property
    def all(self) -> tuple[str, ...]:
        """Befores, then afters."""
        return *self.before, *self.after


class Comparisons(TenantRepository[Comparison]):
    """The clinic's comparisons."""

    row = Comparison
    absent = ProblemCode.COMPARISON_NOT_FOUND
    bulky = (Comparison.document,)

    def of(self, asked: str, method_version: str) -> Comparison | None:
        """The comparison of these photos (:class:`Asked`) by this method, or None."""
        return self._one(Comparison.asked == asked, Comparison.method_version == method_version)

    def with_photo(self, photo: Photo, method_version: str) -> list[Comparison]:
        """Those of this method that the photo is in, but for those that were refused."""
        return self.every_light(
            Comparison.subject_id == photo.subject_id,
            Comparison.asked.contains(photo.id),
            Comparison.method_version == method_version,
            Comparison.status != ComparisonStatus.REFUSED,
        )

    def of_subject_by_asked(self, subject_id: str, method_version: str) -> dict[str, Comparison]:
        """All of a subject by this method, without their documents, by what they were asked for."""
        rows = self.every_light(Comparison.subject_id == subject_id, Comparison.method_version == method_version)
        return {row.asked: row for row in rows}

    def showing(self, photo_ids: Collection[str]) -> list[Comparison]:
        """All that show any of these photos, by whatever method."""
        return self.every(or_(Comparison.before_photo_id.in_(photo_ids), Comparison.after_photo_id.in_(photo_ids)))

    def all_with_photo(self, photo: Photo) -> list[Comparison]:
        """All that the photo is in, by whatever method."""
        return self.every_light(Comparison.subject_id == photo.subject_id, Comparison.asked.contains(photo.id))

    def ready_since(self, since: datetime, limit: int) -> list[Comparison]:
        """Those that ended with figures since then, the newest first, without their documents."""
        query = self._light().where(Comparison.measured_at >= since, Comparison.status == ComparisonStatus.COMPARED)
        return list(self.session.scalars(query.order_by(Comparison.measured_at.desc()).limit(limit)))

    def of_subject(self, subject_id: str) -> list[Comparison]:
        """All of a subject by whatever method, without their documents."""
        return self.every_light(Comparison.subject_id == subject_id)

    def page_of_clinic(self, after: str | None, limit: int, status: ComparisonStatus | None = None) -> list[Comparison]:
        """A page of all comparisons, or of those with this status."""
        return self.page(*_with_status(status), after=after, limit=limit)

    def page_of_subject(
        self, subject_id: str, after: str | None, limit: int, status: ComparisonStatus | None = None
    ) -> list[Comparison]:
        """A page of one subject's comparisons, or of those with this status."""
        return self.page(Comparison.subject_id == subject_id, *_with_status(status), after=after, limit=limit)


def _with_status(status: ComparisonStatus | None) -> list[ColumnElement[bool]]:
    return [] if status is None else [Comparison.status == status]
