"""The irises' share of the pupils' distance in one photo, read from the photo's document."""

from analysis.subject_scale import iris_share
from models.anatomy import Side
from models.measurement import Circle
from service.documents import MeasurementDocument


def share_in(document: MeasurementDocument) -> float | None:
    """The photo's :func:`analysis.subject_scale.iris_share`; None unless it is accepted and shows both irises."""
    left, right = (_iris(document, side) for side in (Side.LEFT, Side.RIGHT))
    from_irises = document.scale is not None and document.scale.method != "iris_mesh"
    if document.quality.verdict != "usable" or not from_irises or document.pose_deg is None:
        return None
    return None if left is None or right is None else iris_share(left, right, document.pose_deg.yaw)


def _iris(document: MeasurementDocument, side: Side) -> Circle | None:
    found = document.contours_px.get(side)
    circle = None if found is None else found.iris
    return None if circle is None else Circle(*circle.centre, circle.radius)
