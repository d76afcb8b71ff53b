"""The JSON of webhooks."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from service.database.tables import Webhook, WebhookDelivery
from service.webhooks.courier import Failure
from service.webhooks.events import Event
from service.webhooks.repository import DeliveryStatus


class NewWebhook(BaseModel):
    """An address that shall hear of events; of all of them unless some are named."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"url": "https://hooks.example/liftmark", "events": ["photo.analysed"]}]},
    )

    url: Annotated[str, Field(min_length=1, max_length=2000)]
    events: Annotated[list[Event], Field(min_length=1, max_length=100)] = list(Event)


class WebhookAnswer(BaseModel):
    """A webhook. Once it is disabled it hears of nothing until a test succeeds.

    ``rests_until``: its receiver failed, and is left alone until then.
    """

    id: str
    url: str
    events: list[Event]
    created_at: datetime
    failing_since: datetime | None
    rests_until: datetime | None
    disabled_at: datetime | None
    disabled_because: str | None

    @classmethod
    def of(cls, row: Webhook, **more: str) -> Self:
        """From the row."""
        return cls(**_told(row), **more)


class MadeWebhook(WebhookAnswer):
    """A new webhook with its secret, which is shown this once."""

    secret: str


class DeliveryAnswer(BaseModel):
    """A message to a webhook, and what became of it.

    ``id`` is the message's ``webhook-id``; ``last_status`` the receiver's HTTP status, where there was an answer.
    """

    id: str
    event: str
    created_at: datetime
    status: DeliveryStatus
    attempts: int
    last_attempt_at: datetime | None
    last_status: int | None
    last_failure: Failure | None
    next_attempt_at: datetime | None

    @classmethod
    def of(cls, row: WebhookDelivery) -> Self:
        """From the row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


def _told(row: Webhook) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in WebhookAnswer.model_fields}
    return told | {"events": row.events.split()}
