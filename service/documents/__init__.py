"""The JSON of one photo, of one pair and of a series: the same from the command line, the API and the report's data."""

from service.documents.given import Given, GivenFloor, GivenIris, GivenStudy, GivenSubject, PlacedContour, Shot
from service.documents.pair import comparison_document
from service.documents.parts import refused_document
from service.documents.photo import measurement_document, profile_document
from service.documents.records import (
    ChangeDocument,
    ComparisonDocument,
    FlagDocument,
    MeasuredDocument,
    MeasurementDocument,
    OverlayDocument,
    PhotoDocument,
    RefusedDocument,
)
from service.documents.repeatability import StudyDocument, study_document
from service.documents.series import SeriesDocument
from service.documents.series_told import VisitTold, series_document, series_pair, series_photo

__all__ = [
    "ChangeDocument",
    "ComparisonDocument",
    "FlagDocument",
    "Given",
    "GivenFloor",
    "GivenIris",
    "GivenStudy",
    "GivenSubject",
    "MeasuredDocument",
    "MeasurementDocument",
    "OverlayDocument",
    "PhotoDocument",
    "PlacedContour",
    "RefusedDocument",
    "SeriesDocument",
    "Shot",
    "StudyDocument",
    "VisitTold",
    "comparison_document",
    "measurement_document",
    "profile_document",
    "refused_document",
    "series_document",
    "series_pair",
    "series_photo",
    "study_document",
]
