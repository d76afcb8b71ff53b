"""Consents in words for people."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from models.consent import ConsentState, Purpose, Region
from service.texts import N_, _

PURPOSES: Final[Mapping[Purpose, tuple[str, str]]] = MappingProxyType(
    {
        Purpose.CLINICAL: (N_("Clinical"), N_("Shown to the subject and to those who treat it, also by a link.")),
        Purpose.WEBSITE: (N_("Website"), N_("Shown on the clinic's own pages.")),
        Purpose.SOCIAL_MEDIA: (N_("Social media"), N_("Posted where others may pass it on.")),
        Purpose.PRINT: (N_("Print"), N_("Flyers, posters, articles.")),
        Purpose.TRAINING: (N_("Training"), N_("Shown to people who learn to treat.")),
    }
)
"""What each purpose is called, and what it means."""

REGIONS: Final[Mapping[Region, str]] = MappingProxyType(
    {
        Region.FACE: N_("Whole face"),
        Region.EYES: N_("Eyes"),
        Region.LOWER_FACE: N_("Lower face"),
        Region.JAWLINE: N_("Jawline"),
    }
)

STATES: Final[Mapping[ConsentState, tuple[str, str]]] = MappingProxyType(
    {
        ConsentState.GIVEN: (N_("Given"), "badge badge--good"),
        ConsentState.EXPIRED: (N_("Expired"), "badge badge--caution"),
        ConsentState.WITHDRAWN: (N_("Withdrawn"), "badge badge--stop"),
        ConsentState.NEVER: (N_("Not recorded"), "tag tag--quiet"),
    }
)
"""What each state is called, and the class that it is shown by."""


def purpose_words(purpose: Purpose) -> str:
    """The purpose's name."""
    return _(PURPOSES[purpose][0])


def regions_words(regions: Iterable[Region]) -> str:
    """The regions with commas between them; the whole face says it all."""
    told = list(regions)
    return _(REGIONS[Region.FACE]) if Region.FACE in told else ", ".join(_(REGIONS[one]) for one in told)
