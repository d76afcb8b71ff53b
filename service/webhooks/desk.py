"""Making webhooks, taking them away, trying them, and seeing what was brought to them."""

from typing import Final

from service.audit import Action, Whole, record
from service.blobs.master_key import Cipher
from service.database import Database, retry_on_clash
from service.database.base import new_id
from service.database.tables import Webhook, WebhookDelivery
from service.errors import ProblemCode, ServiceError
from service.jobs import JobEngine
from service.tenancy.tenant import Actor
from service.webhooks.allowed import AllowedOrigin, NotAllowedError, allowed_origin
from service.webhooks.announcing import queue_message
from service.webhooks.events import TEST
from service.webhooks.repository import Deliveries, Webhooks
from service.webhooks.schemas import NewWebhook
from service.webhooks.sealing import sealed_secret
from service.webhooks.signing import new_secret

MOST_WEBHOOKS: Final = 10


class WebhookDesk:
    """What is done with a clinic's webhooks."""

    def __init__(self, database: Database, cipher: Cipher, jobs: JobEngine, origins: tuple[AllowedOrigin, ...]) -> None:
        self._database = database
        self._cipher = cipher
        self._jobs = jobs
        self._origins = origins

    def make(self, actor: Actor, new: NewWebhook) -> tuple[Webhook, str]:
        """The webhook and its secret, which nobody is told a second time.

        Raises
        ------
        ServiceError
            Where the operator does not allow the address, it has a webhook already, or there are too many.
        """
        try:
            allowed_origin(new.url, self._origins)
        except NotAllowedError as error:
            raise ServiceError(ProblemCode.WEBHOOK_NOT_ALLOWED) from error
        return retry_on_clash(lambda: self._make(actor, new))

    def page(self, actor: Actor, after: str | None, limit: int) -> list[Webhook]:
        """A page of the clinic's webhooks."""
        with self._database.writing(actor.tenant) as session:
            record(session, actor, Action.WEBHOOKS_LISTED, Whole.WEBHOOKS)
            return Webhooks(session, actor.tenant).page(after=after, limit=limit)

    def see(self, actor: Actor, webhook_id: str) -> Webhook:
        """The webhook."""
        with self._database.writing(actor.tenant) as session:
            webhook = Webhooks(session, actor.tenant).get(webhook_id)
            record(session, actor, Action.WEBHOOK_READ, webhook_id)
            return webhook

    def remove(self, actor: Actor, webhook_id: str) -> None:
        """Delete it with all that was, and was still to be, brought to it."""
        with self._database.writing(actor.tenant) as session:
            webhook = Webhooks(session, actor.tenant).get(webhook_id)
            waiting = Deliveries(session, actor.tenant).waiting_for(webhook_id)
            self._jobs.drop(session, actor.tenant, [delivery.id for delivery in waiting])
            Webhooks(session, actor.tenant).delete(webhook)
            record(session, actor, Action.WEBHOOK_REMOVED, webhook_id)

    def test(self, actor: Actor, webhook_id: str) -> WebhookDelivery:
        """Queue a message that is tried once, also to a disabled webhook."""
        with self._database.writing(actor.tenant) as session:
            webhook = Webhooks(session, actor.tenant).get(webhook_id)
            record(session, actor, Action.WEBHOOK_TESTED, webhook_id)
            return queue_message(session, actor.tenant, self._jobs, webhook, TEST, {"webhook_id": webhook_id})

    def peek(self, actor: Actor, delivery_id: str) -> WebhookDelivery:
        """A message for whoever has just asked for it."""
        with self._database.reading(actor.tenant) as session:
            return Deliveries(session, actor.tenant).get(delivery_id)

    def deliveries(self, actor: Actor, webhook_id: str, after: str | None, limit: int) -> list[WebhookDelivery]:
        """A page of what is, and was lately, brought to the webhook."""
        with self._database.writing(actor.tenant) as session:
            webhook = Webhooks(session, actor.tenant).get(webhook_id)
            record(session, actor, Action.WEBHOOK_DELIVERIES_READ, webhook_id)
            return Deliveries(session, actor.tenant).page_of(webhook.id, after, limit)

    def _make(self, actor: Actor, new: NewWebhook) -> tuple[Webhook, str]:
        webhook_id, secret = new_id(), new_secret()
        sealed = sealed_secret(self._cipher, webhook_id, secret)
        with self._database.writing(actor.tenant) as session:
            webhooks = Webhooks(session, actor.tenant)
            _require_room(webhooks.every(), new.url)
            events = " ".join(sorted(set(new.events)))
            webhook = webhooks.add(Webhook(id=webhook_id, url=new.url, events=events, sealed_secret=sealed))
            record(session, actor, Action.WEBHOOK_MADE, webhook_id)
            return webhook, secret


def _require_room(others: list[Webhook], url: str) -> None:
    if any(other.url == url for other in others):
        raise ServiceError(ProblemCode.WEBHOOK_EXISTS)
    if len(others) >= MOST_WEBHOOKS:
        raise ServiceError(ProblemCode.TOO_MANY_WEBHOOKS)
