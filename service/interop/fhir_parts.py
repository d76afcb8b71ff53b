"""The data types of FHIR R4B that the resources are made of."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from models.anatomy import Side
from models.measurand import MeasurandCode, Unit
from service.interop.coded import BODY_SITES, LATERALITY, SIDES

Element = Mapping[str, object]
"""An element or resource as JSON; the whole is validated by the library's models at the end."""

OWN: Final = "urn:liftmark:"
"""Begins the names of Liftmark's own code systems and identifiers."""
SNOMED: Final = "http://snomed.info/sct"
_TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem/"
_UCUM: Final = "http://unitsofmeasure.org"
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, f"{OWN}fhir")
_UNITS: Final = {
    Unit.MILLIMETRE: ("mm", "mm"),
    Unit.DEGREE: ("°", "deg"),
    Unit.PERCENT: ("%", "%"),
    Unit.LOG_LUMINANCE: ("ln", "1"),  # a natural logarithm of a ratio has no dimension
}


def url_of(*words: str) -> str:
    """The resource's address in its bundle: the same for the same record, whenever it is asked for."""
    return uuid.uuid5(_NAMESPACE, "/".join(words)).urn


def reference(url: str) -> Element:
    """To another resource of the bundle."""
    return {"reference": url}


def identifier(what: str, value: str) -> Element:
    """One of Liftmark's own."""
    return {"system": f"{OWN}{what}", "value": value}


def patient(subject_id: str) -> Element:
    """The subject by Liftmark's id. The clinic's own reference may be a name, so it does not travel."""
    return {"type": "Patient", "identifier": identifier("subject", subject_id)}


def own_concept(what: str, code: str, text: str, *further: Element) -> Element:
    """A concept of one of Liftmark's code systems, and the same in others'."""
    return {"coding": [*further, {"system": f"{OWN}{what}", "code": code}], "text": text}


def hl7_coding(system: str, code: str, display: str) -> Element:
    """A code of one of HL7's own systems."""
    return {"system": f"{_TERMINOLOGY}{system}", "code": code, "display": display}


def quantity(value: float, unit: Unit) -> Element:
    """A figure with its unit in UCUM."""
    shown, code = _UNITS[unit]
    return {"value": value, "unit": shown, "system": _UCUM, "code": code}


def body_site(code: MeasurandCode, side: Side | None) -> Element:
    """Where, and on which of the subject's sides: one concept of SNOMED CT, post-coordinated."""
    site = BODY_SITES[code]
    lateral = None if side is None else SIDES[side]
    text = site.meaning if lateral is None else f"{site.meaning}, {lateral.meaning.lower()}"
    if site.code is None:
        return {"text": text}
    sided = site.code if lateral is None else f"{site.code}:{LATERALITY}={lateral.code}"
    return {"coding": [{"system": SNOMED, "code": sided}], "text": text}


def moment(at: datetime) -> str:
    """A dateTime; a camera that wrote no zone gives its day alone, for FHIR knows no time without a zone."""
    return at.date().isoformat() if at.tzinfo is None else at.isoformat()


def instant(at: datetime) -> str:
    """An instant, in UTC."""
    return at.astimezone(UTC).isoformat()


def without_nothing(element: Element) -> Element:
    """What is not known is left out: FHIR has no null."""
    return {name: value for name, value in element.items() if value not in (None, [], {})}
