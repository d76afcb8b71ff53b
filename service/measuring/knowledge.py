"""What is known of a subject and of some of its photos, gathered for one job in one reading."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel
from sqlalchemy.orm import Session

from analysis.subject_scale import iris_share
from models.anatomy import Side, View
from models.measurement import Circle
from service.corrections.repository import Corrections, placed_contour
from service.database.tables import ContourCorrection, IrisDiameter, Photo
from service.documents import GivenSubject, PlacedContour
from service.photos.repository import Photos, PhotoStatus
from service.subjects.iris_repository import IrisDiameters, given_iris
from service.tenancy.tenant import TenantId

_MOST_SHARES: Final = 50
"""Photos whose irises are read: the fiftieth moves a median by nothing that counts."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a job is told beside the uploads.

    Parameters
    ----------
    corrections : of each photo, by its id.
    version : changes when a person changed anything of it, so that a late result is not kept.
    """

    subject: GivenSubject
    corrections: dict[str, tuple[PlacedContour, ...]]
    version: tuple[str, ...]


def gather(session: Session, tenant: TenantId, subject_id: str, photo_ids: Collection[str]) -> Knowledge:
    """What is known now of the photos and their subject."""
    iris, rows = _given(session, tenant, subject_id, photo_ids)
    corrections = {
        photo_id: tuple(placed_contour(row) for row in rows if row.photo_id == photo_id) for photo_id in photo_ids
    }
    shares = tuple(_shares(Photos(session, tenant), subject_id, photo_ids))
    subject = GivenSubject(iris=None if iris is None else given_iris(iris), iris_shares=shares)
    return Knowledge(subject, corrections, _version(iris, rows))


def is_still_so(
    known: Knowledge, session: Session, tenant: TenantId, subject_id: str, photo_ids: Collection[str]
) -> bool:
    """Whether nobody gave or took back anything since ``known`` was gathered."""
    return _version(*_given(session, tenant, subject_id, photo_ids)) == known.version


def _given(
    session: Session, tenant: TenantId, subject_id: str, photo_ids: Collection[str]
) -> tuple[IrisDiameter | None, list[ContourCorrection]]:
    corrections = Corrections(session, tenant)
    rows = [row for photo_id in photo_ids for row in corrections.current_of(photo_id)]
    return IrisDiameters(session, tenant).current(subject_id), rows


def _version(iris: IrisDiameter | None, rows: list[ContourCorrection]) -> tuple[str, ...]:
    return iris.id if iris else "", *sorted(row.id for row in rows)


def _shares(photos: Photos, subject_id: str, without: Collection[str]) -> Iterator[float]:
    """The irises' shares in the subject's other accepted frontal photos."""
    frontal = photos.page(
        Photo.subject_id == subject_id,
        Photo.view == View.FRONTAL,
        Photo.document.is_not(None),
        Photo.status.in_([PhotoStatus.ANALYSED, PhotoStatus.QUEUED]),
        limit=_MOST_SHARES,
        whole=True,
    )
    for photo in frontal:
        if photo.id not in without and photo.document is not None:
            share = _Measured.model_validate_json(photo.document).share
            if share is not None:
                yield share


class _Circle(BaseModel):
    centre: tuple[float, float]
    radius: float


class _Side(BaseModel):
    iris: _Circle | None


class _Quality(BaseModel):
    verdict: str


class _Pose(BaseModel):
    yaw: float


class _Scale(BaseModel):
    method: str


class _Measured(BaseModel):
    """The few parts of a measurement's document that its irises are read from, to leave the others unread."""

    quality: _Quality
    pose_deg: _Pose | None
    scale: _Scale | None
    contours_px: dict[Side, _Side]

    @property
    def share(self) -> float | None:
        """The irises' share of the pupils' distance, where the photo is accepted and shows both."""
        usable = self.quality.verdict == "usable" and self.scale is not None and self.scale.method != "iris_mesh"
        left, right = (self._iris(side) for side in (Side.LEFT, Side.RIGHT))
        if not usable or self.pose_deg is None or left is None or right is None:
            return None
        return iris_share(left, right, self.pose_deg.yaw)

    def _iris(self, side: Side) -> Circle | None:
        found = self.contours_px.get(side)
        circle = None if found is None else found.iris
        return None if circle is None else Circle(*circle.centre, circle.radius)
