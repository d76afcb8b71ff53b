"""No code is invented: each one is in DICOM's own dictionary of SNOMED CT, under the same words."""

import pytest
from pydicom.sr._concepts_dict import concepts

from models.anatomy import View
from models.measurand import MeasurandCode
from service.interop.coded import BODY_SITES, FACE, LATERALITY, SIDES, VIEWS

WORDS = {}
for _concept in concepts["SCT"].values():
    for _code, (_meaning, _) in _concept.items():
        WORDS.setdefault(_code, set()).add(_meaning.lower())

CODED = sorted({one for one in (FACE, *BODY_SITES.values(), *SIDES.values(), *VIEWS.values()) if one.code}, key=str)


@pytest.mark.parametrize("coded", CODED, ids=str)
def test_a_code_is_in_the_dictionary_under_its_words(coded):
    assert coded.meaning.lower() in WORDS[coded.code]


def test_the_attribute_that_joins_site_and_side_is_laterality():
    assert "laterality" in WORDS[LATERALITY]


def test_every_measurand_has_a_site_and_every_view_a_code():
    assert set(BODY_SITES) == set(MeasurandCode)
    assert set(VIEWS) == set(View)
