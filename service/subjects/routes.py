"""HTTP: subjects."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from service.audit import Action, Whole, record
from service.dependencies import Administrator, Ingester, Reader, TheService
from service.errors import ProblemCode, problems
from service.paging import After, Limit, Page
from service.subjects.iris import IrisDesk, IrisDiameterAnswer, IrisDiameterHistory, NewIrisDiameter
from service.subjects.registry import SubjectRegistry
from service.subjects.repository import Subjects
from service.subjects.schemas import NewSubject, SubjectAnswer
from service.waiting import wait_until_erased

router = APIRouter(prefix="/v1/subjects", tags=["subjects"])

Search = Annotated[
    str | None,
    Query(
        min_length=1, max_length=200, pattern=r"^[^\x00]*$", description="Part of the reference, in capitals or not."
    ),
]


@router.post("", status_code=201, responses=problems(ProblemCode.INVALID_JSON))
def make_subject(new: NewSubject, actor: Ingester, service: TheService) -> SubjectAnswer:
    """Make a subject. The same reference again gives the same subject."""
    registry = SubjectRegistry(service.database, service.vaults, service.jobs)
    return SubjectAnswer.of(registry.find_or_make(actor, new.reference))


@router.get("", responses=problems())
def list_subjects(
    actor: Reader, service: TheService, after: After = None, limit: Limit = 50, q: Search = None
) -> Page[SubjectAnswer]:
    """List the clinic's subjects, or those whose reference contains `q`."""
    with service.database.writing(actor.tenant) as session:
        record(session, actor, Action.SUBJECTS_LISTED, Whole.SUBJECTS)
        rows = Subjects(session, actor.tenant).page_of_clinic(after, limit, q)
    return Page.of(rows, limit, SubjectAnswer.of)


@router.get("/{subject_id}", responses=problems(ProblemCode.SUBJECT_NOT_FOUND))
def get_subject(subject_id: str, actor: Reader, service: TheService) -> SubjectAnswer:
    """See a subject."""
    with service.database.writing(actor.tenant) as session:
        subject = Subjects(session, actor.tenant).get(subject_id)
        record(session, actor, Action.SUBJECT_READ, subject.id)
        return SubjectAnswer.of(subject)


@router.put("/{subject_id}/iris-diameter", responses=problems(ProblemCode.SUBJECT_NOT_FOUND, ProblemCode.INVALID_JSON))
def set_iris_diameter(
    subject_id: str, new: NewIrisDiameter, actor: Ingester, service: TheService
) -> IrisDiameterAnswer:
    """Give the iris' diameter that the clinic measured. All figures of the subject are made anew at its scale."""
    return IrisDiameterAnswer.of(IrisDesk(service.database, service.jobs).set_to(actor, subject_id, new))


@router.get(
    "/{subject_id}/iris-diameter",
    responses=problems(ProblemCode.SUBJECT_NOT_FOUND, ProblemCode.IRIS_DIAMETER_NOT_FOUND),
)
def get_iris_diameter(subject_id: str, actor: Reader, service: TheService) -> IrisDiameterHistory:
    """See the iris' diameter in use, and those before it."""
    return IrisDesk(service.database, service.jobs).see(actor, subject_id)


@router.delete(
    "/{subject_id}/iris-diameter",
    status_code=204,
    responses=problems(ProblemCode.SUBJECT_NOT_FOUND, ProblemCode.IRIS_DIAMETER_NOT_FOUND),
)
def withdraw_iris_diameter(subject_id: str, actor: Ingester, service: TheService) -> None:
    """Rely on the average person's iris again. What was given stays in the history."""
    IrisDesk(service.database, service.jobs).withdraw(actor, subject_id)


@router.delete("/{subject_id}", status_code=204, responses=problems(ProblemCode.SUBJECT_NOT_FOUND))
async def erase_subject(subject_id: str, actor: Administrator, service: TheService) -> None:
    """Erase a subject: visits, photos, comparisons, pictures, and the key that opened them. It cannot be undone."""
    registry = SubjectRegistry(service.database, service.vaults, service.jobs)
    prefix = await run_in_threadpool(registry.erase, actor, subject_id)
    await wait_until_erased(service.vaults.store, [prefix])
