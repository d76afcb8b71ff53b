"""The report of a series as a page. Every string is escaped; the page carries no inline script or style."""

from collections.abc import Mapping
from types import MappingProxyType

from models.alignment import ALIGNED_SIZE_PX
from service.documents.series import SeriesDocument
from service.links.sharing import ShareOffer
from service.reports.home import Home
from service.reports.limits import SERIES_LIMITS
from service.reports.page import templates
from service.reports.series import sparkline, timeline
from service.reports.series.first_screen import first_screen
from service.reports.series.tables import measure_charts, tables
from service.reports.series.visits import player, visit_cards


def render_series_page(  # noqa: PLR0913  each is something that a reader may be offered
    document: SeriesDocument,
    *,
    images: Mapping[str, str],
    compare_links: Mapping[str, str] = MappingProxyType({}),
    static: str = "/static",
    csv_link: str | None = None,
    pdf_link: str | None = None,
    home: Home | None = None,
    share: ShareOffer | None = None,
) -> str:
    """Write the report of one subject's series.

    Parameters
    ----------
    images : addresses of the aligned photos, all in the reference's frame, by ``photo``.
    compare_links : addresses of the full comparison of the reference with a photo, by ``photo``.
    static : address of the folder with CSS and scripts, without a slash at its end.
    csv_link, pdf_link : where the same series is had as a table and on paper.
    home : the way back, for a reader who is signed in.
    share : for a reader who may make links to it.
    """
    cards = visit_cards(document, images, compare_links)
    return (
        templates()
        .get_template("series.html")
        .render(
            static=static,
            home=home,
            csv_link=csv_link,
            pdf_link=pdf_link,
            share=share,
            screen=first_screen(document),
            tables=tables(document),
            measures=measure_charts(document),
            visits=cards,
            player=player(document, cards),
            size_px=ALIGNED_SIZE_PX,
            chart_px=(timeline.WIDTH, timeline.HEIGHT),
            spark_px=(sparkline.WIDTH, sparkline.HEIGHT),
            limits=SERIES_LIMITS,
            method_version=document.method_version,
        )
    )
