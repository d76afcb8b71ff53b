from dataclasses import replace

from analysis.series.plan import plan_series
from models.course import Phase
from tests.analysis.series.drawn_series import photo, weekly_course


def test_every_photo_is_compared_with_the_reference_and_with_the_one_before_it() -> None:
    plan = plan_series(weekly_course(3))
    assert plan.reference == "baseline0"
    for pair in [("baseline0", "treatment3"), ("treatment2", "treatment3"), ("baseline1", "treatment3")]:
        assert pair in plan.pairs


def test_the_number_of_pairs_grows_with_the_photos_and_not_with_their_square() -> None:
    assert len(plan_series(weekly_course(100)).pairs) < 4 * 100


def test_no_pair_is_planned_twice() -> None:
    pairs = plan_series(weekly_course(9, baselines=4)).pairs
    assert len({frozenset(pair) for pair in pairs}) == len(pairs)


def test_the_reference_is_the_baseline_whose_pose_is_nearest_to_the_series() -> None:
    first, second, *treated = weekly_course(3)
    turned = replace(first, yaw_deg=2.0)
    assert plan_series([turned, second, *treated]).reference == "baseline1"


def test_a_photo_that_cannot_be_measured_is_in_no_pair() -> None:
    photos = weekly_course(3)
    photos[3] = replace(photos[3], unusable="No face was found.")
    assert all(photos[3].key not in pair for pair in plan_series(photos).pairs)


def test_the_photo_before_the_first_session_stands_in_for_a_baseline() -> None:
    assert plan_series(weekly_course(3, baselines=0)).reference == "treatment1"


def test_without_a_photo_of_the_untreated_face_nothing_is_planned() -> None:
    plan = plan_series([photo("a", 7, Phase.TREATMENT, 2), photo("b", 14, Phase.TREATMENT, 3)])
    assert plan.reference is None
    assert plan.pairs == ()
