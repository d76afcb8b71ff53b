"""The report of one comparison: a page, and a folder that opens without a server."""

from service.reports.folder import write_report_folder
from service.reports.page import STATIC_FOLDER, render_comparison_page, render_refusal_page

__all__ = ["STATIC_FOLDER", "render_comparison_page", "render_refusal_page", "write_report_folder"]
