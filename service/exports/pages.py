"""Pages: making an export, and all that were made."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from models.consent import Purpose
from service.audit import Action, record
from service.comparisons.repository import Comparisons
from service.consents.desk import ConsentDesk
from service.consents.schemas import PurposeAnswer
from service.consents.words import regions_words
from service.database.base import now
from service.dependencies import TheService
from service.exports import words
from service.exports.routes import Before, Desk
from service.fields import RecordId
from service.screens.shell import ExportingMember, show

router = APIRouter(prefix="/app/exports", include_in_schema=False)

_ON_A_PAGE = 24


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with one purpose.

    Parameters
    ----------
    regions : that were agreed to and still may be shown, in words; empty without consent.
    """

    purpose: Purpose
    says: str
    state: str
    regions: str
    until: date | None

    @classmethod
    def of(cls, told: PurposeAnswer) -> "Standing":
        """From the subject's records."""
        given = told.latest if told.state == "given" else None
        return cls(
            told.purpose,
            words.purpose_words(told.purpose),
            words.CONSENTS[told.state],
            "" if given is None else regions_words(given.regions),
            None if given is None else given.expires_on,
        )


@router.get("")
def exports_page(request: Request, member: ExportingMember, desk: Desk, before: Before = None) -> HTMLResponse:
    """Everything that was made ready to be published, the newest first."""
    page = desk.newest(member.actor, before, _ON_A_PAGE, None)
    return show(request, member, "exports.html", page=page, words=words, today=now().date())


@router.get("/new")
def new_export_page(
    request: Request, member: ExportingMember, service: TheService, comparison_id: RecordId
) -> HTMLResponse:
    """What a pair shall be published for, and how, with a small picture and how fair the pair is."""
    with service.database.writing(member.tenant) as session:
        pair = Comparisons(session, member.tenant).get(comparison_id)
        record(session, member.actor, Action.COMPARISON_READ, pair.id)
    consents = ConsentDesk(service.database, service.resting_exports).see(member.actor, pair.subject_id)
    standing = [Standing.of(one) for one in consents.purposes]
    return show(request, member, "export.html", pair=pair, standing=standing, words=words)
