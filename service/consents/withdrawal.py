"""What ends when a consent is withdrawn, and what is then still out there.

Links are this module's own business; exports are not, and it knows of them through one seam, :class:`RestingExports`:
``service.exports`` gives the service an object of that shape (``Service.resting_exports`` in ``service/assembly.py``),
and withdrawal, the subject's page and the clinic's page ask it by the ids of consents. Exports end without being told:
each is shut at its next request, because it asks :func:`service.consents.permission.still_given`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy.orm import Session

from service.tenancy.tenant import TenantId


@dataclass(frozen=True, slots=True)
class Publication:
    """Where an export was put, as the clinic recorded it.

    Parameters
    ----------
    consent_id : of the record of consent that the export rests on.
    where : in the clinic's words, for instance "clinic's page" or "flyer of March".
    taken_down_on : None while it is out there.
    """

    id: str
    export_id: str
    consent_id: str
    where: str
    url: str | None
    published_on: date
    taken_down_on: date | None = None


@dataclass(frozen=True, slots=True)
class Resting:
    """What rests on the consent to one purpose, or did.

    Parameters
    ----------
    links : that can be opened now.
    exports : that were ever made on it.
    """

    links: int
    exports: int
    published: Sequence[Publication]


class RestingExports(Protocol):
    """What rests on consents among the exports; a clinic's own alone."""

    def exports_on(self, session: Session, tenant: TenantId, consent_ids: Collection[str]) -> Sequence[str]:
        """Ids of the exports that rest on these records, whether they are shut by now or not."""

    def publications_of(
        self, session: Session, tenant: TenantId, consent_ids: Collection[str]
    ) -> Sequence[Publication]:
        """Where those exports were published, the oldest first."""
