"""The subjects of an archive in the service: found or made, with what belongs to them beside photos."""

import hashlib
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models.course import Phase
from service.archive import NamedConfounder
from service.client.transport import Answer, Api, Problem
from service.importing.outcomes import Fate, Outcome
from service.importing.visits import PlannedVisit

VisitKey = tuple[datetime, str, int | None]


@dataclass(slots=True)
class KnownSubject:
    """A subject of the service.

    Parameters
    ----------
    visits : the ids of those that it had before.
    courses : ids by the clinic's word for their kind.
    refused : what the service did not take of what belongs to the subject beside photos.
    """

    id: str
    visits: dict[VisitKey, str] = field(default_factory=dict)
    courses: dict[str, str] = field(default_factory=dict)
    refused: list[Outcome] = field(default_factory=list)


class Subjects:
    """Finds or makes each subject once, whichever thread asks first."""

    def __init__(self, api: Api, visits: Sequence[PlannedVisit], confounders: Sequence[NamedConfounder]) -> None:
        self._api = api
        self._confounders = confounders
        self._visits: dict[str, list[PlannedVisit]] = defaultdict(list)
        for visit in visits:
            self._visits[visit.subject].append(visit)
        self._locks = {reference: threading.Lock() for reference in self._visits}
        self._known: dict[str, KnownSubject | Problem] = {}

    @property
    def refused(self) -> list[Outcome]:
        """What the service did not take of what belongs to subjects beside photos."""
        known = (one for one in self._known.values() if isinstance(one, KnownSubject))
        return [outcome for one in known for outcome in one.refused]

    def get(self, reference: str) -> KnownSubject | Problem:
        """The subject, with its courses and confounders in the service."""
        with self._locks[reference]:
            if reference not in self._known:
                self._known[reference] = self._make(reference)
            return self._known[reference]

    def _make(self, reference: str) -> KnownSubject | Problem:
        made = self._api.post_json("/v1/subjects", {"reference": reference})
        if isinstance(made, Problem):
            return made
        subject = KnownSubject(str(made["id"]))
        subject.visits = dict(_visits(self._api, subject.id))
        for confounder in self._confounders:
            if confounder.subject == reference:
                self._send_confounder(subject, confounder)
        for kind, visits in self._by_course(reference):
            self._send_course(subject, kind, visits)
        return subject

    def _send_confounder(self, subject: KnownSubject, named: NamedConfounder) -> None:
        one = named.confounder
        new: dict[str, object] = {"kind": one.kind, "from": one.since.isoformat()}
        new |= {"until": one.until.isoformat()} if one.until else {}
        new |= {"regions": sorted(family.name.lower() for family in one.families)} if one.families else {}
        new |= {"notes": one.note} if one.note else {}
        key = request_key("confounder", subject.id, *(str(value) for value in new.values()))
        made = self._api.post_json(f"/v1/subjects/{subject.id}/confounders", new, key)
        if isinstance(made, Problem):
            what = f"{one.entry.name} of {named.subject}, {one.since}"
            subject.refused.append(Outcome(what, Fate.REFUSED, reason=made.code, says=made.says))

    def _by_course(self, reference: str) -> Iterator[tuple[str, list[PlannedVisit]]]:
        kinds: dict[str, list[PlannedVisit]] = defaultdict(list)
        for visit in self._visits[reference]:
            if visit.sheet.course:
                kinds[visit.sheet.course.strip().lower()].append(visit)
        yield from kinds.items()

    def _send_course(self, subject: KnownSubject, kind: str, visits: Sequence[PlannedVisit]) -> None:
        sessions = [visit for visit in visits if visit.phase is not Phase.BASELINE] or visits
        new = {"kind": kind, "started_on": min(visit.taken_at.date() for visit in sessions).isoformat()}
        made = self._api.post_json(f"/v1/subjects/{subject.id}/courses", new, request_key("course", subject.id, kind))
        if isinstance(made, Problem):
            what = f"Course {kind} of {visits[0].subject}"
            subject.refused.append(Outcome(what, Fate.REFUSED, reason=made.code, says=made.says))
        else:
            subject.courses[kind] = str(made["id"])


def request_key(*parts: str) -> str:
    """The Idempotency-Key of a request: the same for the same content, so that nothing is made twice."""
    return f"import-{parts[0]}-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:40]}"


def pages(api: Api, path: str) -> Iterator[Answer]:
    """Every item of a list; none where the key may not read or there is no such list."""
    after = ""
    while True:
        page = api.get(f"{path}?limit=200{after}")
        if isinstance(page, Problem):
            return
        yield from page.get("items", [])
        if page.get("next") is None:
            return
        after = f"&after={page['next']}"


def _visits(api: Api, subject_id: str) -> Iterator[tuple[VisitKey, str]]:
    for visit in pages(api, f"/v1/subjects/{subject_id}/visits"):
        at = datetime.fromisoformat(str(visit["taken_at"]))
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        yield (at.astimezone(UTC), str(visit["phase"]), visit["treatment_number"]), str(visit["id"])
