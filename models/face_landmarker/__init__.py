"""The face model: MediaPipe's FaceLandmarker, its asset found and checked by hash, its model card."""

from models.face_landmarker.asset import FACE_MODEL_SHA256, find_face_model
from models.face_landmarker.landmarker import DetectedFace, FaceLandmarker

__all__ = ["FACE_MODEL_SHA256", "DetectedFace", "FaceLandmarker", "find_face_model"]
