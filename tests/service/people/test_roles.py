"""What each role opens of the API: what a key with its scopes opens, and nothing else."""

import pytest

from service.people.cookies import COOKIE
from service.people.desk import PeopleDesk
from service.people.own_pages import CSRF_HEADER
from service.people.roles import SCOPES, Role
from service.tenancy.keys import find_actor
from tests.service.api.conftest import Clinic
from tests.service.api.courses import CourseAnalyst
from tests.service.api.test_audit_completeness import made, one_of_each
from tests.service.api.test_tenancy_actors import needed
from tests.service.api.test_tenancy_matrix import FIRST_CALLS


@pytest.fixture
def analyst():
    return CourseAnalyst()


def signed_in(service, clinic, role: Role) -> Clinic:
    """The clinic as a person of this role meets it."""
    with service.database.reading_across() as session:
        owner = find_actor(session, clinic.headers["Authorization"].removeprefix("Bearer "))
    people = PeopleDesk(service.database)
    _, token = people.invite(owner, f"{role}@aurora.example", role)
    session = people.take(token, role.title(), "walnut lantern harbour")
    person = Clinic(clinic.client, "")
    person.headers = {"Cookie": f"{COOKIE}={session}", CSRF_HEADER: service.sign_ins.find(session).csrf}
    return person


def test_a_role_opens_what_its_scopes_are_for_and_nothing_else(client, new_clinic, service):
    clinic = new_clinic("Aurora")
    ids, wrong = one_of_each(clinic), []
    for role in (Role.MARKETING, Role.PRACTITIONER):
        person = signed_in(service, clinic, role)
        for route, call in FIRST_CALLS.items():
            may = needed(route) <= SCOPES[role]
            if not may or route.startswith("GET"):
                answer = made(person, call, ids)
                wanted = {200, 404} if may else {403}  # 404: no iris' diameter was given that could be read
                wrong += [] if answer.status_code in wanted else [(role, route, answer.text)]
    assert wrong == []
