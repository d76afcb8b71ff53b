"""What the choices of an export are called on the pages; purposes and regions as consents call them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.consent import ConsentState
from models.publishing import Aspect, ImageType, Layout, Size
from service.consents.words import REGIONS, purpose_words
from service.exports.repository import ExportStatus
from service.texts import N_

__all__ = ["ASPECTS", "CONSENTS", "IMAGE_TYPES", "LAYOUTS", "REGIONS", "SIZES", "STATUSES", "purpose_words"]

LAYOUTS: Final[Mapping[Layout, str]] = MappingProxyType(
    {
        Layout.SIDE_BY_SIDE: N_("Side by side"),
        Layout.STACKED: N_("One below the other"),
        Layout.PAIR: N_("Two single pictures (zip)"),
        Layout.SLIDER: N_("Slider (web page)"),
        Layout.GIF: N_("Moving picture (GIF)"),
        Layout.WEBP: N_("Moving picture (WebP)"),
    }
)
"""Those that can be made here."""
ASPECTS: Final[Mapping[Aspect, str]] = MappingProxyType(
    {
        Aspect.ORIGINAL: N_("As it is"),
        Aspect.SQUARE: "1:1",
        Aspect.PORTRAIT: "4:5",
        Aspect.STORY: "9:16",
        Aspect.WIDE: "16:9",
    }
)
SIZES: Final[Mapping[Size, str]] = MappingProxyType(
    {
        Size.SOCIAL: N_("Screen (1080 px wide)"),
        Size.PRINT: N_("Print (up to 4000 px, 300 dpi)"),
        Size.ORIGINAL: N_("As large as the photos"),
    }
)
IMAGE_TYPES: Final[Mapping[ImageType, str]] = MappingProxyType(
    {ImageType.JPEG: "JPEG", ImageType.PNG: "PNG", ImageType.WEBP: "WebP"}
)
CONSENTS: Final[Mapping[ConsentState, str]] = MappingProxyType(
    {
        ConsentState.GIVEN: N_("Consent given"),
        ConsentState.EXPIRED: N_("Consent ran out"),
        ConsentState.WITHDRAWN: N_("Consent withdrawn"),
        ConsentState.NEVER: N_("No consent recorded"),
    }
)
STATUSES: Final[Mapping[ExportStatus, str]] = MappingProxyType(
    {
        ExportStatus.QUEUED: N_("Being drawn"),
        ExportStatus.MADE: N_("Ready"),
        ExportStatus.REFUSED: N_("Cannot be published"),
        ExportStatus.FAILED: N_("Failed"),
    }
)
