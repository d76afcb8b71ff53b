"""Telling of an event, in the transaction that makes it true: it is told exactly when that is committed."""

import json
from collections.abc import Mapping

from sqlalchemy.orm import Session

from service.database.base import new_id
from service.database.tables import Webhook, WebhookDelivery
from service.jobs import JobEngine, JobKind
from service.tenancy.tenant import TenantId
from service.webhooks.events import Event
from service.webhooks.repository import Deliveries, DeliveryStatus, Webhooks

Ids = Mapping[str, str | None]


def announce(
    session: Session, tenant: TenantId, jobs: JobEngine, event: Event, subject_id: str, **ids: str | None
) -> None:
    """Queue a message for each webhook of the clinic that hears of ``event``.

    Messages about a subject go with it; that it was erased is told all the same.

    Parameters
    ----------
    ids : of the event's other records, by the names that their fields have in the API.
    """
    owner = None if event is Event.SUBJECT_ERASED else subject_id
    for webhook in Webhooks(session, tenant).hearing(event):
        queue_message(session, tenant, jobs, webhook, event, ids | {"subject_id": subject_id}, owner)


def queue_message(
    session: Session,
    tenant: TenantId,
    jobs: JobEngine,
    webhook: Webhook,
    event: str,
    ids: Ids,
    owner: str | None = None,
) -> WebhookDelivery:
    """One message to one webhook, and the job that brings it."""
    row = WebhookDelivery(
        id=new_id(),
        webhook_id=webhook.id,
        subject_id=owner,
        event=event,
        ids=json.dumps(ids),
        status=DeliveryStatus.WAITING,
    )
    delivery = Deliveries(session, tenant).add(row)
    jobs.enqueue(session, tenant, JobKind.DELIVER_WEBHOOK, delivery.id, owner)
    return delivery


def message(delivery: WebhookDelivery) -> bytes:
    """The body, the same in every attempt."""
    told = {
        "id": delivery.id,
        "type": delivery.event,
        "timestamp": delivery.created_at.isoformat().replace("+00:00", "Z"),
        "data": json.loads(delivery.ids),
    }
    return json.dumps(told).encode()
