"""The job that brings one message to one webhook: one attempt each time it is claimed."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from service.audit import Action, record
from service.blobs.master_key import Cipher
from service.database import Database
from service.database.base import now
from service.database.tables import Webhook, WebhookDelivery
from service.jobs import Job, JobEngine
from service.tenancy.tenant import Actor
from service.webhooks.announcing import message
from service.webhooks.courier import Courier, Failure, Outcome
from service.webhooks.events import TEST
from service.webhooks.repository import Deliveries, DeliveryStatus, Webhooks
from service.webhooks.sealing import open_secret
from service.webhooks.signing import signed_headers

SYSTEM: Final = "system:webhooks"
"""The actor in the audit of webhooks that the service disabled."""

DELAYS_S: Final = (5, 300, 1800, 7200, 18_000, 36_000, 36_000)
"""How long after each failed attempt the next one comes: eight attempts in 27.6 hours."""
_LONGEST_REST_S: Final = 1800
"""A receiver that fails is tried so often at least, so that it soon hears of new events once it is well."""
_A_DAY: Final = timedelta(days=1)
_GONE: Final = "The receiver answered 410: it wants nothing more."
_A_DAYS_FAILURES: Final = "Every attempt failed for a day."


@dataclass(frozen=True, slots=True)
class _Letter:
    """What an attempt needs."""

    url: str
    message_id: str
    body: bytes
    secret: str


class DeliverWebhook:
    """Brings messages to webhooks."""

    def __init__(self, database: Database, cipher: Cipher, jobs: JobEngine, courier: Courier) -> None:
        self._database = database
        self._cipher = cipher
        self._jobs = jobs
        self._courier = courier

    def __call__(self, job: Job) -> None:
        """Try once, and put the job off where that failed; it is never given up by the count of its beginnings."""
        if job.is_poison:
            self._keep(job, Outcome(Failure.CRASHED))
            return
        letter = self._letter(job)
        if letter is None:
            self._pass_over(job)
        else:
            headers = signed_headers(letter.secret, letter.message_id, int(time.time()), letter.body)
            self._keep(job, self._courier.post(letter.url, letter.body, headers))

    def _letter(self, job: Job) -> _Letter | None:
        """None where no attempt is to be made now."""
        with self._database.reading(job.tenant) as session:
            found = _found(session, job)
            if found is None or not _is_wanted_now(*found):
                return None
            delivery, webhook = found
            return _Letter(webhook.url, delivery.id, message(delivery), open_secret(self._cipher, webhook))

    def _pass_over(self, job: Job) -> None:
        """Nothing was tried: the message is gone, its webhook disabled, or its receiver is left to rest."""
        with self._database.writing(job.tenant) as session:
            found = _found(session, job)
            if found is None:
                self._jobs.finish(session, job)
                return
            delivery, webhook = found
            if webhook.disabled_at is None:
                if self._jobs.put_off(session, job, _rest_s(webhook)):
                    delivery.next_attempt_at = webhook.rests_until
            elif self._jobs.finish(session, job):
                _end(session, job, delivery, DeliveryStatus.GIVEN_UP)

    def _keep(self, job: Job, outcome: Outcome) -> None:
        """Write what came of the attempt, and what comes next."""
        with self._database.writing(job.tenant) as session:
            found = _found(session, job)
            if found is None:
                self._jobs.finish(session, job)
                return
            delivery, webhook = found
            delay_s = _next_delay_s(delivery, outcome)
            if not self._leave(session, job, delay_s):
                return
            _note(delivery, outcome, delay_s)
            if delay_s is None:
                _end(session, job, delivery, DeliveryStatus.GIVEN_UP if outcome.failure else DeliveryStatus.DELIVERED)
            _judge(session, job, delivery, webhook, outcome)

    def _leave(self, session: Session, job: Job, delay_s: float | None) -> bool:
        """End the job, or put it off; False as of :meth:`JobEngine.finish`."""
        return self._jobs.finish(session, job) if delay_s is None else self._jobs.put_off(session, job, delay_s)


def _found(session: Session, job: Job) -> tuple[WebhookDelivery, Webhook] | None:
    """The message and its webhook; None once it went with its webhook or subject."""
    delivery = Deliveries(session, job.tenant).find(job.target)
    return None if delivery is None else (delivery, Webhooks(session, job.tenant).get(delivery.webhook_id))


def _is_wanted_now(delivery: WebhookDelivery, webhook: Webhook) -> bool:
    return delivery.event == TEST or (webhook.disabled_at is None and _rest_s(webhook) <= 0)


def _next_delay_s(delivery: WebhookDelivery, outcome: Outcome) -> float | None:
    """None where this was the last attempt."""
    over = outcome.failure is None or outcome.is_gone or delivery.event == TEST
    return None if over or delivery.attempts >= len(DELAYS_S) else DELAYS_S[delivery.attempts]


def _note(delivery: WebhookDelivery, outcome: Outcome, delay_s: float | None) -> None:
    moment = now()
    delivery.attempts += 1
    delivery.last_attempt_at, delivery.last_status, delivery.last_failure = moment, outcome.status, outcome.failure
    delivery.next_attempt_at = None if delay_s is None else moment + timedelta(seconds=delay_s)


def _end(session: Session, job: Job, delivery: WebhookDelivery, status: DeliveryStatus) -> None:
    delivery.status, delivery.next_attempt_at = status, None
    session.flush()
    Deliveries(session, job.tenant).forget_old(delivery.webhook_id)


def _judge(session: Session, job: Job, delivery: WebhookDelivery, webhook: Webhook, outcome: Outcome) -> None:
    """Let a receiver that fails rest, and disable the webhook of one that does for a day."""
    if outcome.failure is None:
        webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None
        if delivery.event == TEST:
            webhook.disabled_at, webhook.disabled_because = None, None
    elif outcome.is_gone:
        _disable(session, job, webhook, _GONE)
    elif delivery.event != TEST:
        _count_failure(webhook, now())
        if webhook.failing_since is not None and now() - webhook.failing_since >= _A_DAY:
            _disable(session, job, webhook, _A_DAYS_FAILURES)


def _count_failure(webhook: Webhook, moment: datetime) -> None:
    delay_s = DELAYS_S[min(webhook.failures, len(DELAYS_S) - 1)]
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or moment
    webhook.rests_until = moment + timedelta(seconds=min(delay_s, _LONGEST_REST_S))


def _disable(session: Session, job: Job, webhook: Webhook, because: str) -> None:
    if webhook.disabled_at is None:
        webhook.disabled_at, webhook.disabled_because = now(), because
        record(session, Actor(job.tenant, SYSTEM, frozenset()), Action.WEBHOOK_DISABLED, webhook.id)


def _rest_s(webhook: Webhook) -> float:
    return 0 if webhook.rests_until is None else (webhook.rests_until - now()).total_seconds()
