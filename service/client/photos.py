"""Photos and the contours placed by hand in them."""

from __future__ import annotations

from datetime import date

from service.client.calls import Calls, read, shapes


class PhotoCalls(Calls):
    """Photos and the contours placed by hand in them."""

    def list_photos(
        self,
        visit_id: str,
        *,
        after: str | None = None,
        limit: int = 50,
        status: shapes.PhotoStatus | None = None,
        view: shapes.View | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> shapes.Page[shapes.PhotoSummary]:
        """List a visit's photos."""
        return self._ask(
            "GET",
            f"/visits/{visit_id}/photos",
            shapes.Page[shapes.PhotoSummary],
            query={"after": after, "limit": limit, "status": status, "view": view, "from": since, "until": until},
        )

    def list_photos_of_subject(
        self,
        subject_id: str,
        *,
        after: str | None = None,
        limit: int = 50,
        status: shapes.PhotoStatus | None = None,
        view: shapes.View | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> shapes.Page[shapes.PhotoSummary]:
        """List the photos of all of a subject's visits."""
        return self._ask(
            "GET",
            f"/subjects/{subject_id}/photos",
            shapes.Page[shapes.PhotoSummary],
            query={"after": after, "limit": limit, "status": status, "view": view, "from": since, "until": until},
        )

    def list_photos_of_clinic(
        self,
        *,
        after: str | None = None,
        limit: int = 50,
        status: shapes.PhotoStatus | None = None,
        view: shapes.View | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> shapes.Page[shapes.PhotoSummary]:
        """List the clinic's photos, for instance those that were refused today."""
        return self._ask(
            "GET",
            "/photos",
            shapes.Page[shapes.PhotoSummary],
            query={"after": after, "limit": limit, "status": status, "view": view, "from": since, "until": until},
        )

    def get_photo(self, photo_id: str) -> shapes.PhotoAnswer:
        """See a photo's status and measurements."""
        return self._ask("GET", f"/photos/{photo_id}", shapes.PhotoAnswer)

    def erase_photo(self, photo_id: str) -> None:
        """Erase a photo with its pictures and every comparison that it is in."""
        self._do("DELETE", f"/photos/{photo_id}")

    def get_file(self, photo_id: str) -> bytes:
        """Get the file exactly as it was uploaded, with whatever metadata it had."""
        return self._bytes("GET", f"/photos/{photo_id}/file")

    def get_overlay(self, photo_id: str) -> bytes:
        """Get the photo with what was measured drawn on it, without metadata."""
        return self._bytes("GET", f"/photos/{photo_id}/overlay")

    def get_thumbnail(self, photo_id: str) -> bytes:
        """Get the photo upright and small, at most 320 px long, without metadata."""
        return self._bytes("GET", f"/photos/{photo_id}/thumbnail")

    def give_pose_hints(
        self, subject_id: str, preview: bytes, *, baseline_photo_id: str | None = None
    ) -> shapes.PoseHintsDocument:
        """Say what to change before a photo is taken; ``preview`` is what the camera sees, a JPEG of about 480 px."""
        query = {"baseline_photo_id": baseline_photo_id}
        response = self._sent(
            "POST", f"/subjects/{subject_id}/pose-hints", query, preview, {"Content-Type": "image/jpeg"}
        )
        return read(shapes.PoseHintsDocument, response)

    def list_corrections(self, photo_id: str) -> shapes.CorrectionsAnswer:
        """See the photo's contours, which of them were placed by hand, and every correction there was."""
        return self._ask("GET", f"/photos/{photo_id}/corrections", shapes.CorrectionsAnswer)

    def place_correction(
        self,
        photo_id: str,
        side: shapes.Side,
        contour: shapes.ContourName,
        new: shapes.NewCorrection,
        *,
        wait: float = 0,
    ) -> shapes.CorrectionAnswer:
        """Place a contour by hand."""
        return self._ask(
            "PUT",
            f"/photos/{photo_id}/corrections/{side}/{contour}",
            shapes.CorrectionAnswer,
            body=new,
            query={"wait": wait},
        )

    def withdraw_correction(
        self, photo_id: str, side: shapes.Side, contour: shapes.ContourName, *, wait: float = 0
    ) -> None:
        """Take what the program found again."""
        self._do("DELETE", f"/photos/{photo_id}/corrections/{side}/{contour}", query={"wait": wait})

    def get_picture(self, photo_id: str) -> bytes:
        """Get the photo upright, at most 2400 px long, without metadata."""
        return self._bytes("GET", f"/photos/{photo_id}/picture")

    def make_correction_link(self, photo_id: str, new: shapes.NewCorrectionLink | None = None) -> shapes.LinkAnswer:
        """Make a link that lets whoever has it see this photo and place its contours, and nothing else."""
        return self._ask("POST", f"/photos/{photo_id}/correction-link", shapes.LinkAnswer, body=new)

    def get_photo_as_fhir(self, photo_id: str) -> bytes:
        """Get a photo's measurements as FHIR R4B: a DiagnosticReport with an Observation for each of them."""
        return self._bytes("GET", f"/photos/{photo_id}/fhir")

    def get_photo_as_dicom(self, photo_id: str) -> bytes:
        """Get the upright photo as a DICOM file, without the camera's metadata."""
        return self._bytes("GET", f"/photos/{photo_id}/dicom")
