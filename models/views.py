"""What each view shows: how far the head is turned in it, and what can be measured there.

Frontal is the reference view; its measures are all measured. A view's measurands are those that rendered faces with
known truth have shown to work there (docs/decisions/0005-views.md); the others are refused with the reason.
"""

from types import MappingProxyType
from typing import Final

from models.anatomy import Side, View
from models.measurand import MEASURANDS, MeasurandCode, Unit

OBLIQUE_FROM_DEG: Final = 25.0
PROFILE_FROM_DEG: Final = 60.0
"""Obliques are taken at 45 degrees (Henderson 2005, Facial Plast Surg Clin 13:1): these lie well beyond where a hand
and the mesh's own error of 5 degrees at 42 would put them."""

_OBLIQUE_MEASURANDS: Final = frozenset({MeasurandCode.PERIORBITAL_LINES})
MEASURED: Final = MappingProxyType(
    {
        View.FRONTAL: frozenset(MeasurandCode) - {MeasurandCode.CERVICOMENTAL_ANGLE},
        View.OBLIQUE_LEFT: _OBLIQUE_MEASURANDS,
        View.OBLIQUE_RIGHT: _OBLIQUE_MEASURANDS,
        View.PROFILE_LEFT: frozenset({MeasurandCode.CERVICOMENTAL_ANGLE}),
        View.PROFILE_RIGHT: frozenset({MeasurandCode.CERVICOMENTAL_ANGLE}),
    }
)

"""The measurands of each view, of its near side where they have sides."""

PROFILES: Final = frozenset({View.PROFILE_LEFT, View.PROFILE_RIGHT})


def view_shown(yaw_deg: float) -> View:
    """The view that a head turned by ``yaw_deg`` (positive to the subject's left) shows."""
    if abs(yaw_deg) < OBLIQUE_FROM_DEG:
        return View.FRONTAL
    kind = "oblique" if abs(yaw_deg) < PROFILE_FROM_DEG else "profile"
    return View(f"{kind}_{Side.RIGHT if yaw_deg > 0 else Side.LEFT}")


def turn_limit_deg(sent: View, shown: View) -> float:
    """The turn of the head at which a photo would cross from the view that it shows towards the one it was sent as."""
    towards_profile = {View.FRONTAL: 0, View.OBLIQUE_LEFT: 1, View.OBLIQUE_RIGHT: 1}
    at_sent, at_shown = towards_profile.get(sent, 2), towards_profile.get(shown, 2)
    if at_sent == at_shown:  # the other side
        return 0.0
    return OBLIQUE_FROM_DEG if min(at_sent, at_shown) == 0 else PROFILE_FROM_DEG


def why_not_in(view: View, measurand: MeasurandCode, side: Side | None) -> str | None:
    """Why a measurand is not measured in a view; None where it is."""
    if measurand in MEASURED[view] and (view is View.FRONTAL or side in {view.near_side, None}):
        return None
    return f"Not measured in this view: {_reason(view, measurand, side)}"


def _reason(view: View, measurand: MeasurandCode, side: Side | None) -> str:
    if measurand is MeasurandCode.CERVICOMENTAL_ANGLE:
        return "it needs the outline in profile."
    if side is None:
        return "it needs both sides of the face, and one faces away."
    if side is not view.near_side:
        return f"the subject's {side} side faces away from the camera."
    return f"{_why_not_from_aside(view, measurand)}; take it from the front."


def _why_not_from_aside(view: View, measurand: MeasurandCode) -> str:
    if view in PROFILES:
        return "the face is seen from the side"
    if measurand is MeasurandCode.CANTHAL_TILT:
        return "it needs both inner corners of the eyes face on"
    if MEASURANDS[measurand].change_unit is Unit.PERCENT:
        return "it has not been shown to work there"
    return "the iris is seen from the side and gives no scale"
