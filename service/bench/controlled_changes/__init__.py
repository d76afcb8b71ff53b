"""Photos of real faces with a change put in whose size is known: what a photograph cannot say of itself.

``source_face`` cuts a face out of a photo; ``plan`` draws what is changed; ``pair`` makes both photos, with ``fields``
(moved skin), ``eyeball`` (what a raised lid uncovers), ``shading`` (folds and lines), ``camera`` (the head's pose and
distance) and ``nuisance`` (light, blur, noise, compression); ``truth`` says what changed.
"""

from service.bench.controlled_changes.changes import NO_CHANGE, SideChange
from service.bench.controlled_changes.nuisance import Grade
from service.bench.controlled_changes.pair import ControlledPair, controlled_pair
from service.bench.controlled_changes.plan import Kind, PlannedPair, planned_pair
from service.bench.controlled_changes.source_face import SourceFace, source_face

__all__ = [
    "NO_CHANGE",
    "ControlledPair",
    "Grade",
    "Kind",
    "PlannedPair",
    "SideChange",
    "SourceFace",
    "controlled_pair",
    "planned_pair",
    "source_face",
]
