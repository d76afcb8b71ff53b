"""What a pose difference does about the eye that the mesh's depth does not know.

The mesh runs nearly flat over the open eye. In truth the upper lid's margin stands 2 mm before the lower lid's: when
the chin sinks, the nearer edge sinks in the picture against the farther one.
"""

from typing import Final

import numpy as np

from analysis.registered_pair import RegisteredPair
from models.anatomy import Outline
from models.arrays import FloatArray

_AHEAD_OF_IRIS_MM: Final = {Outline.UPPER_LID: 1.2, Outline.LOWER_LID: -0.9}
"""Depth at which a margin behaves, before the iris as it is followed by its lower limbus (13 rendered faces, regression
on pitch; in their geometry the margins stand 2.2 and 0.3 mm before the pupil, SD 0.3 and 0.4)."""


def unseen_sinking_mm(pair: RegisteredPair, margin: Outline, line: FloatArray, iris: FloatArray) -> float:
    """How far a lid margin sank against the iris by pose alone, beyond what the registration took out, mm.

    Parameters
    ----------
    line : (n, 2) of the margin; ``iris`` its centre (2,); both in the before's face frame.
    """
    depth = pair.registration.motion.depth
    taken_mm = float(depth.at(line).mean() - depth.at(iris[None])[0]) * depth.face_width / pair.px_per_mm
    return float(np.radians(pair.pitch_difference_deg)) * (_AHEAD_OF_IRIS_MM[margin] - taken_mm)
