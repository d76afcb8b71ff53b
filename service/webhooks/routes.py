"""HTTP: webhooks."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from service.assembly import Service
from service.dependencies import Administrator, TheService, Wait
from service.errors import ProblemCode, problems
from service.paging import After, Limit, Page
from service.waiting import wait_until
from service.webhooks.desk import WebhookDesk
from service.webhooks.repository import DeliveryStatus
from service.webhooks.schemas import DeliveryAnswer, MadeWebhook, NewWebhook, WebhookAnswer

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

_C = ProblemCode


@router.post(
    "",
    status_code=201,
    responses=problems(_C.INVALID_JSON, _C.WEBHOOK_NOT_ALLOWED, _C.WEBHOOK_EXISTS, _C.TOO_MANY_WEBHOOKS),
)
def make_webhook(new: NewWebhook, actor: Administrator, service: TheService) -> MadeWebhook:
    """Have an address told of what ended. The secret that verifies the messages is in this answer and in no other."""
    webhook, secret = _desk(service).make(actor, new)
    return MadeWebhook.of(webhook, secret=secret)


@router.get("", responses=problems())
def list_webhooks(
    actor: Administrator, service: TheService, after: After = None, limit: Limit = 50
) -> Page[WebhookAnswer]:
    """List the clinic's webhooks."""
    return Page.of(_desk(service).page(actor, after, limit), limit, WebhookAnswer.of)


@router.get("/{webhook_id}", responses=problems(_C.WEBHOOK_NOT_FOUND))
def get_webhook(webhook_id: str, actor: Administrator, service: TheService) -> WebhookAnswer:
    """See a webhook, and whether its receiver is well."""
    return WebhookAnswer.of(_desk(service).see(actor, webhook_id))


@router.delete("/{webhook_id}", status_code=204, responses=problems(_C.WEBHOOK_NOT_FOUND))
def remove_webhook(webhook_id: str, actor: Administrator, service: TheService) -> None:
    """Take a webhook away, with its secret and all messages that wait for it."""
    _desk(service).remove(actor, webhook_id)


@router.post("/{webhook_id}/test", status_code=201, responses=problems(_C.WEBHOOK_NOT_FOUND))
async def send_test(webhook_id: str, actor: Administrator, service: TheService, wait: Wait = 0) -> DeliveryAnswer:
    """Send a message of the type `webhook.test`, once. A disabled webhook is in use again when it is accepted."""
    desk = _desk(service)
    sent = await run_in_threadpool(desk.test, actor, webhook_id)
    seen = await wait_until(
        lambda delivery: delivery.status != DeliveryStatus.WAITING, lambda: desk.peek(actor, sent.id), wait
    )
    return DeliveryAnswer.of(seen)


@router.get("/{webhook_id}/deliveries", responses=problems(_C.WEBHOOK_NOT_FOUND))
def list_deliveries(
    webhook_id: str, actor: Administrator, service: TheService, after: After = None, limit: Limit = 200
) -> Page[DeliveryAnswer]:
    """List the messages that wait for this webhook, and the last 100 that have ended."""
    rows = _desk(service).deliveries(actor, webhook_id, after, limit)
    return Page.of(rows, limit, DeliveryAnswer.of)


def _desk(service: Service) -> WebhookDesk:
    return WebhookDesk(service.database, service.webhook_cipher, service.jobs, service.settings.webhook_origins)
