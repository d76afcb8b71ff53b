"""The slider as a page of its own: both pictures, style and script within, and nothing asked of anybody."""

import base64
from typing import Final

from service.exports.schemas import ExportTexts
from service.reports.page import templates

_TEMPLATE: Final = "exports/slider.html"


def slider_page(before: bytes, after: bytes, media_type: str, size_px: tuple[int, int], texts: ExportTexts) -> bytes:
    """The page, in UTF-8. The pictures in it carry their own credentials."""
    page = templates().get_template(_TEMPLATE)
    pictures = {"before": _embedded(before, media_type), "after": _embedded(after, media_type)}
    return page.render(pictures=pictures, size_px=size_px, texts=texts).encode()


def _embedded(picture: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(picture).decode()}"
