"""The analysis process: started by ``lockdown``, keeps the face model loaded and the last photos' analyses at hand."""

import ctypes
import hashlib
import sys
from collections import OrderedDict
from dataclasses import replace
from typing import Final

import cv2
from pydantic import BaseModel

from analysis.decode import decode, is_large
from analysis.geometry import reduced
from analysis.overlay import draw_photo_overlay, draw_profile_overlay, render_aligned
from analysis.pipeline import analyse_photo
from analysis.pose_hints import pose_hints
from models.analysis import PhotoAnalysis, ProfileAnalysis
from models.anatomy import View
from models.correction import CorrectionRefused
from models.errors import FaceModelMissingError
from models.face_landmarker.landmarker import FaceLandmarker
from models.quality import Refused
from service.documents import (
    Given,
    RefusedDocument,
    comparison_document,
    measurement_document,
    profile_document,
    refused_document,
)
from service.documents.pose_hints import HeldHeadDocument, pose_hints_document
from service.documents.publishing import PublishedDocument, PublishingOrder
from service.sandbox.child_loop import Job, run_child
from service.sandbox.light import Analysed, lighter, with_pixels
from service.sandbox.lockdown import EXIT_UNAVAILABLE
from service.sandbox.looks import LOOKS, jpeg, thumbnail, thumbnail_of
from service.sandbox.publishing import published
from service.sandbox.visits import compare_visits, on_given_scale, told_frames, with_corrections
from service.sandbox.workers import REFUSED_CORRECTION

_REMEMBERED_PHOTOS: Final = 4
_PIXELS_BYTES: Final = 48 * 2**20
"""Of all photos at hand together; those of others are decoded again where a picture is made of them."""
_PREVIEW_PX: Final = 480


class AnalysisJobs:
    """The jobs of the analysis process; a photo that is asked for again is not analysed again."""

    def __init__(self, landmarker: FaceLandmarker) -> None:
        self._landmarker = landmarker
        self._remembered: OrderedDict[bytes, Analysed] = OrderedDict()

    def by_name(self) -> dict[str, Job]:
        """Return the jobs under the names that the service calls them by."""
        return {
            **LOOKS,
            "pose_hints": self.pose_hints,
            "measure": self.measure,
            "compare": self.compare,
            "compare_shots": self.compare_shots,
            "publish": self.publish,
        }

    def pose_hints(self, preview: bytes, told: bytes = b"") -> tuple[bytes, ...]:
        """Say what to change before the photo is taken that ``preview`` is of, or nothing where it cannot be opened."""
        photo = decode(preview, at_least_px=_PREVIEW_PX)
        if isinstance(photo, Refused):
            return ()
        small = replace(photo, pixels=reduced(photo.pixels, _PREVIEW_PX))
        held = HeldHeadDocument.model_validate_json(told).head if told else None
        return (_json(pose_hints_document(pose_hints(small, self._landmarker, held))),)

    def measure(self, upload: bytes, view: bytes = b"frontal", told: bytes = b"{}") -> tuple[bytes, ...]:
        """Measure one photo: the document, the overlay picture and a small one; or the refusal, with nothing drawn."""
        analysis, given = self._analysed(upload, View(view.decode())), Given.model_validate_json(told)
        if isinstance(analysis, Refused):
            return _json(refused_document(analysis)), b"", thumbnail_of(upload)
        if isinstance(analysis, ProfileAnalysis):
            shown = with_pixels(analysis, [upload])
            return _json(profile_document(analysis)), jpeg(draw_profile_overlay(shown)), thumbnail(shown.photo)
        placed = with_corrections(analysis, *given.corrections[:1] or ((),), checked=given.checked)
        if isinstance(placed, CorrectionRefused):
            return (REFUSED_CORRECTION + placed.reason.encode(),)
        scaled = on_given_scale(placed, given.subject)
        pictured = with_pixels(scaled, [upload])
        return _json(measurement_document(scaled)), jpeg(draw_photo_overlay(pictured)), thumbnail(pictured.photo)

    def compare(self, before_upload: bytes, after_upload: bytes, view: bytes = b"frontal") -> tuple[bytes, ...]:
        """Compare two photos: the document and, where they could be aligned, both aligned pictures; or the refusal."""
        return self.compare_shots(
            Given(view=View(view.decode())).model_dump_json().encode(), before_upload, after_upload
        )

    def compare_shots(self, told: bytes, *uploads: bytes) -> tuple[bytes, ...]:
        """Compare two visits of one or several photos each; the first ``befores`` uploads are the one visit's."""
        given, share = Given.model_validate_json(told), _PIXELS_BYTES // len(uploads)
        found = compare_visits([lighter(self._analysed(upload, given.view), share) for upload in uploads], given)
        if isinstance(found, RefusedDocument):
            return (_json(found),)
        if isinstance(found, CorrectionRefused):
            return (REFUSED_CORRECTION + found.reason.encode(),)
        document = _json(
            comparison_document(found.before, found.after, found.comparison, told_frames(found), given.floors)
        )
        alignment = found.comparison.alignment
        if alignment is None:
            return (document,)
        return (
            document,
            jpeg(render_aligned(with_pixels(found.before, uploads), alignment.before_to_aligned)),
            jpeg(render_aligned(with_pixels(found.after, uploads), alignment.after_to_aligned)),
        )

    def publish(self, told: bytes, *blobs: bytes) -> tuple[bytes, ...]:
        """Draw a pair for publishing: what was done, and the files; ``blobs`` are both uploads and perhaps a logo."""
        order, uploads = PublishingOrder.model_validate_json(told), blobs[:2]
        before, after = (lighter(self._analysed(one, order.view), _PIXELS_BYTES // 2) for one in uploads)
        if not (isinstance(before, PhotoAnalysis) and isinstance(after, PhotoAnalysis)):
            return (_json(PublishedDocument(refused="One of the photos cannot be measured.")),)
        document, files = published(order, before, after, uploads, *blobs[2:])
        return _json(document), *files

    def _analysed(self, upload: bytes, view: View) -> Analysed:
        key = hashlib.sha256(upload).digest() + view.encode()
        known = self._remembered.pop(key, None)
        if known is None and is_large(upload):
            self._make_room()
        analysis = known or analyse_photo(upload, self._landmarker, view)
        if not isinstance(analysis, Refused):
            self._remembered[key] = lighter(analysis, _PIXELS_BYTES // _REMEMBERED_PHOTOS)
            if len(self._remembered) > _REMEMBERED_PHOTOS:
                self._remembered.popitem(last=False)
        return analysis

    def _make_room(self) -> None:
        """Forget what is at hand, and give the kernel back what the C library keeps of what was freed."""
        self._remembered.clear()
        ctypes.CDLL(None).malloc_trim(0)


def _json(document: BaseModel) -> bytes:
    return document.model_dump_json().encode()


def main(cpu_seconds: float) -> None:
    """Load the face model, then serve jobs."""
    cv2.setNumThreads(1)
    try:
        landmarker = FaceLandmarker()
    except FaceModelMissingError as missing:
        sys.stderr.write(f"{missing}\n")
        sys.exit(EXIT_UNAVAILABLE)
    with landmarker:
        run_child(AnalysisJobs(landmarker).by_name(), cpu_seconds)


if __name__ == "__main__":
    main(float(sys.argv[1]))
