"""Recording consents, withdrawing them, and seeing how things stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from models.consent import Consent, ConsentEnd, ConsentState, Purpose, Region
from service.audit import Action, Whole, record
from service.consents.repository import Consents, consent_of, written
from service.consents.schemas import (
    ConsentAnswer,
    ConsentsAnswer,
    NewConsent,
    PublicationAnswer,
    PurposeAnswer,
    WithdrawalAnswer,
)
from service.consents.withdrawal import Publication, Resting, RestingExports
from service.database import Database, retry_on_clash
from service.database.base import new_id, now
from service.database.sharing_tables import ConsentRow
from service.errors import ProblemCode, ServiceError
from service.subjects.repository import Subjects
from service.tenancy.share_links import LinkEnd, ShareLinks, end
from service.tenancy.tenant import Actor

MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Overview:
    """The clinic's consents that somebody has to look at.

    Parameters
    ----------
    ending : in force by record, the soonest first; those that have expired already included.
    withdrawn : the latest first.
    out_there : published under a consent that has ended since, and not taken down.
    records : of consent, by id, which ``out_there`` rests on.
    references : of the subjects, by id.
    """

    ending: Sequence[ConsentRow]
    withdrawn: Sequence[ConsentRow]
    out_there: Sequence[Publication]
    records: Mapping[str, ConsentRow]
    references: Mapping[str, str]


class ConsentDesk:
    """What is done with consents."""

    def __init__(self, database: Database, exports: RestingExports) -> None:
        self._database = database
        self._exports = exports

    def see(self, actor: Actor, subject_id: str) -> ConsentsAnswer:
        """How things stand with each purpose, and how they stood before."""
        with self._database.writing(actor.tenant) as session:
            subject = Subjects(session, actor.tenant).get(subject_id)
            record(session, actor, Action.CONSENTS_READ, subject.id)
            return ConsentsAnswer.of(subject.id, Consents(session, actor.tenant).history_of(subject.id), now())

    def resting(self, actor: Actor, seen: ConsentsAnswer) -> dict[Purpose, Resting]:
        """What rests on each purpose of a subject whose consents were just seen."""
        with self._database.reading(actor.tenant) as session:
            return {one.purpose: self._resting(session, actor, seen.subject_id, one) for one in seen.purposes}

    def over_all(self, actor: Actor, soon: date) -> Overview:
        """What the clinic has to look at: what ends by ``soon``, what was withdrawn, and what is still out there."""
        with self._database.writing(actor.tenant) as session:
            record(session, actor, Action.CONSENTS_READ, Whole.CONSENTS)
            consents, at = Consents(session, actor.tenant), now()
            ending, withdrawn = consents.ending_by(soon, MOST_SHOWN), consents.withdrawn(MOST_SHOWN)
            over = [*withdrawn, *(row for row in ending if consent_of(row).state(at) is ConsentState.EXPIRED)]
            records = {row.id: row for row in consents.all_of(over)}
            published = self._exports.publications_of(session, actor.tenant, list(records))
            out = [one for one in published if one.taken_down_on is None and _is_over(records[one.consent_id], over)]
            shown = {row.subject_id for row in (*ending, *over)}
            return Overview(ending, withdrawn, out, records, Subjects(session, actor.tenant).references(shown))

    def give(self, actor: Actor, subject_id: str, purpose: Purpose, new: NewConsent) -> ConsentAnswer:
        """The consent, in force from now on in place of the one before it; the same again changes nothing."""
        return retry_on_clash(lambda: self._give(actor, subject_id, purpose, new))

    def withdraw(self, actor: Actor, subject_id: str, purpose: Purpose, why: str | None) -> WithdrawalAnswer:
        """End the consent, and its links with it; a second time is the same as once.

        Raises
        ------
        ServiceError
            Where none was ever recorded.
        """
        with self._database.writing(actor.tenant) as session:
            subject = Subjects(session, actor.tenant).get_alone(subject_id)
            row = Consents(session, actor.tenant).latest(subject.id, purpose)
            if row is None:
                raise ServiceError(ProblemCode.CONSENT_NOT_FOUND)
            if row.ended_at is None:
                _withdraw(session, actor, row, why)
            else:
                record(session, actor, Action.CONSENTS_READ, row.id)
            return self._ended(session, actor, row)

    def withdraw_record(self, actor: Actor, consent_id: str) -> None:
        """End one record for good, as a restored copy has to; ServiceError where there is nothing to end."""
        with self._database.writing(actor.tenant) as session:
            row = Consents(session, actor.tenant).get_alone(consent_id)
            if row.ended_at is not None:
                raise ServiceError(ProblemCode.CONSENT_NOT_FOUND)
            _withdraw(session, actor, row, None)

    def _give(self, actor: Actor, subject_id: str, purpose: Purpose, new: NewConsent) -> ConsentAnswer:
        at, given = now(), {**new.model_dump(), "regions": written(new.regions)}
        with self._database.writing(actor.tenant) as session:
            subject, consents = Subjects(session, actor.tenant).get_alone(subject_id), Consents(session, actor.tenant)
            current = consents.current(subject.id, purpose)
            if current is not None and all(getattr(current, name) == value for name, value in given.items()):
                record(session, actor, Action.CONSENTS_READ, current.id)
                return ConsentAnswer.of(current, at)
            if current is not None:
                _end(session, actor, current, ConsentEnd.REPLACED)
            row = consents.add(
                ConsentRow(id=new_id(), subject_id=subject.id, purpose=purpose, set_by=actor.name, **given)
            )
            record(session, actor, Action.CONSENT_RECORDED, row.id)
            _move_links(session, actor, row, at)
            return ConsentAnswer.of(row, at)

    def _resting(self, session: Session, actor: Actor, subject_id: str, purpose: PurposeAnswer) -> Resting:
        ids = [one.id for one in purpose.history]
        return Resting(
            len(ShareLinks(session, actor.tenant).running_on(subject_id, purpose.purpose, now())),
            len(self._exports.exports_on(session, actor.tenant, ids)),
            self._exports.publications_of(session, actor.tenant, ids),
        )

    def _ended(self, session: Session, actor: Actor, row: ConsentRow) -> WithdrawalAnswer:
        """All that ever rested on the purpose: a picture published under an older record is out there all the same."""
        ids = [
            one.id for one in Consents(session, actor.tenant).history_of(row.subject_id) if one.purpose == row.purpose
        ]
        published = self._exports.publications_of(session, actor.tenant, ids)
        return WithdrawalAnswer(
            consent=ConsentAnswer.of(row, now()),
            links_ended=[link.id for link in ShareLinks(session, actor.tenant).ended_with(row.id)],
            exports_ended=list(self._exports.exports_on(session, actor.tenant, ids)),
            published=[PublicationAnswer.of(one) for one in published],
        )


def _withdraw(session: Session, actor: Actor, row: ConsentRow, why: str | None) -> None:
    row.why = why or None
    _end(session, actor, row, ConsentEnd.WITHDRAWN)
    _end_links(session, actor, row, now())


def _end(session: Session, actor: Actor, row: ConsentRow, how: ConsentEnd) -> None:
    row.ended_at, row.ended_by, row.ended_as = now(), actor.name, how
    session.flush()
    action = Action.CONSENT_WITHDRAWN if how is ConsentEnd.WITHDRAWN else Action.CONSENT_REPLACED
    record(session, actor, action, row.id)


def _end_links(session: Session, actor: Actor, row: ConsentRow, at: datetime) -> None:
    """Links show the whole face, so a consent that does not cover it carries none."""
    for link in ShareLinks(session, actor.tenant).running_on(row.subject_id, Purpose(row.purpose), at):
        link.consent_id = row.id
        end(link, at, actor.name, LinkEnd.CONSENT)
        record(session, actor, Action.LINK_REVOKED, link.id)


def _move_links(session: Session, actor: Actor, row: ConsentRow, at: datetime) -> None:
    """Have the purpose's running links rest on the new record, and last no longer than it; or end them."""
    consent = consent_of(row)
    if not consent.allows(Region.FACE, at):
        _end_links(session, actor, row, at)
        return
    for link in ShareLinks(session, actor.tenant).running_on(row.subject_id, Purpose(row.purpose), at):
        link.consent_id, link.expires_at = row.id, no_later(link.expires_at, consent)


def no_later(expires_at: datetime, consent: Consent) -> datetime:
    """When a link that rests on the consent ends."""
    return expires_at if consent.ends_at is None else min(expires_at, consent.ends_at)


def _is_over(record_: ConsentRow, over: Sequence[ConsentRow]) -> bool:
    """Whether a record, or one that took its place, is among those that have ended; a newer consent is another one."""
    return any(
        (one.subject_id, one.purpose) == (record_.subject_id, record_.purpose) and record_.id <= one.id for one in over
    )
