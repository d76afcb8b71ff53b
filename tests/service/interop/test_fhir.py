"""FHIR bundles hold what the documents say, in FHIR's words, and nothing of the person but ids."""

import json
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from fhir.resources.R4B.bundle import Bundle

from models.anatomy import Side
from models.measurand import MEASURANDS, MeasurandCode, Unit
from service.documents import ComparisonDocument, MeasurementDocument
from service.errors import ProblemCode, ServiceError
from service.interop.fhir import TakenPhoto, ToldRecord, comparison_bundle, photo_bundle
from tests.service.api.conftest import COMPARED, LID, MEASURED

BEFORE_AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
UCUM = {Unit.MILLIMETRE: "mm", Unit.DEGREE: "deg", Unit.PERCENT: "%", Unit.LOG_LUMINANCE: "1"}


def entry(code: MeasurandCode) -> dict:
    told = MEASURANDS[code]
    return {"measurand": code, "side": "right" if told.sided else None, "name": told.name, "family": told.family}


def changed(code: MeasurandCode, verdict: str, change: float = 0.5) -> dict:
    figures = {"unit": MEASURANDS[code].change_unit, "before": 3.9, "after": 3.9 + change, "change": change}
    spread = {"standard_uncertainty": 0.06, "ci95": (change - 0.12, change + 0.12), "mdc95": 0.17}
    return LID | entry(code) | figures | spread | {"verdict": verdict, "family_verdict": verdict}


def not_assessable(code: MeasurandCode, **told) -> dict:
    nothing = dict.fromkeys(("before", "after", "change", "standard_uncertainty", "ci95", "mdc95"))
    reason = {"verdict": "not_assessable", "family_verdict": "not_assessable", "reason": "The head was turned."}
    return LID | entry(code) | nothing | reason | told | {"unit": MEASURANDS[code].change_unit}


CHANGES = (
    changed(MeasurandCode.MRD1, "detectable_increase") | {"side": "left"},
    changed(MeasurandCode.JAWLINE_CONTOUR, "detectable_decrease", -0.7),
    changed(MeasurandCode.NASOLABIAL_FOLD_DEPTH, "within_measurement_error", 0.0),
    changed(MeasurandCode.CANTHAL_TILT, "within_measurement_error"),
    not_assessable(MeasurandCode.LOWER_FACE_WIDTH, before=110.0),
    not_assessable(MeasurandCode.CERVICOMENTAL_ANGLE),
)
PAIR = ComparisonDocument.model_validate(COMPARED.model_dump() | {"changes": CHANGES})


def told_pair(after_at=BEFORE_AT + timedelta(days=30), after_id="a2") -> ToldRecord:
    photos = [
        TakenPhoto("a1", "before", "ab" * 32, BEFORE_AT, "https://liftmark.example/v1/photos/a1/file"),
        TakenPhoto(after_id, "after", "cd" * 32, after_at, f"https://liftmark.example/v1/photos/{after_id}/file"),
    ]
    return ToldRecord("comparison", "c1", "s1", datetime(2026, 4, 2, tzinfo=UTC), photos)


@pytest.fixture
def bundle() -> Bundle:
    return Bundle.model_validate_json(comparison_bundle(PAIR, told_pair()))


def of_kind(bundle: Bundle, kind: str) -> list:
    return [one.resource for one in bundle.entry if one.resource.get_resource_type() == kind]


def observation(bundle: Bundle, code: MeasurandCode):
    (found,) = [one for one in of_kind(bundle, "Observation") if one.code.coding[-1].code == code]
    return found


def figure(one, code: str):
    (found,) = [part for part in one.component or [] if part.code.coding[-1].code == code]
    return found


def test_what_is_written_is_read_again_as_the_same(bundle):
    again = Bundle.model_validate_json(bundle.model_dump_json())
    assert again.model_dump_json() == bundle.model_dump_json()
    assert bundle.type == "collection"


def test_each_change_is_an_observation_with_its_figures(bundle):
    for told in PAIR.changes:
        one = observation(bundle, told.measurand)
        if told.change is None:
            continue
        unit = UCUM[told.unit]
        assert one.valueQuantity.value == Decimal(str(told.change))
        assert (one.valueQuantity.system, one.valueQuantity.code) == ("http://unitsofmeasure.org", unit)
        spread = figure(one, "standard_uncertainty").valueQuantity
        assert (spread.value, spread.code) == (Decimal(str(told.standard_uncertainty)), unit)
        interval = figure(one, "ci95").valueRange
        assert (interval.low.value, interval.high.value) == tuple(Decimal(str(bound)) for bound in told.ci95)
        assert figure(one, "mdc95").valueQuantity.value == Decimal(str(told.mdc95))
        assert figure(one, "before").valueQuantity.value == Decimal(str(told.before))
    assert len(of_kind(bundle, "Observation")) == len(PAIR.changes)


def test_no_change_is_a_figure_of_nought_and_what_could_not_be_had_is_none(bundle):
    assert observation(bundle, MeasurandCode.NASOLABIAL_FOLD_DEPTH).valueQuantity.value == 0
    for code in (MeasurandCode.LOWER_FACE_WIDTH, MeasurandCode.CERVICOMENTAL_ANGLE):
        one = observation(bundle, code)
        assert one.valueQuantity is None
        assert one.component is None
        assert one.interpretation is None
        assert one.dataAbsentReason.text == "The head was turned."
        assert one.dataAbsentReason.coding[0].code == "not-performed"


def test_a_verdict_is_said_in_hl7s_words_where_it_has_them(bundle):
    found = {}
    for told in PAIR.changes:
        one = observation(bundle, told.measurand)
        if one.interpretation is not None:
            found[told.verdict] = [coding.code for coding in one.interpretation[0].coding]
    assert found == {
        "detectable_increase": ["U", "detectable_increase"],
        "detectable_decrease": ["D", "detectable_decrease"],
        "within_measurement_error": ["within_measurement_error"],
    }


def test_a_site_is_coded_with_its_side_or_told_in_words(bundle):
    sites = {told.measurand: observation(bundle, told.measurand).bodySite for told in PAIR.changes}
    assert sites[MeasurandCode.MRD1].coding[0].code == "38934000:272741003=7771000"
    assert sites[MeasurandCode.MRD1].text == "Upper Eyelid, left"
    assert sites[MeasurandCode.JAWLINE_CONTOUR].coding[0].code == "244097004:272741003=24028007"
    assert sites[MeasurandCode.LOWER_FACE_WIDTH].coding[0].code == "89545001"
    assert sites[MeasurandCode.CERVICOMENTAL_ANGLE].coding is None


def test_the_report_leads_to_every_observation_and_photo_and_all_references_lead_somewhere(bundle):
    urls = [one.fullUrl for one in bundle.entry]
    assert len(set(urls)) == len(urls)
    (report,) = of_kind(bundle, "DiagnosticReport")
    results = {one.reference for one in report.result}
    assert results == {one.fullUrl for one in bundle.entry if one.resource.get_resource_type() == "Observation"}
    assert [one.comment for one in report.media] == ["before", "after"]
    named = set()
    collect(json.loads(bundle.model_dump_json()), named)
    assert named <= set(urls)


def collect(element, named: set) -> None:
    if isinstance(element, dict):
        named |= {element["reference"]} if "reference" in element else set()
        for value in element.values():
            collect(value, named)
    elif isinstance(element, list):
        for value in element:
            collect(value, named)


def test_the_rules_that_the_models_do_not_check_hold(bundle):
    """obs-6, obs-7, rng-2, per-1, and the required value sets of R4B."""
    for one in of_kind(bundle, "Observation"):
        assert one.status == "preliminary"
        assert (one.valueQuantity is None) != (one.dataAbsentReason is None)
        codes = [part.code.coding[-1].code for part in one.component or []]
        assert len(set(codes)) == len(codes)
        assert one.code.coding[-1].system != "urn:liftmark:figure"
        for part in one.component or []:
            if part.valueRange is not None:
                assert part.valueRange.low.value <= part.valueRange.high.value
        assert one.effectivePeriod.start < one.effectivePeriod.end
    assert [one.status for one in of_kind(bundle, "DiagnosticReport")] == ["partial"]
    assert {one.status for one in of_kind(bundle, "Media")} == {"completed"}
    assert "null" not in bundle.model_dump_json()


def test_photos_are_told_by_id_and_hash(bundle):
    told = [{one.system: one.value for one in media.identifier} for media in of_kind(bundle, "Media")]
    assert told == [
        {"urn:liftmark:photo": "a1", "urn:liftmark:sha256": "ab" * 32},
        {"urn:liftmark:photo": "a2", "urn:liftmark:sha256": "cd" * 32},
    ]


def test_the_subject_is_told_by_liftmarks_id_alone(bundle):
    (report,) = of_kind(bundle, "DiagnosticReport")
    assert report.subject.model_dump() == {
        "type": "Patient",
        "identifier": {"system": "urn:liftmark:subject", "value": "s1"},
    }
    assert of_kind(bundle, "Patient") == []


def test_the_same_record_gives_the_same_bytes():
    assert comparison_bundle(PAIR, told_pair()) == comparison_bundle(PAIR, told_pair())


def test_a_photo_compared_with_itself_is_in_the_bundle_once():
    bundle = Bundle.model_validate_json(comparison_bundle(PAIR, told_pair(BEFORE_AT, "a1")))
    assert len(of_kind(bundle, "Media")) == 1


def test_photos_in_the_wrong_order_make_no_period():
    bundle = Bundle.model_validate_json(comparison_bundle(PAIR, told_pair(BEFORE_AT - timedelta(days=1))))
    assert of_kind(bundle, "DiagnosticReport")[0].effectivePeriod is None


def test_a_cameras_time_without_a_zone_is_told_as_a_day():
    told = told_pair((BEFORE_AT + timedelta(days=2)).replace(tzinfo=None))
    assert '"end":"2026-03-04"' in comparison_bundle(PAIR, told)


def test_a_photos_measurements_are_observations():
    of_all = [
        LID | {"value": 3.91},
        LID | entry(MeasurandCode.CANTHAL_TILT) | {"unit": Unit.DEGREE, "value": 4.0},
        LID | entry(MeasurandCode.PERIORBITAL_LINES) | {"unit": Unit.LOG_LUMINANCE, "value": 0.08},
        LID
        | entry(MeasurandCode.JAWLINE_CONTOUR)
        | {"value": None, "standard_uncertainty": None, "reason": "A beard covers it."},
    ]
    document = MeasurementDocument.model_validate(MEASURED.model_dump() | {"measurements": of_all})
    taken = TakenPhoto("a1", "frontal", "ab" * 32, BEFORE_AT, "https://liftmark.example/v1/photos/a1/file")
    told = ToldRecord("photo", "a1", "s1", datetime(2026, 4, 2, tzinfo=UTC), [taken])
    bundle = Bundle.model_validate_json(photo_bundle(document, told))
    found = of_kind(bundle, "Observation")
    assert [one.valueQuantity and one.valueQuantity.code for one in found] == ["mm", "deg", "1", None]
    assert found[0].valueQuantity.value == Decimal("3.91")
    assert found[0].code.coding[0].system == "urn:liftmark:measurand"
    assert found[0].bodySite.text == f"Upper Eyelid, {Side.LEFT}"
    assert found[3].dataAbsentReason.text == "A beard covers it."
    assert all(one.effectiveDateTime == BEFORE_AT for one in found)


def test_without_the_extra_the_call_says_what_is_missing(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("fhir.resources")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fhir.resources.R4B.bundle", None)
    with pytest.raises(ServiceError) as refused:
        comparison_bundle(PAIR, told_pair())
    assert refused.value.code == ProblemCode.EXTRA_MISSING
