"""The frame in which a pair is shown and exported: eyes level, the face's middle in the middle, one size for both.

Photos reach it by rotation, scale and translation alone.
"""

from typing import Final

import numpy as np

from analysis.geometry import fit_similarity, homogeneous, transform
from analysis.registered_pair import RegisteredPair
from models.alignment import ALIGNED_SIZE_PX, Alignment
from models.analysis import PhotoAnalysis
from models.anatomy import Midline
from models.arrays import FloatArray
from models.landmarks import FaceLandmarks

ALIGNED_FACE_WIDTH_PX: Final = 840
"""Width of the face in the aligned frame: 30 % of the picture is left for hair, neck and background."""


def align_by_skin(pair: RegisteredPair) -> Alignment:
    """The similarities nearest to the registered motion, by the skin that was found again."""
    motion, found = pair.registration.motion, pair.registration.matches
    aligned = transform(_face_to_aligned(pair.before.landmarks), found)
    return Alignment(
        before_to_aligned=_similarity(pair.before, found, aligned),
        after_to_aligned=_similarity(pair.after, motion(found), aligned),
        residual_mm=pair.registration.residual_mm,
        yaw_deg=motion.yaw_deg,
        pitch_deg=motion.pitch_deg,
        roll_deg=motion.roll_deg,
    )


def align_by_landmarks(before: PhotoAnalysis, after: PhotoAnalysis) -> Alignment:
    """The similarities by the mesh's rigid points: good enough to look at, not to measure, hence without a residual."""
    anchors = before.landmarks.midline(Midline.RIGID_ANCHORS)
    aligned = transform(_face_to_aligned(before.landmarks), anchors)
    return Alignment(
        before_to_aligned=_similarity(before, anchors, aligned),
        after_to_aligned=_similarity(after, after.landmarks.midline(Midline.RIGID_ANCHORS), aligned),
        residual_mm=None,
        yaw_deg=after.landmarks.pose.yaw - before.landmarks.pose.yaw,
        pitch_deg=after.landmarks.pose.pitch - before.landmarks.pose.pitch,
        roll_deg=after.landmarks.pose.roll - before.landmarks.pose.roll,
    )


def _similarity(photo: PhotoAnalysis, found: FloatArray, aligned: FloatArray) -> FloatArray:
    """From the photo's pixel frame: fitted there, because a face frame's two axes may differ by a rounding."""
    return homogeneous(fit_similarity(photo.face.to_pixel(found), aligned))


def _face_to_aligned(landmarks: FaceLandmarks) -> FloatArray:
    """(2, 3) from the before's face frame to the aligned frame."""
    top, chin = landmarks.midline(Midline.FOREHEAD_TOP)[0], landmarks.midline(Midline.MENTON)[0]
    rotation = ALIGNED_FACE_WIDTH_PX / landmarks.face_width * np.stack([landmarks.rightward, -landmarks.upward])
    centre = (np.array(ALIGNED_SIZE_PX) - 1) / 2
    return np.column_stack([rotation, centre - rotation @ ((top + chin) / 2)])
