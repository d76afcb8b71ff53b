"""Pairs for publishing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.client.calls import Calls, shapes

if TYPE_CHECKING:
    from collections.abc import Sequence


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

    def get_exports_zip(self, export_ids: Sequence[str]) -> bytes:
        """Get the files of several exports as one zip."""
        return self._bytes("GET", "/exports.zip", query={"ids": ",".join(export_ids)})

    def note_publication(self, export_id: str, new: shapes.NewPublication) -> shapes.ExportAnswer:
        """Note where the export was published."""
        return self._ask("POST", f"/exports/{export_id}/publications", shapes.ExportAnswer, body=new)

    def note_taken_down(self, export_id: str, publication_id: str, taken: shapes.TakenDown) -> shapes.ExportAnswer:
        """Note since when it is no longer there."""
        path = f"/exports/{export_id}/publications/{publication_id}"
        return self._ask("PATCH", path, shapes.ExportAnswer, body=taken)

    def get_export_preview(self, comparison_id: str, wanted: shapes.PreviewOptions) -> bytes:
        """See a small picture of what an export would be, under the same conditions."""
        query = wanted.model_dump(mode="json", exclude_unset=True)
        return self._bytes("GET", f"/comparisons/{comparison_id}/export-preview", query=query)

    def get_honest_pair(self, comparison_id: str) -> shapes.HonestyDocument:
        """See how fair the pair is, with every reason."""
        return self._ask("GET", f"/comparisons/{comparison_id}/honest-pair", shapes.HonestyDocument)
