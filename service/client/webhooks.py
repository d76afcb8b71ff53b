"""Webhooks: other systems that are told of what ended."""

from __future__ import annotations

from service.client.calls import Calls, shapes


class WebhookCalls(Calls):
    """Webhooks: other systems that are told of what ended."""

    def make_webhook(self, new: shapes.NewWebhook) -> shapes.MadeWebhook:
        """Have an address told of what ended; the secret is in this answer and in no other."""
        return self._ask("POST", "/webhooks", shapes.MadeWebhook, body=new)

    def list_webhooks(self, *, after: str | None = None, limit: int = 50) -> shapes.Page[shapes.WebhookAnswer]:
        """List the clinic's webhooks."""
        return self._ask("GET", "/webhooks", shapes.Page[shapes.WebhookAnswer], query={"after": after, "limit": limit})

    def get_webhook(self, webhook_id: str) -> shapes.WebhookAnswer:
        """See a webhook, and whether its receiver is well."""
        return self._ask("GET", f"/webhooks/{webhook_id}", shapes.WebhookAnswer)

    def remove_webhook(self, webhook_id: str) -> None:
        """Take a webhook away, with its secret and all messages that wait for it."""
        self._do("DELETE", f"/webhooks/{webhook_id}")

    def send_test(self, webhook_id: str, *, wait: float = 0) -> shapes.DeliveryAnswer:
        """Send a message of the type ``webhook.test``, once."""
        return self._ask("POST", f"/webhooks/{webhook_id}/test", shapes.DeliveryAnswer, query={"wait": wait})

    def list_deliveries(
        self, webhook_id: str, *, after: str | None = None, limit: int = 200
    ) -> shapes.Page[shapes.DeliveryAnswer]:
        """List the messages that wait for this webhook, and the last 100 that have ended."""
        return self._ask(
            "GET",
            f"/webhooks/{webhook_id}/deliveries",
            shapes.Page[shapes.DeliveryAnswer],
            query={"after": after, "limit": limit},
        )
