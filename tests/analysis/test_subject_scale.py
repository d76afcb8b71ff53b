"""One scale per subject: tied over its photos, and replaced by the clinic's own measurement."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.subject_scale import LIMBUS_BIAS, iris_share, on_one_scale, on_subject_scale, share_of
from models.anatomy import Side
from models.measurand import MeasurandCode
from models.measurement import Circle, Estimate, NotAssessable
from models.scale import HVID_MM, HVID_SD_MM

BEFORE, AFTER = "eyelids_before.jpg", "eyelids_after.jpg"


def pupils_mm(photo) -> float:
    left, right = (photo.contours[side].iris.centre for side in (Side.LEFT, Side.RIGHT))
    return float(np.linalg.norm(left - right)) / np.cos(np.radians(photo.landmarks.pose.yaw)) / photo.scale.px_per_mm


def value(photo, measurand: MeasurandCode) -> float:
    return next(m.result.value for m in photo.measurements if m.measurand is measurand and m.side is Side.LEFT)


def test_a_share_does_not_depend_on_the_pictures_size_and_little_on_the_heads_turn():
    left, right = Circle(100.0, 50.0, 9.0), Circle(0.0, 50.0, 11.0)
    larger = [Circle(3 * c.x, 3 * c.y, 3 * c.radius) for c in (left, right)]
    assert iris_share(left, right, 0.0) == pytest.approx(0.2)
    assert iris_share(*larger, 0.0) == pytest.approx(0.2)
    # Seen from 20 degrees aside the distance is foreshortened, and taken as it would be from the front.
    assert iris_share(left, right, 20.0) == pytest.approx(0.2 * np.cos(np.radians(20)))


def test_photos_on_one_scale_show_the_same_distance_between_the_pupils(studio):
    photos = on_one_scale((studio.photo(BEFORE), studio.photo(AFTER)))
    assert pupils_mm(photos[0]) == pytest.approx(pupils_mm(photos[1]), rel=1e-9)
    assert {photo.scale.method for photo in photos} == {"iris_of_subject"}


def test_a_photo_alone_keeps_its_own_scale(studio):
    photo = studio.photo(BEFORE)
    assert on_one_scale((photo,)) == (photo,)


def test_what_all_photos_of_a_person_share_does_not_average_away(studio):
    photo = studio.photo(BEFORE)
    tied = on_subject_scale(photo, [share_of(photo)] * 50)
    assert tied.scale.relative_uncertainty == pytest.approx(LIMBUS_BIAS, rel=0.1)
    assert tied.scale.relative_uncertainty > LIMBUS_BIAS


def test_a_wrong_circle_in_one_photo_does_not_move_the_subjects_scale(studio):
    photo = studio.photo(BEFORE)
    share = share_of(photo)
    assert on_subject_scale(photo, [share, share, 1.1 * share]).scale.mm_per_px == pytest.approx(
        photo.scale.mm_per_px, rel=1e-9
    )


def test_a_measured_iris_stretches_every_millimetre_and_takes_the_persons_spread_away(studio):
    photo = studio.photo(BEFORE)
    wide = on_subject_scale(photo, (), Estimate(1.05 * HVID_MM, 0.1))
    assert wide.scale.method == "iris_measured"
    assert (photo.scale.iris_uncertainty_mm, wide.scale.iris_uncertainty_mm) == (HVID_SD_MM, 0.1)
    assert wide.scale.relative_uncertainty == photo.scale.relative_uncertainty
    assert wide.scale_px.mm_per_px == pytest.approx(1.05 * photo.scale_px.mm_per_px)
    for measurand in (MeasurandCode.MRD1, MeasurandCode.PALPEBRAL_FISSURE_HEIGHT, MeasurandCode.BROW_HEIGHT):
        assert value(wide, measurand) == pytest.approx(1.05 * value(photo, measurand), rel=1e-6)
    # Light and dark are no lengths; the windows they are read in grow with the scale, so they hardly change.
    assert value(wide, MeasurandCode.NASOLABIAL_FOLD_DEPTH) == pytest.approx(
        value(photo, MeasurandCode.NASOLABIAL_FOLD_DEPTH), rel=0.2
    )


def test_a_photo_without_irises_says_that_its_scale_is_coarse_even_when_the_iris_was_measured(studio):
    photo = studio.photo(BEFORE)
    gone = NotAssessable("Covered.")
    blind = replace(
        photo,
        contours={side: replace(found, iris=gone) for side, found in photo.contours.items()},
        scale=replace(photo.scale, method="iris_mesh", relative_uncertainty=0.05),
    )
    assert share_of(blind) is None
    scale = on_subject_scale(blind, [0.19, 0.19], Estimate(12.0, 0.1)).scale
    assert (scale.method, scale.iris_mm) == ("iris_mesh", 12.0)
    assert scale.relative_uncertainty == 0.05
