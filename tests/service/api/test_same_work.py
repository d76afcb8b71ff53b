"""A foreign id costs exactly the work of a missing one: the same statements, the same looks into the blob store.

So no clock can tell them apart but by chance. What the clock says is in docs/tenancy.md.
"""

import math
import threading

import pytest
from sqlalchemy import event

from service.limiting import allowances
from tests.service.api.courses import CourseAnalyst
from tests.service.api.test_audit_completeness import one_of_each
from tests.service.api.test_tenancy_matrix import ID_PLACES, LISTED, kind_of, neighbour, sent

STORE = ("put", "get", "delete_under", "names_under")


@pytest.fixture
def analyst():
    return CourseAnalyst()


@pytest.fixture
def work(service, monkeypatch) -> list[str]:
    """What requests ask of the database and of the blob store; the threads that do jobs are left out.

    So is the look at the clinic's allowance every few seconds: it comes before any id is read.
    """
    monkeypatch.setattr(allowances, "_BELIEVED_S", math.inf)
    done: list[str] = []

    def note(what: str) -> None:
        if not threading.current_thread().name.startswith(("job-", "audit-")):
            done.append(what)

    event.listen(
        service.database.engine, "before_cursor_execute", lambda _c, _k, statement, *_: note(statement), retval=False
    )
    store = type(service.vaults.store)
    for name in STORE:
        monkeypatch.setattr(store, name, _noting(getattr(store, name), name, note))
    return done


def _noting(method, name: str, note):
    def call(self, *args, **more):
        note(f"blobs.{name}")
        return method(self, *args, **more)

    return call


def test_a_foreign_id_costs_the_work_of_a_missing_one(clinic, other_clinic, work):
    ids, theirs = one_of_each(clinic), one_of_each(other_clinic)
    erased = other_clinic.subject("erased")
    assert other_clinic.delete(f"/v1/subjects/{erased}").status_code == 204
    theirs |= {"erased_id": erased}
    wrong = []
    for place in ID_PLACES:
        if place.name in LISTED - {"after"}:
            continue  # they choose from the clinic's own audit, by an index that begins with the clinic
        foreign = theirs[kind_of(place)]
        costs = []
        for wanted in (foreign, neighbour(foreign)):
            work.clear()
            sent(clinic, place, wanted, ids)
            costs.append(list(work))
        if costs[0] != costs[1] or not costs[0]:
            wrong.append((str(place), costs))
    assert wrong == []
    work.clear()
    assert clinic.get(f"/v1/photos/{ids['photo_id']}/file").status_code == 200
    assert "blobs.get" in work  # it would have been seen
