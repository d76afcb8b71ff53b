"""Inside the analysis process: analyses that keep no large picture, which is decoded again where one is drawn."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from analysis.decode import decode
from models.analysis import PhotoAnalysis, ProfileAnalysis
from models.photo import Photo
from models.quality import Refused

Analysed = PhotoAnalysis | ProfileAnalysis | Refused
Looked = TypeVar("Looked", PhotoAnalysis, ProfileAnalysis)


def lighter(analysis: Analysed, most_bytes: int) -> Analysed:
    """The same, without its picture where that has more than ``most_bytes``. What was measured stays."""
    if isinstance(analysis, Refused) or analysis.photo.pixels.nbytes <= most_bytes:
        return analysis
    blank = np.broadcast_to(np.zeros(1, np.uint8), analysis.photo.pixels.shape)  # one byte, of the picture's shape
    return replace(analysis, photo=replace(analysis.photo, pixels=blank))


def with_pixels(analysis: Looked, uploads: Sequence[bytes]) -> Looked:
    """The same, with its picture: decoded again, out of one of ``uploads``, where it was left out."""
    photo = analysis.photo
    if photo.pixels.strides != (0, 0, 0):
        return analysis
    upload = next(upload for upload in uploads if hashlib.sha256(upload).hexdigest() == photo.sha256)
    decoded = decode(upload, at_least_px=max(photo.pixels.shape))
    assert isinstance(decoded, Photo)  # noqa: S101  it was decoded before
    return replace(analysis, photo=decoded)
