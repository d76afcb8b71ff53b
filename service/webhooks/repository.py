"""Webhooks of one clinic, and what is brought to them."""

from enum import StrEnum
from typing import Final

from service.database.tables import Webhook, WebhookDelivery
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository
from service.webhooks.events import Event

KEPT_DELIVERIES: Final = 100
"""So many that have ended are kept of each webhook, the newest ones."""


class DeliveryStatus(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Webhooks(TenantRepository[Webhook]):
    """The clinic's webhooks."""

    row = Webhook
    absent = ProblemCode.WEBHOOK_NOT_FOUND

    def hearing(self, event: Event) -> list[Webhook]:
        """Those that want to hear of ``event`` and are not disabled."""
        return [webhook for webhook in self.every(Webhook.disabled_at.is_(None)) if event in webhook.events.split()]


class Deliveries(TenantRepository[WebhookDelivery]):
    """What is brought to the clinic's webhooks."""

    row = WebhookDelivery
    absent = ProblemCode.WEBHOOK_NOT_FOUND

    def find(self, delivery_id: str) -> WebhookDelivery | None:
        """The message, None once it went with its webhook or subject."""
        return self._one(WebhookDelivery.id == delivery_id)

    def page_of(self, webhook_id: str, after: str | None, limit: int) -> list[WebhookDelivery]:
        """A page of one webhook's messages."""
        return self.page(WebhookDelivery.webhook_id == webhook_id, after=after, limit=limit)

    def waiting_for(self, webhook_id: str) -> list[WebhookDelivery]:
        """Those that have not ended."""
        return self.every(WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.status == DeliveryStatus.WAITING)

    def forget_old(self, webhook_id: str) -> None:
        """Delete all that have ended but the newest ones."""
        ended = self._select().where(
            WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.status != DeliveryStatus.WAITING
        )
        for old in self.session.scalars(ended.order_by(WebhookDelivery.id.desc()).offset(KEPT_DELIVERIES)):
            self.session.delete(old)
