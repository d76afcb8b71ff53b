"""What a consent allows, read from a table of what was recorded and what is asked."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.consent import ConsentState, Purpose, Region
from service.consents.desk import ConsentDesk
from service.consents.permission import require_consent, still_given
from service.consents.schemas import NewConsent
from service.database import Database
from service.database.migrate import migrate
from service.database.tables import Subject
from service.errors import ServiceError
from service.exports.repository import ExportsOnConsents
from service.subjects.repository import Subjects
from service.tenancy.keys import create_key, find_actor

DAY = date(2026, 3, 2)
LAST = date(2026, 6, 30)
MIDDAY = datetime(2026, 6, 30, 12, tzinfo=UTC)
LAST_MOMENT = datetime(2026, 6, 30, 23, 59, 59, 999999, UTC)
FACE, EYES, LOWER, JAW = Region
WITHDRAW = None


def given(*regions: Region, until: date | None = None) -> NewConsent:
    told = {"regions": list(regions)} if regions else {}
    return NewConsent(given_on=DAY, expires_on=until, recorded_by="Dr. A.", paper="form 1", **told)


RULES = [
    # what was done, one after the other; what is asked; when; whether it is allowed; whether what rests on the first is
    ((given(),), FACE, MIDDAY, True, True),
    ((given(),), JAW, MIDDAY, True, True),
    ((given(EYES),), EYES, MIDDAY, True, True),
    ((given(EYES),), FACE, MIDDAY, False, True),
    ((given(EYES),), JAW, MIDDAY, False, True),
    ((given(FACE),), EYES, MIDDAY, True, True),
    ((given(LOWER),), JAW, MIDDAY, True, True),
    ((given(JAW),), LOWER, MIDDAY, False, True),
    ((given(until=LAST),), FACE, LAST_MOMENT, True, True),
    ((given(until=LAST),), FACE, LAST_MOMENT + timedelta(microseconds=1), False, False),
    ((given(until=LAST), given()), FACE, LAST_MOMENT + timedelta(days=9), True, True),
    ((given(), given(until=LAST)), FACE, LAST_MOMENT + timedelta(days=9), False, False),
    ((given(EYES, JAW), given(EYES)), EYES, MIDDAY, True, False),
    ((given(EYES), given(EYES, JAW)), JAW, MIDDAY, True, True),
    ((given(), WITHDRAW), FACE, MIDDAY, False, False),
    ((given(), WITHDRAW, given()), FACE, MIDDAY, True, False),
    ((given(EYES), given(), WITHDRAW, given()), FACE, MIDDAY, True, False),
]


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    with Database(f"sqlite:///{tmp_path_factory.mktemp('consents')}/db", b"k" * 32) as database:
        migrate(database)
        yield database


@pytest.fixture(scope="module")
def actor(database):
    with database.writing_across() as session:
        return find_actor(session, create_key(session, "Aurora"))


def test_a_picture_is_allowed_exactly_while_consent_to_its_purpose_and_region_is_in_force(database, actor):
    desk, wrong = ConsentDesk(database, ExportsOnConsents()), []
    for number, (deeds, region, at, allowed, rests) in enumerate(RULES):
        with database.writing(actor.tenant) as session:
            subject = Subjects(session, actor.tenant).add(Subject(reference=f"P-{number}", wrapped_key=b"")).id
        for deed in deeds:
            if deed is WITHDRAW:
                desk.withdraw(actor, subject, Purpose.WEBSITE, None)
            else:
                desk.give(actor, subject, Purpose.WEBSITE, deed)
        website = desk.see(actor, subject).purposes[1]
        assert len(website.history) == sum(deed is not WITHDRAW for deed in deeds)
        found = (
            is_allowed(database, actor, subject, region, at),
            is_still_given(database, actor, website.history[0].id, at),
        )
        if found != (allowed, rests):
            wrong.append((number, found))
        assert not is_allowed(database, actor, subject, region, at, Purpose.PRINT)
    assert wrong == []


def is_allowed(database, actor, subject, region, at, purpose=Purpose.WEBSITE) -> bool:
    with database.reading(actor.tenant) as session:
        try:
            consent = require_consent(session, actor.tenant, subject, purpose, region, at)
        except ServiceError:
            return False
        return consent.state(at) is ConsentState.GIVEN


def is_still_given(database, actor, consent_id, at) -> bool:
    with database.reading(actor.tenant) as session:
        return still_given(session, actor.tenant, consent_id, at)
