"""The JSON of links that are kept."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from models.consent import Purpose
from service.database.sharing_tables import ShareLink
from service.tenancy.share_links import LinkEnd, LinkKind, is_running


class ShareLinkAnswer(BaseModel):
    """A link as it is kept; its token is told to nobody a second time.

    ``choice`` is of a cohort's subjects. It rests on ``consent_id``, null where no consent was recorded or none is
    needed. ``times_opened`` counts each time that its address was opened, by programs that look at mails too.
    """

    id: str
    kind: LinkKind
    subject_id: str | None
    course_id: str | None
    comparison_id: str | None
    photo_id: str | None
    choice: str | None
    may_correct: bool
    purpose: Purpose | None
    consent_id: str | None
    made_by: str
    created_at: datetime
    expires_at: datetime
    running: bool
    revoked_at: datetime | None
    revoked_by: str | None
    revoked_because: LinkEnd | None
    last_opened_at: datetime | None
    times_opened: int

    @classmethod
    def of(cls, row: ShareLink, at: datetime) -> Self:
        """From the row, as it stands at a moment."""
        own = {name: getattr(row, name) for name in cls.model_fields if name != "running"}
        return cls(**own, running=is_running(row, at))
