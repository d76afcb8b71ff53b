"""Comparisons and photos as FHIR R4B: a Bundle with a DiagnosticReport, its Observations, and what they rest on.

Everything is ``preliminary``, and the report ``partial``: no person has verified it, and what FHIR calls final is a
clinician's word.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models.comparison import Verdict
from service.documents import ComparisonDocument, MeasurementDocument
from service.documents.records import ChangeDocument, MeasuredDocument
from service.interop.extra import extra_needed
from service.interop.fhir_parts import (
    Element,
    body_site,
    hl7_coding,
    identifier,
    instant,
    moment,
    own_concept,
    patient,
    quantity,
    reference,
    url_of,
    without_nothing,
)

MEDIA_TYPE: Final = "application/fhir+json"

_SAID: Final = {
    Verdict.DETECTABLE_INCREASE: "Detectable increase",
    Verdict.DETECTABLE_DECREASE: "Detectable decrease",
    Verdict.WITHIN_MEASUREMENT_ERROR: "Within measurement error",
    Verdict.NOT_ASSESSABLE: "Not assessable",
}
_CHANGED: Final = {
    Verdict.DETECTABLE_INCREASE: hl7_coding("v3-ObservationInterpretation", "U", "Significant change up"),
    Verdict.DETECTABLE_DECREASE: hl7_coding("v3-ObservationInterpretation", "D", "Significant change down"),
}
_IMAGING: Final = hl7_coding("observation-category", "imaging", "Imaging")
_ABSENT: Final = hl7_coding("data-absent-reason", "not-performed", "Not Performed")


@dataclass(frozen=True, slots=True)
class TakenPhoto:
    """A photo as a bundle tells it.

    Parameters
    ----------
    which : ``before`` or ``after``, or the view of a single one.
    address : where its file is fetched with a key.
    """

    id: str
    which: str
    sha256: str
    taken_at: datetime
    address: str


@dataclass(frozen=True, slots=True)
class ToldRecord:
    """What a bundle is about.

    Parameters
    ----------
    kind : ``comparison`` or ``photo``.
    photos : in time; one, or before and after.
    """

    kind: str
    id: str
    subject_id: str
    measured_at: datetime
    photos: Sequence[TakenPhoto]

    def url(self, *words: str) -> str:
        """The address of one of the bundle's resources."""
        return url_of(self.kind, self.id, *words)


def comparison_bundle(document: ComparisonDocument, about: ToldRecord) -> str:
    """The changes of a pair as JSON.

    Raises
    ------
    ServiceError
        Where the extra is not installed.
    """
    verdict, flags = document.comparability.verdict, document.comparability.flags
    conclusion = " ".join([f"Comparability of the two photographs: {verdict}.", *(flag.says for flag in flags)])
    told = {_url(about, one): _change(one, about, document.method_version) for one in document.changes}
    report = _report(about, "Change between two photographs of the face", conclusion, list(told))
    return _bundle(about, document.method_version, report, told)


def photo_bundle(document: MeasurementDocument, about: ToldRecord) -> str:
    """The measurements of one photo as JSON; raises as :func:`comparison_bundle` does."""
    verdict, flags = document.quality.verdict, document.quality.flags
    conclusion = " ".join([f"Quality of the photograph: {verdict}.", *(flag.says for flag in flags)])
    told = {_url(about, one): _measurement(one, about, document.method_version) for one in document.measurements}
    report = _report(about, "Measurements in a photograph of the face", conclusion, list(told))
    return _bundle(about, document.method_version, report, told)


def _bundle(about: ToldRecord, version: str, report: Element, observations: Mapping[str, Element]) -> str:
    """A photo that is compared with itself is there once."""
    entries = {
        about.url("report"): report,
        **observations,
        **{about.url("photo", photo.id): _media(about, photo) for photo in about.photos},
        about.url("device"): _device(version),
    }
    bundle = {
        "resourceType": "Bundle",
        "identifier": identifier(about.kind, about.id),
        "type": "collection",
        "timestamp": instant(about.measured_at),
        "entry": [{"fullUrl": url, "resource": resource} for url, resource in entries.items()],
    }
    with extra_needed():
        from fhir.resources.R4B.bundle import Bundle  # noqa: PLC0415  an extra, and seconds to load
    return str(Bundle.model_validate(bundle).model_dump_json())


def _name(one: ChangeDocument | MeasuredDocument) -> str:
    return one.measurand if one.side is None else f"{one.measurand}/{one.side}"


def _url(about: ToldRecord, one: ChangeDocument | MeasuredDocument) -> str:
    return about.url("observation", _name(one))


def _report(about: ToldRecord, title: str, conclusion: str, results: Sequence[str]) -> Element:
    shown = [{"comment": photo.which, "link": reference(about.url("photo", photo.id))} for photo in about.photos]
    return {
        "resourceType": "DiagnosticReport",
        "identifier": [identifier(about.kind, about.id)],
        "status": "partial",
        "code": own_concept("report", about.kind, title),
        "subject": patient(about.subject_id),
        **_when(about),
        "issued": instant(about.measured_at),
        "result": [reference(url) for url in results],
        "media": shown,
        "conclusion": conclusion,
    }


def _observation(about: ToldRecord, one: ChangeDocument | MeasuredDocument, version: str, code: Element) -> Element:
    """What observations of both kinds share."""
    return {
        "resourceType": "Observation",
        "identifier": [identifier("observation", f"{about.id}/{_name(one)}")],
        "status": "preliminary",
        "category": [{"coding": [_IMAGING]}],
        "code": code,
        "subject": patient(about.subject_id),
        **_when(about),
        "issued": instant(about.measured_at),
        "bodySite": body_site(one.measurand, one.side),
        "method": own_concept("method", version, f"Liftmark, method {version}"),
        "device": reference(about.url("device")),
        "derivedFrom": [reference(about.url("photo", photo.id)) for photo in about.photos],
        **_value(one),
    }


def _value(one: ChangeDocument | MeasuredDocument) -> Element:
    """The figure, or why there is none."""
    value = one.change if isinstance(one, ChangeDocument) else one.value
    if value is None:
        return {"dataAbsentReason": {"coding": [_ABSENT], "text": one.reason or "Not assessable."}}
    return {"valueQuantity": quantity(value, one.unit)}


def _change(one: ChangeDocument, about: ToldRecord, version: str) -> Element:
    code = own_concept("change", one.measurand, f"Change of: {one.name}")
    figures = list(_figures_of_change(one)) if one.change is not None else []
    verdict = None if one.change is None else [_verdict(one.verdict)]
    return without_nothing({**_observation(about, one, version, code), "interpretation": verdict, "component": figures})


def _measurement(one: MeasuredDocument, about: ToldRecord, version: str) -> Element:
    code = own_concept("measurand", one.measurand, one.name)
    spread = _figure("standard_uncertainty", "Standard uncertainty", one.standard_uncertainty, one)
    return without_nothing({**_observation(about, one, version, code), "component": spread})


def _figures_of_change(one: ChangeDocument) -> Iterator[Element]:
    yield from _figure("standard_uncertainty", "Standard uncertainty", one.standard_uncertainty, one)
    if one.ci95 is not None:
        low, high = (quantity(bound, one.unit) for bound in one.ci95)
        what = own_concept("figure", "ci95", "95 % confidence interval")
        yield {"code": what, "valueRange": {"low": low, "high": high}}
    yield from _figure("mdc95", "Minimal detectable change, 95 %", one.mdc95, one)
    yield from _figure("before", "Before", one.before, one)
    yield from _figure("after", "After", one.after, one)
    if one.family_verdict is not None:
        what = own_concept("figure", "family_verdict", "Verdict over all measures together (Holm)")
        yield {"code": what, "valueCodeableConcept": _verdict(one.family_verdict)}


def _figure(code: str, text: str, value: float | None, one: ChangeDocument | MeasuredDocument) -> list[Element]:
    if value is None:
        return []
    return [{"code": own_concept("figure", code, text), "valueQuantity": quantity(value, one.unit)}]


def _verdict(verdict: Verdict) -> Element:
    further = [_CHANGED[verdict]] if verdict in _CHANGED else []
    return own_concept("verdict", verdict, _SAID[verdict], *further)


def _when(about: ToldRecord) -> Element:
    """The photo's moment, or the time between the two; no period where the later one was taken first."""
    first, last = about.photos[0].taken_at, about.photos[-1].taken_at
    if len(about.photos) == 1:
        return {"effectiveDateTime": moment(first)}
    start, end = moment(first), moment(last)
    return {"effectivePeriod": {"start": start, "end": end}} if first.date() <= last.date() else {}


def _media(about: ToldRecord, photo: TakenPhoto) -> Element:
    return {
        "resourceType": "Media",
        "identifier": [identifier("photo", photo.id), identifier("sha256", photo.sha256)],
        "status": "completed",
        "type": {"coding": [hl7_coding("media-type", "image", "Image")]},
        "subject": patient(about.subject_id),
        "createdDateTime": moment(photo.taken_at),
        "content": {"url": photo.address, "title": photo.which},
    }


def _device(version: str) -> Element:
    return {
        "resourceType": "Device",
        "deviceName": [{"name": "Liftmark", "type": "user-friendly-name"}],
        "type": {"text": "Software that measures photographs of faces"},
        "version": [{"value": version}],
    }
