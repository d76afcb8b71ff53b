"""People on every database: found across the clinics, kept within one."""

import threading

import pytest

from service.errors import ProblemCode, ServiceError
from service.limiting.guesses import Guesses
from service.limiting.rates import Rates
from service.people.desk import PeopleDesk
from service.people.joining import Newcomer
from service.people.repository import People
from service.people.roles import Role
from service.people.signing_in import SignInDesk
from service.people.welcome import WelcomeDesk, welcome_code
from service.tenancy.keys import clinic_named

CODE, PASSWORD, OTHER = welcome_code(b"secret"), "walnut lantern harbour", "copper meadow violin"
ADA = Newcomer("Ada", "ada@aurora.example", PASSWORD)


def test_people_come_sign_in_and_go_and_no_clinic_meets_anothers(database):
    signing_in, people = SignInDesk(database, Guesses(Rates(), 100)), PeopleDesk(database)
    ada = signing_in.find(WelcomeDesk(database, CODE).make_owner(CODE, "Aurora", ADA))
    with database.writing_across() as session:
        other = clinic_named(session, "Borealis")
    _, token = people.invite(ada.actor, "Bo@aurora.example", Role.OWNER)
    bo = signing_in.find(people.take(token, "Bo", OTHER))
    assert (bo.tenant, bo.role, bo.email, bo.clinic) == (ada.tenant, Role.OWNER, "bo@aurora.example", "Aurora")
    with database.reading(other) as session:
        assert People(session, other).every() == []
        with pytest.raises(ServiceError):
            People(session, other).get(bo.person_id)
    assert signing_in.find(signing_in.sign_in("BO@aurora.example ", OTHER, "")).person_id == bo.person_id
    people.end(ada.actor, bo.person_id)
    with pytest.raises(ServiceError) as refused:
        signing_in.sign_in(bo.email, OTHER, "")
    assert refused.value.code is ProblemCode.SIGN_IN_REFUSED
    with pytest.raises(ServiceError):
        people.end(ada.actor, ada.person_id)


def at_once(*acts) -> list[object]:
    """What became of acts that all begin at the same time: what they returned, or the problem's code."""
    found, gate = [], threading.Barrier(len(acts))

    def run(act) -> None:
        gate.wait()
        try:
            found.append(act())
        except ServiceError as error:
            found.append(error.code)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_at_once_make_one_first_owner_take_an_invitation_once_and_leave_an_owner(database):
    with database.writing_across() as session:
        clinic_named(session, "default")
    welcome, signing_in = WelcomeDesk(database, CODE), SignInDesk(database, Guesses(Rates(), 100))
    both = (Newcomer("Eve", "eve@aurora.example", PASSWORD), ADA)
    made = at_once(*(lambda who=who: welcome.make_owner(CODE, "Aurora", who) for who in both))
    (token,) = set(made) - {ProblemCode.WELCOME_ENDED}
    owner, people = signing_in.find(token), PeopleDesk(database)
    _, token = people.invite(owner.actor, "bo@aurora.example", Role.OWNER)
    taken = at_once(*[lambda: people.take(token, "Bo", OTHER)] * 2)
    (token,) = set(taken) - {ProblemCode.INVITATION_ENDED}
    bo = signing_in.find(token)
    ended = at_once(*(lambda who=who: people.end(owner.actor, who.person_id) for who in (owner, bo)))
    assert sorted(map(str, ended)) == sorted(["None", "last_owner"])
