"""What no figure of a report says, the same on page and paper."""

from dataclasses import dataclass
from typing import Final

from service.documents import ComparisonDocument
from service.reports.photos import scale_spread_percent


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: its name, and what it is."""

    title: str
    says: str


_NOT_A_DIAGNOSIS: Final = Limit(
    "Not a diagnosis.",
    "A change is detectable or not, up or down; whether it is good is for the practitioner to say.",
)
_SHADING: Final = Limit(
    "Shading, not tissue.",
    "Fold depth and lines are measured as light and dark in the photo. They are not millimetres of skin, and other "
    "light changes them.",
)

SERIES_LIMITS: Final = (
    _NOT_A_DIAGNOSIS,
    Limit(
        "Lasting and passing.",
        "What lasts is told from photos taken before a session. Photos taken minutes after one show swelling and "
        "tension too, and count only for what passes.",
    ),
    Limit(
        "One face without a twin.",
        "Nobody knows what the face would have done without the course: age, season, sleep and weight move it too.",
    ),
    Limit(
        "Photos do not say why.",
        "Fillers, botulinum toxin, other devices, weight, swelling and make-up change a face and cannot be told apart "
        "here unless they are recorded.",
    ),
    _SHADING,
    Limit(
        "Scale.",
        "One scale holds for all photos of a person. It stretches all changes alike and can neither hide nor make one.",
    ),
)


def comparison_limits(document: ComparisonDocument) -> tuple[Limit, ...]:
    """The limits of a comparison of two photos."""
    return (
        _NOT_A_DIAGNOSIS,
        Limit(
            "Photos do not say why.",
            "Fillers, botulinum toxin, other devices, weight, sleep, swelling and make-up change a face too and cannot "
            "be told apart here.",
        ),
        _SHADING,
        Limit("Scale.", _scale(document)),
        Limit(
            "Intervals",
            "cover the error of measuring these two photos. How a face differs from day to day is not in them.",
        ),
    )


def _scale(document: ComparisonDocument) -> str:
    spread = scale_spread_percent(document)
    if document.before.scale is not None and document.before.scale.method == "iris_measured":
        return (
            "Millimetres rest on the width of this person's iris as the clinic measured it, uncertain by "
            f"±{spread} %. It stretches all changes alike and can neither hide nor make one."
        )
    return (
        f"Millimetres rest on an iris of average width. Between persons that is uncertain by ±{spread} %; for one "
        "person it stretches all changes alike and can neither hide nor make one."
    )
