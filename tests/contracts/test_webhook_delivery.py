"""No event is lost and none is told under two ids, however often the processes that tell it are killed."""

import base64
import os
import secrets
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from models.anatomy import View
from service.assembly import open_service
from service.photos.keeping import PhotoKeeper
from service.photos.receiving import Upload
from service.settings import Settings
from service.subjects.registry import SubjectRegistry
from service.tenancy.keys import create_key, find_actor
from service.visits.diary import Diary
from service.visits.schemas import NewVisit
from service.webhooks.desk import WebhookDesk
from service.webhooks.events import Event
from service.webhooks.repository import Deliveries, DeliveryStatus
from service.webhooks.schemas import NewWebhook
from tests.service.webhooks.receiving import receiving, verified

REPOSITORY = Path(__file__).parents[2]
WORKER = str(Path(__file__).with_name("fearful_worker.py"))
PHOTOS = 5
KILLS = 2
HEARD = [Event.PHOTO_REFUSED, Event.PHOTO_FAILED]
"""A photo that was in hand at each kill fails, and that is told, too."""

# Three processes one after the other, each after the lease of the one before: minutes on a machine that is busy.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


class Doorkeeper:
    def check(self, upload):
        return None


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def environment(database_url, tmp_path, receiver, monkeypatch) -> dict[str, str]:
    own = {
        "LIFTMARK_MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "LIFTMARK_DATA": str(tmp_path / "data"),
        "LIFTMARK_DATABASE_URL": database_url,
        "LIFTMARK_WEBHOOK_HOSTS": f"private:{receiver.origin}",
    }
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    return dict(os.environ) | {"PYTHONPATH": str(REPOSITORY)}


def wait_for(what, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def upload_all(service, actor) -> set[str]:
    registry = SubjectRegistry(service.database, service.vaults, service.jobs)
    subject = registry.find_or_make(actor, "P-1").id
    new = NewVisit(taken_at="2026-03-02T10:00:00Z", phase="baseline")
    visit = Diary(service.database, service.jobs).make(actor, subject, new, None).id
    keeper = PhotoKeeper(service.database, service.vaults, service.jobs, service.doorkeeper, service.limits.allowances)
    contents = [b"photo %d" % number for number in range(PHOTOS)]
    return {keeper.keep(actor, visit, Upload(one, one.hex(), View.FRONTAL), None).id for one in contents}


def test_no_event_is_lost_when_the_processes_that_tell_it_are_killed(environment, receiver, tmp_path):
    with open_service(Settings(workers=0), Doorkeeper()) as service:
        with service.database.writing_across() as session:
            actor = find_actor(session, create_key(session, "Aurora"))
        settings = service.settings
        desk = WebhookDesk(service.database, service.webhook_cipher, service.jobs, settings.webhook_origins)
        webhook, secret = desk.make(actor, NewWebhook(url=f"{receiver.origin}/", events=HEARD))
        photos = upload_all(service, actor)
        receiver.answers = ["hang"] * KILLS  # each worker dies while the receiver has the message and has not answered
        for number in range(KILLS):
            with subprocess.Popen([sys.executable, WORKER, str(tmp_path / "journal")], env=environment) as worker:
                wait_for(lambda number=number: len(receiver.answers) == KILLS - 1 - number)
                worker.send_signal(signal.SIGKILL)
        with subprocess.Popen([sys.executable, WORKER, str(tmp_path / "journal")], env=environment) as worker:
            wait_for(lambda: not any(queue.queued or queue.leased for queue in service.jobs.queues()))
            worker.kill()
        with service.database.reading(actor.tenant) as session:
            ended = Deliveries(session, actor.tenant).page_of(webhook.id, None, 200)
    assert [one.status for one in ended] == [DeliveryStatus.DELIVERED] * PHOTOS
    told = defaultdict(list)
    for headers, body in receiver.received:
        message = verified(secret, headers, body)
        told[message["data"]["photo_id"]].append(message["id"])
    assert set(told) == photos
    assert all(len(set(ids)) == 1 for ids in told.values())
    assert sum(map(len, told.values())) > PHOTOS
