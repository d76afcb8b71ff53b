"""A photo as lists show it: small picture, verdict, and why it should be taken again."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.anatomy import View
from models.course import Phase
from models.quality import FLAGS, Weight
from service.database.tables import Photo, Visit
from service.photos.judged import Judged
from service.photos.repository import PhotoStatus
from service.reports.flags import told
from service.texts import N_, _

PHASES: Final = MappingProxyType(
    {
        Phase.BASELINE: N_("Baseline"),
        Phase.TREATMENT: N_("Treatment"),
        Phase.IMMEDIATELY_AFTER: N_("Immediately after"),
        Phase.FOLLOW_UP: N_("Follow-up"),
        Phase.MAINTENANCE: N_("Maintenance"),
    }
)
VIEWS: Final = MappingProxyType(
    {
        View.FRONTAL: N_("Frontal"),
        View.OBLIQUE_LEFT: N_("Oblique, left"),
        View.OBLIQUE_RIGHT: N_("Oblique, right"),
        View.PROFILE_LEFT: N_("Profile, left"),
        View.PROFILE_RIGHT: N_("Profile, right"),
    }
)


@dataclass(frozen=True, slots=True)
class Reason:
    """What is the matter with a photo, and what to do when it is taken again."""

    says: str
    advice: str


@dataclass(frozen=True, slots=True)
class PhotoTile:
    """One photo.

    Parameters
    ----------
    tone : of the badge; empty while nothing is known.
    reasons : why it should be taken again, the weightiest first.
    pictured : whether there is a small picture.
    """

    id: str
    subject_id: str
    visit_id: str
    frontal: bool
    view: str
    status: str
    verdict: str
    tone: str
    reasons: tuple[Reason, ...]
    pictured: bool

    @property
    def retake(self) -> bool:
        """Whether it should be taken again."""
        return self.tone in {"stop", "caution"}


def photo_tile(photo: Photo) -> PhotoTile:
    """From the row, without its document."""
    judged = Judged.of(photo)
    verdict, tone = _verdict(photo, judged)
    return PhotoTile(
        id=photo.id,
        subject_id=photo.subject_id,
        visit_id=photo.visit_id,
        frontal=photo.view == View.FRONTAL,
        view=_(VIEWS[View(photo.view)]),
        status=photo.status,
        verdict=verdict,
        tone=tone,
        reasons=tuple(_reasons(photo, judged)),
        pictured=bool(photo.thumbnail_blob or photo.overlay_blob),
    )


def visit_words(visit: Visit) -> str:
    """The visit's phase, with the number of the session where there is one."""
    phase = _(PHASES[Phase(visit.phase)])
    return f"{phase} {visit.treatment_number}" if visit.treatment_number else phase


def _verdict(photo: Photo, judged: Judged) -> tuple[str, str]:
    if photo.status == PhotoStatus.QUEUED:
        return _("Being analysed"), ""
    if photo.status == PhotoStatus.FAILED:
        return _("Analysis failed"), "stop"
    if judged.refused is not None:
        return _("Refused"), "stop"
    return (_("Usable"), "good") if judged.usable else (_("Take again"), "caution")


def _reasons(photo: Photo, judged: Judged) -> Iterator[Reason]:
    if photo.status == PhotoStatus.QUEUED:
        return
    if photo.failure is not None:
        yield Reason(photo.failure, "")
    elif judged.refused is not None:
        yield Reason(*told(judged.refused))
    elif judged.quality is not None:
        for flag in judged.quality.flags:
            if FLAGS[flag.code].weight is not Weight.ADVISORY:
                yield Reason(*told(flag))
