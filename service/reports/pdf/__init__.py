"""The reports as PDF: typeset on this machine by typst, from data that is never read as code."""

from service.reports.pdf.comparison import comparison_pdf
from service.reports.pdf.letterhead import Letterhead
from service.reports.pdf.series import series_pdf

__all__ = ["Letterhead", "comparison_pdf", "series_pdf"]
