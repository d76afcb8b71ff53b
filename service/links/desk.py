"""Listing links, and ending one."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.audit import Action, Whole, record
from service.comparisons.repository import Comparisons
from service.database import Database
from service.database.base import now
from service.database.sharing_tables import ShareLink
from service.people.repository import People
from service.subjects.repository import Subjects
from service.tenancy.share_links import LinkEnd, LinkFilter, ShareLinks, end
from service.tenancy.tenant import Actor


@dataclass(frozen=True, slots=True)
class SeenLinks:
    """Links with what is needed to tell of them: the subjects' references and the people's names, by their ids."""

    links: Sequence[ShareLink]
    references: dict[str, str]
    names: dict[str, str]


class LinkDesk:
    """What is done with links once they are made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, actor: Actor, wanted: LinkFilter, after: str | None, limit: int) -> Sequence[ShareLink]:
        """A page of the links that are wanted; ServiceError where they are of a record that there is not."""
        with self._database.writing(actor.tenant) as session:
            if wanted.subject_id is not None:
                Subjects(session, actor.tenant).get(wanted.subject_id)
            if wanted.comparison_id is not None:
                Comparisons(session, actor.tenant).get(wanted.comparison_id)
            record(session, actor, Action.LINKS_READ, Whole.LINKS)
            return ShareLinks(session, actor.tenant).page_of(wanted, after, limit)

    def newest(self, actor: Actor, limit: int) -> SeenLinks:
        """The clinic's newest links, the newest first."""
        with self._database.writing(actor.tenant) as session:
            record(session, actor, Action.LINKS_READ, Whole.LINKS)
            links = ShareLinks(session, actor.tenant).newest(LinkFilter(), limit)
            shown = {link.subject_id for link in links if link.subject_id is not None}
            references = Subjects(session, actor.tenant).references(shown)
            return SeenLinks(links, references, People(session, actor.tenant).names())

    def revoke(self, actor: Actor, link_id: str) -> None:
        """End the link; it opens nothing from its next request on. One that has ended stays as it was."""
        with self._database.writing(actor.tenant) as session:
            link = ShareLinks(session, actor.tenant).get(link_id)
            record(session, actor, Action.LINK_REVOKED if link.revoked_at is None else Action.LINKS_READ, link.id)
            end(link, now(), actor.name, LinkEnd.REVOKED)
