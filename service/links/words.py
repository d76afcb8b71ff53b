"""Links in words for people."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from service.database.sharing_tables import ShareLink
from service.screens.days import Clock
from service.tenancy.share_links import LinkEnd, LinkKind
from service.texts import N_, _

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        LinkKind.COMPARISON: N_("Comparison"),
        LinkKind.SERIES: N_("Series"),
        LinkKind.COHORT: N_("Cohort"),
        LinkKind.CORRECTION: N_("Contours of one photo"),
    }
)

_ENDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        LinkEnd.REVOKED: N_("Revoked on %(day)s by %(who)s"),
        LinkEnd.CONSENT: N_("Ended on %(day)s with the consent"),
        LinkEnd.MAKER: N_("Ended on %(day)s with the access of whoever made it"),
    }
)


def state_words(link: ShareLink, at: datetime, who: Callable[[str], str], clock: Clock) -> str:
    """Why the link opens nothing any more; empty while it does."""
    if link.revoked_at is not None:
        told = {"day": clock.day(link.revoked_at), "who": who(link.revoked_by or "")}
        return _(_ENDS[link.revoked_because or LinkEnd.REVOKED]) % told
    return "" if at < link.expires_at else _("Ran out on %(day)s") % {"day": clock.day(link.expires_at)}
