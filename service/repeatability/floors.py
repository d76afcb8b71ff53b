"""What the clinic's own studies say of photos taken in one room, with one camera, by one operator."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from analysis.clinic_floor import change_sd
from models.measurand import MEASURANDS, MeasurandCode
from service.documents import GivenFloor, GivenStudy
from service.repeatability.labels import Labels
from service.repeatability.repository import Studies, read_floors
from service.tenancy.tenant import TenantId


@dataclass(frozen=True, slots=True)
class Floor:
    """The SEM of one photo by a study of the clinic, in the measurand's ``change_unit``."""

    sem: float
    study: GivenStudy


def floors_of(session: Session, tenant: TenantId, labels: Labels) -> dict[MeasurandCode, float]:
    """The clinic's SEM of one photo for every measurand that a study in force speaks of."""
    return {code: floor.sem for code, floor in study_floors(session, tenant, labels).items()}


def widest_floors(session: Session, tenant: TenantId, visits: Iterable[Labels]) -> dict[MeasurandCode, float]:
    """Of photos of several visits: for each measurand the largest SEM of any."""
    widest: dict[MeasurandCode, float] = {}
    for labels in set(visits):
        for code, sem in floors_of(session, tenant, labels).items():
            widest[code] = max(sem, widest.get(code, 0.0))
    return widest


def study_floors(session: Session, tenant: TenantId, labels: Labels) -> dict[MeasurandCode, Floor]:
    """The same with the study that each is from.

    For each measurand the study that shares the most labels counts, of several the newest. One that contradicts a label
    never does; a label that either does not name contradicts nothing.
    """
    found: dict[MeasurandCode, Floor] = {}
    fitting = [one for one in Studies(session, tenant).in_force() if not Labels.of(one).contradicts(labels)]
    for study in sorted(fitting, key=lambda one: -Labels.of(one).shared(labels)):  # stable: newest first within each
        named = GivenStudy(id=study.id, name=study.name, made_on=study.created_at.date())
        for code, sem in read_floors(study).items():
            found.setdefault(code, Floor(sem, named))
    return found


def pair_floors(session: Session, tenant: TenantId, before: Labels, after: Labels) -> tuple[GivenFloor, ...]:
    """How much a change between photos of two visits may be worth without any; a visit without a study adds nothing."""
    first, second = (study_floors(session, tenant, labels) for labels in (before, after))
    return tuple(_pair_floors(first, second))


def _pair_floors(before: Mapping[MeasurandCode, Floor], after: Mapping[MeasurandCode, Floor]) -> Iterator[GivenFloor]:
    for code in MEASURANDS:
        floors = [found[code] for found in (before, after) if code in found]
        sd = change_sd(*(found[code].sem if code in found else 0.0 for found in (before, after)))
        if sd > 0:
            studies = tuple(dict.fromkeys(floor.study for floor in floors))
            yield GivenFloor(measurand=code, change_sd=sd, studies=studies)
