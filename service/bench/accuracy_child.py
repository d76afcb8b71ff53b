"""The process in which pairs are made and compared, locked in like the analysis, of which it is one."""

import sys
from collections.abc import Mapping

import cv2
from pydantic import BaseModel, ConfigDict, TypeAdapter

from analysis.pipeline import open_photo
from models.anatomy import Side
from models.face_landmarker.landmarker import FaceLandmarker
from models.measurand import MeasurandCode
from models.quality import Refused
from service.bench.accuracy_raw import raw_changes
from service.bench.controlled_changes import Grade, Kind, controlled_pair, planned_pair, source_face
from service.bench.human_errors import PlaceError, full_resolution_mesh, place_errors
from service.bench.human_points import read_points
from service.bench.people import tone_groups
from service.documents import ComparisonDocument, MeasurementDocument, RefusedDocument
from service.sandbox.child import AnalysisJobs
from service.sandbox.child_loop import Job, run_child

ERRORS = TypeAdapter[tuple[PlaceError, ...]](tuple[PlaceError, ...])
MEASURED = TypeAdapter[MeasurementDocument | RefusedDocument](MeasurementDocument | RefusedDocument)
COMPARED = TypeAdapter[ComparisonDocument | RefusedDocument](ComparisonDocument | RefusedDocument)


class FigureDocument(BaseModel):
    """One change, in the catalogue's ``change_unit``."""

    model_config = ConfigDict(frozen=True)

    measurand: MeasurandCode
    side: Side | None
    value: float


class ComparedDocument(BaseModel):
    """What one pair gave.

    Parameters
    ----------
    compared : the comparison, or why a photo was refused.
    raw : what raw landmarks tell, mm.
    truth : what was put in; empty for a pair that comes with its own.
    groups : what was measured of the person.
    """

    model_config = ConfigDict(frozen=True)

    compared: ComparisonDocument | RefusedDocument
    raw: tuple[FigureDocument, ...]
    truth: tuple[FigureDocument, ...] = ()
    groups: Mapping[str, str] = {}


class RecipeDocument(BaseModel):
    """Which pair is to be made of a photo."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    grade: Grade
    seed: int


class AccuracyJobs:
    """The analysis' own jobs, and those of the benchmark."""

    def __init__(self, landmarker: FaceLandmarker) -> None:
        self._landmarker = landmarker
        self._analysis = AnalysisJobs(landmarker)

    def by_name(self) -> dict[str, Job]:
        """Return the jobs under the names that the benchmark calls them by."""
        return {
            **self._analysis.by_name(),
            "stored": self.stored,
            "made": self.made,
            "against_people": self.against_people,
        }

    def stored(self, before: bytes, after: bytes) -> tuple[bytes, ...]:
        """Compare two photos, by the method and by raw landmarks."""
        return (_json(self._compared(before, after)),)

    def made(self, photo: bytes, people: bytes, recipe: bytes) -> tuple[bytes, ...]:
        """Make a pair of a photo and compare it; nothing where the photo shows no single face.

        Parameters
        ----------
        people : text of the ``.tem`` file beside the photo, empty without one.
        recipe : RecipeDocument, JSON.
        """
        placed = read_points(people.decode(), "the points") if people else None
        face = source_face(photo, self._landmarker, placed)
        if isinstance(face, Refused):
            return ()
        wanted = RecipeDocument.model_validate_json(recipe)
        planned = planned_pair(face.digest, wanted.kind, wanted.grade, wanted.seed)
        pair = controlled_pair(face, planned)
        compared = self._compared(pair.before, pair.after)
        return (_json(compared.model_copy(update={"truth": _figures(pair.truth), "groups": tone_groups(face)})),)

    def against_people(self, photo: bytes, people: bytes) -> tuple[bytes, ...]:
        """What is found in a photo against the points of its ``.tem`` file; nothing where the photo is refused."""
        opened = open_photo(photo, self._landmarker)
        measured = MEASURED.validate_json(self._analysis.measure(photo)[0])
        if isinstance(opened, Refused) or isinstance(measured, RefusedDocument):
            return ()
        mesh = full_resolution_mesh(*opened)
        errors = place_errors(measured, mesh, read_points(people.decode(), "the points"))
        return (ERRORS.dump_json(errors),)

    def _compared(self, before: bytes, after: bytes) -> ComparedDocument:
        return ComparedDocument(
            compared=COMPARED.validate_json(self._analysis.compare(before, after)[0]),
            raw=_figures(raw_changes(before, after, self._landmarker)),
        )


def _figures(changes: Mapping[tuple[MeasurandCode, Side | None], float]) -> tuple[FigureDocument, ...]:
    return tuple(
        FigureDocument(measurand=measurand, side=side, value=value) for (measurand, side), value in changes.items()
    )


def _json(document: BaseModel) -> bytes:
    return document.model_dump_json().encode()


def main(cpu_seconds: float) -> None:
    """Load the face model, then serve."""
    cv2.setNumThreads(1)
    with FaceLandmarker() as landmarker:
        run_child(AccuracyJobs(landmarker).by_name(), cpu_seconds)


if __name__ == "__main__":
    main(float(sys.argv[1]))
