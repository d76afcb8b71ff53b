"""Repeatability studies of one clinic, and the photos that they are made of."""

import json
from enum import StrEnum
from typing import Final

from models.measurand import MeasurandCode
from service.database.tables import RepeatabilityStudy, StudyPhoto
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository

_MOST_IN_FORCE: Final = 200
"""Studies that a comparison looks at, the newest ones."""


class StudyStatus(StrEnum):
    """What became of a study."""

    QUEUED = "queued"
    STUDIED = "studied"
    FAILED = "failed"
    """The photos say nothing; ``failure`` says why."""


class Studies(TenantRepository[RepeatabilityStudy]):
    """The clinic's studies, withdrawn ones included."""

    row = RepeatabilityStudy
    absent = ProblemCode.STUDY_NOT_FOUND
    bulky = (RepeatabilityStudy.document,)

    def same(self, fingerprint: str) -> RepeatabilityStudy | None:
        """The study that was asked for in the same words and not withdrawn, or None."""
        return self._one(RepeatabilityStudy.fingerprint == fingerprint, RepeatabilityStudy.ended_at.is_(None))

    def in_force(self) -> list[RepeatabilityStudy]:
        """Those that later comparisons count on, newest first."""
        query = self._light().where(
            RepeatabilityStudy.ended_at.is_(None),
            RepeatabilityStudy.status == StudyStatus.STUDIED,
            RepeatabilityStudy.floors.is_not(None),
        )
        return list(self.session.scalars(query.order_by(RepeatabilityStudy.id.desc()).limit(_MOST_IN_FORCE)))


class StudyPhotos(TenantRepository[StudyPhoto]):
    """The photos of the clinic's studies."""

    row = StudyPhoto
    absent = ProblemCode.PHOTO_NOT_FOUND

    def of(self, study_id: str) -> list[StudyPhoto]:
        """Those of one study that were not erased, by person and place."""
        rows = self.every(StudyPhoto.study_id == study_id)
        return sorted(rows, key=lambda row: (row.person, row.place))


def written_floors(sems: dict[MeasurandCode, float]) -> str | None:
    """What a study's row keeps of its SEMs; None where none may be counted on."""
    return json.dumps(sems) if sems else None


def read_floors(study: RepeatabilityStudy) -> dict[MeasurandCode, float]:
    """The SEM of each measurand that the study may be counted on for."""
    known = {str(code) for code in MeasurandCode}
    kept = json.loads(study.floors or "{}")
    return {MeasurandCode(code): float(sem) for code, sem in kept.items() if code in known}
