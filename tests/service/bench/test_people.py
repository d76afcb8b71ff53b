"""Points placed by people and labels beside photos, on figures small enough to be checked by hand."""

from pathlib import Path

import numpy as np
import pytest

from models.anatomy import Side
from models.comparison import Comparable
from models.quality import FlagCode
from service.bench.accuracy_people import _flagged, _not_comparable, place_rows, spread
from service.bench.human_errors import Place, PlaceError, mean_distance
from service.bench.human_points import human_points_beside, read_points
from service.bench.people import ita_class, people_beside
from service.documents import FlagDocument, comparison_document
from tests.service.examples import a_change, a_comparison, an_analysis


def template(points: int = 189) -> str:
    return "\n".join([str(points), *(f"{index}.0\t{2 * index}.0" for index in range(points)), "a last line"])


def test_a_template_is_read_by_its_anatomy():
    people = read_points(template(), "a.tem")
    assert people.pupil(Side.RIGHT).tolist() == [0, 0]  # the subject's right eye stands left in the picture
    assert people.pupil(Side.LEFT).tolist() == [1, 2]
    assert people.iris_width(Side.RIGHT) == pytest.approx(4 * 5**0.5)
    assert people.jaw(Side.LEFT)[0].tolist() == [133, 266]
    assert people.jaw(Side.LEFT)[-1].tolist() == people.jaw(Side.RIGHT)[-1].tolist() == [129, 258]


@pytest.mark.parametrize("text", ["", "3\n1 2\n3 4\n5 6\n", template().replace("7.0", "seven")])
def test_another_file_is_no_template(text):
    with pytest.raises(ValueError, match="not a template"):
        read_points(text, "a.tem")


def test_a_photo_without_points_has_none(tmp_path: Path):
    assert human_points_beside(tmp_path / "a.jpg") is None


def test_the_distance_from_a_line_leaves_out_what_lies_beyond_its_ends():
    line = np.array([[0.0, 0.0], [10.0, 0.0]])
    assert mean_distance(np.array([[2.0, 1.0], [5.0, 3.0]]), line) == pytest.approx(2.0, abs=0.01)
    assert mean_distance(np.array([[2.0, 1.0], [14.0, 3.0]]), line) == pytest.approx(1.0, abs=0.01)
    assert mean_distance(np.array([[13.0, 4.0]]), line) == pytest.approx(5.0, abs=0.01)


def test_bias_and_spread_are_plain_and_robust():
    found = spread(np.array([0.0, 1.0, 2.0, 3.0, 44.0]))
    assert found.bias == pytest.approx(10.0)
    assert found.sd == pytest.approx(((100 + 81 + 64 + 49 + 1156) / 4) ** 0.5)
    assert found.robust_bias == pytest.approx(2.0)
    assert found.robust_sd == pytest.approx(1.4826)


def test_a_place_counts_what_was_not_found():
    errors = [PlaceError(place=Place.JAW, side=Side.LEFT, error=e, raw_error=1.0) for e in (0.4, None, 0.6)]
    (row,) = place_rows(errors)
    assert (row.refused.count, row.refused.of) == (1, 3)
    assert row.found.bias == pytest.approx(0.5)
    assert row.raw.sd == 0


def test_labels_are_read_from_people_csv(tmp_path: Path):
    (tmp_path / "people.csv").write_text("file,tone,sex,age\na.jpg,dark,f,52\nb.jpg,,m,\n", encoding="utf-8")
    assert people_beside(tmp_path) == {"a.jpg": {"tone": "dark", "sex": "f", "age": "52"}, "b.jpg": {"sex": "m"}}
    assert people_beside(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    "angle, name", [(60, "very light"), (50, "light"), (30, "intermediate"), (20, "tan"), (0, "brown"), (-40, "dark")]
)
def test_skin_is_classed_by_its_angle(angle, name):
    assert ita_class(angle) == name


def test_a_pair_that_must_be_noticed_is_told_by_its_flag_or_refused():
    expected = frozenset({FlagCode.DISTANCE_DIFFERS})
    document = comparison_document(an_analysis(), an_analysis(), a_comparison(a_change(0.51)))
    flag = FlagDocument(code=FlagCode.DISTANCE_DIFFERS, says="", value=50.0, limit=8.0, favours=None, stops=())
    told = document.comparability.model_copy(update={"flags": (flag,)})
    assert not _flagged(document, expected)
    assert _flagged(document.model_copy(update={"comparability": told}), expected)
    assert not _not_comparable(document)
    refused = document.comparability.model_copy(update={"verdict": Comparable.NOT_COMPARABLE})
    assert _not_comparable(document.model_copy(update={"comparability": refused}))
