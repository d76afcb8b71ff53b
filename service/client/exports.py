"""Pairs for publishing."""

from __future__ import annotations

from models.consent import Purpose, Region
from models.publishing import Aspect, ImageType, Layout, Size
from service.client.calls import Calls, shapes


class ExportCalls(Calls):
    """Pairs for publishing."""

    def make_export(self, new: shapes.NewExport, *, wait: float = 60, key: str | None = None) -> shapes.ExportAnswer:
        """Make a pair ready to be published; it needs the subject's consent to purpose and region."""
        return self._ask("POST", "/exports", shapes.ExportAnswer, body=new, query={"wait": wait}, key=key)

    def list_exports(
        self, *, before: str | None = None, limit: int = 50, subject_id: str | None = None
    ) -> shapes.ExportPage:
        """List the clinic's exports, or one subject's, the newest first."""
        query = {"before": before, "limit": limit, "subject_id": subject_id}
        return self._ask("GET", "/exports", shapes.ExportPage, query=query)

    def get_export(self, export_id: str) -> shapes.ExportAnswer:
        """See an export, and whether it has ended."""
        return self._ask("GET", f"/exports/{export_id}", shapes.ExportAnswer)

    def get_export_file(self, export_id: str) -> bytes:
        """Get the file to be published, as long as the consent holds."""
        return self._bytes("GET", f"/exports/{export_id}/file")

    def get_export_thumbnail(self, export_id: str) -> bytes:
        """Get a small picture of what the file shows."""
        return self._bytes("GET", f"/exports/{export_id}/thumbnail")

    def get_exports_zip(self, *, ids: str) -> bytes:
        """Get the files of several exports, their ids with commas between them, as one zip."""
        return self._bytes("GET", "/exports.zip", query={"ids": ids})

    def note_publication(self, export_id: str, new: shapes.NewPublication) -> shapes.ExportAnswer:
        """Note where the export was published."""
        return self._ask("POST", f"/exports/{export_id}/publications", shapes.ExportAnswer, body=new)

    def note_taken_down(self, export_id: str, publication_id: str, new: shapes.TakenDown) -> shapes.ExportAnswer:
        """Note since when it is no longer there."""
        path = f"/exports/{export_id}/publications/{publication_id}"
        return self._ask("PATCH", path, shapes.ExportAnswer, body=new)

    def get_export_preview(  # noqa: PLR0913  as the call has them
        self,
        comparison_id: str,
        *,
        purpose: Purpose,
        format: Layout,  # noqa: A002  the API's own word
        image_type: ImageType = ImageType.JPEG,
        aspect: Aspect = Aspect.ORIGINAL,
        region: Region = Region.FACE,
        size: Size = Size.ORIGINAL,
        caption: bool = True,
        eye_bar: bool = False,
    ) -> bytes:
        """See a small picture of what an export would be, under the same conditions."""
        query = {"purpose": purpose, "format": format, "image_type": image_type, "aspect": aspect, "region": region}
        also = {"size": size, "caption": caption, "eye_bar": eye_bar}
        return self._bytes("GET", f"/comparisons/{comparison_id}/export-preview", query={**query, **also})

    def get_honest_pair(self, comparison_id: str) -> shapes.HonestyDocument:
        """See how fair the pair is, with every reason."""
        return self._ask("GET", f"/comparisons/{comparison_id}/honest-pair", shapes.HonestyDocument)
