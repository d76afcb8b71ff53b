"""The page on which contours are placed."""

import json
from typing import Any, Final

from models.anatomy import Side
from models.correction import ContourName
from service.corrections.schemas import CorrectionsAnswer
from service.reports.home import Home
from service.reports.page import templates
from service.reports.words import spoken

_CHOICES: Final = tuple(  # the subject's right first, as it stands first in the picture
    (side, contour, f"{side.capitalize()} {spoken(contour).lower()}")
    for contour in ContourName
    for side in (Side.RIGHT, Side.LEFT)
)


def render_correction_page(
    seen: CorrectionsAnswer, *, static: str = "/static", csrf: str | None = None, home: Home | None = None
) -> str:
    """Write the page; what it draws travels as JSON in a block that browsers do not run.

    Parameters
    ----------
    csrf : of the reader's session, where they are signed in.
    home : the way back for them.
    """
    return (
        templates()
        .get_template("correction.html")
        .render(
            static=static,
            home=home,
            csrf=csrf,
            photo_id=seen.photo_id,
            size_px=seen.size_px,
            mm_per_px=seen.mm_per_px,
            choices=_CHOICES,
            contours=_contours(seen),
        )
    )


def _contours(seen: CorrectionsAnswer) -> dict[str, Any]:
    """As plain data, for the template to write as JSON."""
    data: dict[str, Any] = json.loads(seen.model_dump_json(include={"contours_px", "corrections"}))
    return data
