"""The analysis process: started by ``lockdown``, keeps the face model loaded and the last photos' analyses at hand."""

import hashlib
import sys
from collections import OrderedDict
from io import BytesIO
from typing import Final, Literal

import cv2
from PIL import Image
from pydantic import BaseModel

from analysis.decode import inspect
from analysis.overlay import draw_photo_overlay, draw_profile_overlay, render_aligned
from analysis.pipeline import analyse_photo, compare_photos
from models.analysis import PhotoAnalysis, ProfileAnalysis
from models.anatomy import View
from models.arrays import Pixels
from models.errors import FaceModelMissingError
from models.face_landmarker import FaceLandmarker
from models.quality import Flag, FlagCode, Refused
from service.documents import comparison_document, measurement_document, profile_document, refused_document
from service.sandbox.child_loop import Job, run_child
from service.sandbox.lockdown import EXIT_UNAVAILABLE

_REMEMBERED_PHOTOS: Final = 4
_JPEG_QUALITY: Final = 90


class AnalysisJobs:
    """The jobs of the analysis process; a photo that is asked for again is not analysed again."""

    def __init__(self, landmarker: FaceLandmarker) -> None:
        self._landmarker = landmarker
        self._remembered: OrderedDict[bytes, PhotoAnalysis | ProfileAnalysis] = OrderedDict()

    def by_name(self) -> dict[str, Job]:
        """Return the jobs under the names that the service calls them by."""
        return {"check": self.check, "measure": self.measure, "compare": self.compare}

    def check(self, upload: bytes) -> tuple[bytes, ...]:
        """Judge the header: nothing, or the refusal."""
        refused = inspect(upload)
        return () if refused is None else (_json(refused_document(refused)),)

    def measure(self, upload: bytes, view: bytes = b"frontal") -> tuple[bytes, ...]:
        """Measure one photo: the document and the overlay picture, or the refusal."""
        analysis = self._analysed(upload, View(view.decode()))
        if isinstance(analysis, Refused):
            return (_json(refused_document(analysis)),)
        if isinstance(analysis, ProfileAnalysis):
            return _json(profile_document(analysis)), _jpeg(draw_profile_overlay(analysis))
        return _json(measurement_document(analysis)), _jpeg(draw_photo_overlay(analysis))

    def compare(self, before_upload: bytes, after_upload: bytes, view: bytes = b"frontal") -> tuple[bytes, ...]:
        """Compare two photos: the document and, where they could be aligned, both aligned pictures; or the refusal."""
        before, after = (self._analysed(upload, View(view.decode())) for upload in (before_upload, after_upload))
        if isinstance(before, Refused):
            return _refusal(before, "before")
        if isinstance(after, Refused):
            return _refusal(after, "after")
        if isinstance(before, ProfileAnalysis) or isinstance(after, ProfileAnalysis):
            return (_json(refused_document(Refused(Flag.of(FlagCode.PROFILES_NOT_COMPARED)))),)
        comparison = compare_photos(before, after)
        document = _json(comparison_document(before, after, comparison))
        if comparison.alignment is None:
            return (document,)
        return (
            document,
            _jpeg(render_aligned(before, comparison.alignment.before_to_aligned)),
            _jpeg(render_aligned(after, comparison.alignment.after_to_aligned)),
        )

    def _analysed(self, upload: bytes, view: View) -> PhotoAnalysis | ProfileAnalysis | Refused:
        key = hashlib.sha256(upload).digest() + view.encode()
        analysis = self._remembered.pop(key, None) or analyse_photo(upload, self._landmarker, view)
        if not isinstance(analysis, Refused):
            self._remembered[key] = analysis
            if len(self._remembered) > _REMEMBERED_PHOTOS:
                self._remembered.popitem(last=False)
        return analysis


def _refusal(refused: Refused, photo: Literal["before", "after"]) -> tuple[bytes, ...]:
    return (_json(refused_document(refused, photo)),)


def _json(document: BaseModel) -> bytes:
    return document.model_dump_json().encode()


def _jpeg(pixels: Pixels) -> bytes:
    encoded = BytesIO()
    Image.fromarray(pixels).save(encoded, "JPEG", quality=_JPEG_QUALITY)
    return encoded.getvalue()


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
