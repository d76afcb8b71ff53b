"""The comparison of two photos as PDF."""

from service.documents import ComparisonDocument
from service.reports.pdf.typeset import picture_name, typeset
from service.reports.summary import summary


def comparison_pdf(document: ComparisonDocument, before_jpeg: bytes, after_jpeg: bytes) -> bytes:
    """Lay out the comparison on A4, with both aligned photos."""
    pictures = {
        name: content
        for number, content in enumerate((before_jpeg, after_jpeg))
        if (name := picture_name(number, content)) is not None
    }
    data = {"headline": summary(document).headline, "method": document.method_version, "pictures": list(pictures)}
    return typeset("comparison", data, pictures)
