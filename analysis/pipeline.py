"""The table of contents: what happens to a photo, and to a pair, in order.

One photo: ``upload -> decode -> face -> scale -> contours -> quality -> measurements``.
Two of them: ``registration -> comparability -> changes``.
"""

from typing import Final

from analysis.alignment import register
from analysis.comparison import alignment_flag, compare_registered, not_comparable
from analysis.contours import find_contours, flag_covered
from analysis.decode import decode
from analysis.face import WORKING_FACE_WIDTH_PX, cut_out, expression_of, face_width_px, find_face
from analysis.measurements import measure_photo
from analysis.planes import grey_of, log_luminance
from analysis.profile import analyse_profile
from analysis.quality import judge_photo
from analysis.registered_pair import RegisteredPair
from analysis.views import comparison_in, contours_in, limbi_in, measurements_in, scale_in
from models.alignment import AlignmentRefused
from models.analysis import PhotoAnalysis, ProfileAnalysis
from models.anatomy import View
from models.comparison import PairComparison
from models.face_landmarker.landmarker import DetectedFace, FaceLandmarker
from models.photo import Photo
from models.quality import EVERYTHING, Flag, FlagCode, Refused
from models.views import PROFILES

FIRST_DECODE_PX: Final = 1600
"""Long side down to which a large JPEG is decoded at first: a face over a third of it is still 500 px wide."""


def analyse_photo(
    upload: bytes, landmarker: FaceLandmarker, view: View = View.FRONTAL
) -> PhotoAnalysis | ProfileAnalysis | Refused:
    """All that one photo carries, or why it carries nothing.

    Parameters
    ----------
    upload : the file as received.
    view : as which it was sent; whether it shows that view is among its flags.
    """
    if view in PROFILES:
        return analyse_in_profile(upload, landmarker, view)
    opened = open_photo(upload, landmarker)
    return opened if isinstance(opened, Refused) else analyse_face(*opened, view)


def analyse_in_profile(upload: bytes, landmarker: FaceLandmarker, view: View) -> ProfileAnalysis | Refused:
    """A photo in profile: accepted where no face is found, which in a full profile is the rule."""
    photo = decode(upload, at_least_px=FIRST_DECODE_PX)
    return photo if isinstance(photo, Refused) else analyse_profile(photo, view, find_face(photo, landmarker))


def open_photo(upload: bytes, landmarker: FaceLandmarker) -> tuple[Photo, DetectedFace] | Refused:
    """The decoded photo and its only face; decoded again in full when a first, reduced decode left the face small."""
    photo = decode(upload, at_least_px=FIRST_DECODE_PX)
    if isinstance(photo, Refused):
        return photo
    detected = find_face(photo, landmarker)
    reduced = photo.decoded_scale[0] < 1
    if not reduced or (isinstance(detected, DetectedFace) and face_width_px(detected) >= 0.9 * WORKING_FACE_WIDTH_PX):
        return detected if isinstance(detected, Refused) else (photo, detected)
    del photo  # the whole one needs its room
    whole = decode(upload)
    if isinstance(whole, Refused):
        return whole
    found = find_face(whole, landmarker)
    return found if isinstance(found, Refused) else (whole, found)


def analyse_face(photo: Photo, detected: DetectedFace, view: View = View.FRONTAL) -> PhotoAnalysis:
    """Scale, contours, quality and measurements of the face found in a photo."""
    face, landmarks = cut_out(photo, detected)
    grey, log_light = grey_of(face.rgb), log_luminance(face.rgb)
    expression = expression_of(landmarks)
    limbi = limbi_in(view, grey, landmarks)
    scale = scale_in(view, limbi, landmarks)
    contours = contours_in(view, find_contours(face, grey, log_light, landmarks, limbi, scale.px_per_mm))
    quality = judge_photo(face, grey, landmarks, expression, limbi, scale, view)
    quality = flag_covered(quality, contours) if view is View.FRONTAL else quality
    measurements = measure_photo(grey, log_light, landmarks, contours, scale, quality)
    return PhotoAnalysis(
        photo=photo,
        face=face,
        grey=grey,
        log_luminance=log_light,
        landmarks=landmarks,
        expression=expression,
        quality=quality,
        scale=scale,
        scale_px=scale.per_pixel_of(float(face.face_px_per_pixel[0])),
        contours=contours,
        measurements=measurements_in(view, measurements),
        view=view,
    )


def compare_photos(before: PhotoAnalysis, after: PhotoAnalysis) -> PairComparison:
    """What changed from ``before`` to ``after``, or why that cannot be said."""
    if before.view is not after.view:
        flag = Flag.of(FlagCode.VIEWS_DIFFER)
        return not_comparable(before, after, flag, flag.says)
    for name, photo in (("before", before), ("after", after)):
        unfit = next((flag for flag in photo.quality.flags if flag.stops == EVERYTHING), None)
        if unfit is not None:
            return not_comparable(before, after, unfit, f"In the {name} photo: {unfit.says}")
    registration = register(before.grey, after.grey, before.landmarks, after.landmarks, before.scale.px_per_mm)
    if isinstance(registration, AlignmentRefused):
        flag = alignment_flag(registration)
        return not_comparable(before, after, flag, flag.says)
    comparison = compare_registered(RegisteredPair(before, after, registration))
    return comparison_in(before.view, comparison)
