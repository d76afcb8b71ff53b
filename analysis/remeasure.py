"""One photo measured once more, with another scale or other contours; its pixels are not looked for anything new."""

from collections.abc import Mapping
from dataclasses import replace

from analysis.measurements import measure_photo
from analysis.views import measurements_in
from models.analysis import PhotoAnalysis
from models.anatomy import Side
from models.measurement import SideContours
from models.quality import Quality
from models.scale import Scale


def remeasured(
    analysis: PhotoAnalysis,
    *,
    scale: Scale | None = None,
    contours: Mapping[Side, SideContours] | None = None,
    quality: Quality | None = None,
) -> PhotoAnalysis:
    """The analysis with every figure made anew from what is given, and from what it had where nothing is.

    Parameters
    ----------
    scale : of the face frame.
    """
    scale, contours, quality = scale or analysis.scale, contours or analysis.contours, quality or analysis.quality
    figures = measure_photo(analysis.grey, analysis.log_luminance, analysis.landmarks, contours, scale, quality)
    return replace(
        rescaled(analysis, scale),
        quality=quality,
        contours=contours,
        measurements=measurements_in(analysis.view, figures),
    )


def rescaled(analysis: PhotoAnalysis, scale: Scale) -> PhotoAnalysis:
    """The analysis with another scale and its figures as they were: for the after of a comparison, which reads none."""
    return replace(analysis, scale=scale, scale_px=scale.per_pixel_of(float(analysis.face.face_px_per_pixel[0])))
