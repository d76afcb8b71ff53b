"""From a document to HTML. Every string is escaped; no page carries inline script or style."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.documents import ComparisonDocument, RefusedDocument
from service.links.sharing import ShareOffer
from service.reports.chart import WIDTH
from service.reports.flags import parted
from service.reports.home import Home
from service.reports.limits import comparison_limits
from service.reports.overlays import drawn_lines, family_switches
from service.reports.photos import averaged, controls, photo_cards
from service.reports.rows import family_tables
from service.reports.summary import summary
from service.texts import _, language, ngettext

_WEB: Final = Path(__file__).parents[1] / "web"

STATIC_FOLDER: Final = _WEB / "static"
"""CSS, scripts and pictures that the pages ask for."""


@cache
def templates() -> Environment:
    """The pages' templates, escaping everything."""
    environment = Environment(
        loader=FileSystemLoader(_WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    # Not the newstyle, which would take every "%" in a text for the beginning of a placeholder.
    environment.install_gettext_callables(_, ngettext, newstyle=False)  # type: ignore[attr-defined]  # the extension's
    environment.globals["language"] = language
    return environment


def render_comparison_page(  # noqa: PLR0913  each is something that a reader may be offered
    document: ComparisonDocument,
    *,
    before_image: str,
    after_image: str,
    static: str = "/static",
    correct_links: Mapping[str, str] | None = None,
    pdf_link: str | None = None,
    export_link: str | None = None,
    home: Home | None = None,
    share: ShareOffer | None = None,
) -> str:
    """Write the report of one comparison.

    Parameters
    ----------
    before_image, after_image : addresses of the aligned photos, both of ``document.aligned_size_px``.
    static : address of the folder with CSS and scripts, without a slash at its end.
    correct_links : addresses of the pages on which the contours of ``before`` and ``after`` are corrected, for a reader
        who may.
    pdf_link : where the same report is had on paper.
    export_link : where the pair is made ready to be published, for a person who may.
    home : the way back, for a reader who is signed in.
    share : for a reader who may make links to it.
    """
    return (
        templates()
        .get_template("comparison.html")
        .render(
            static=static,
            home=home,
            images={"before": before_image, "after": after_image},
            size_px=document.aligned_size_px,
            summary=summary(document),
            tables=family_tables(document),
            bar_width=WIDTH,
            lines=drawn_lines(document),
            switches=family_switches(document),
            photos=photo_cards(document),
            averaged=averaged(document),
            controls=controls(document),
            alignment=document.alignment,
            method_version=document.method_version,
            limits=comparison_limits(document),
            correct_links=correct_links or {},
            pdf_link=pdf_link,
            export_link=export_link,
            share=share,
        )
    )


def render_refusal_page(document: RefusedDocument, *, static: str = "/static") -> str:
    """Say why a photo could not be measured, and what to do."""
    refused = document.refused
    return (
        templates()
        .get_template("refusal.html")
        .render(
            static=static,
            which="This photo" if refused.photo is None else f"The {refused.photo} photo",
            reason=parted(refused.code, refused.says),
        )
    )
