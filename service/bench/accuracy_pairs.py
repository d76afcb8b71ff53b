"""Where pairs of known truth come from: folders of them, and photos that changes are made on."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from service.bench.accuracy_child import RecipeDocument
from service.bench.accuracy_truth import TruePair, Truth, true_pairs
from service.bench.controlled_changes import Grade, Kind
from service.bench.people import people_beside

_PHOTOS: Final = frozenset({".jpg", ".jpeg", ".png"})
_CONDITIONS: Final = {
    Grade.PROTOCOL: "both photos within the protocol",
    Grade.WIDE: "the second photo up to 3 degrees, 15 % of distance and a side light away from it",
}


@dataclass(frozen=True, slots=True, eq=False)
class PairTask:
    """One pair to be compared.

    Parameters
    ----------
    name : tells the pair from the others of its source. person : the same for all pairs of one person.
    files : read when the pair's turn comes: before and after, or the photo that a pair is made of.
    recipe : how a pair is made of the photo; None for a pair that is there.
    truth : None where making the pair tells it.
    groups : what is known of the person, such as ``{"tone": "dark"}``.
    """

    name: str
    person: str
    files: tuple[Path, ...]
    recipe: RecipeDocument | None = None
    truth: Truth | None = None
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class PairSource:
    """Pairs that are judged together.

    Parameters
    ----------
    name : its heading. what : one sentence on where its truth comes from.
    """

    name: str
    what: str
    tasks: tuple[PairTask, ...]


def folder_source(folder: Path, limit: int | None = None) -> PairSource:
    """The pairs of a folder with a ``manifest.json`` or a ``pairs.json``.

    Raises
    ------
    FileNotFoundError
        When it holds neither.
    """
    looks = _rendered_looks(folder)
    tasks = tuple(_stored(pair, looks) for pair in list(true_pairs(folder))[:limit])
    people = len({task.person for task in tasks})
    what = f"{len(tasks)} pairs of {people} faces that come with their truth."
    return PairSource(folder.resolve().name, what, tasks)


def _stored(pair: TruePair, looks: Mapping[str, Mapping[str, str]]) -> PairTask:
    return PairTask(
        name=f"{pair.before.stem} {pair.after.stem}",
        person=pair.before.stem.split("_")[0],
        files=(pair.before, pair.after),
        truth=pair.truth,
        groups=looks.get(pair.before.stem, {}),
    )


def _rendered_looks(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """Skin tone and age by photo, where the renderer's ``truth.json`` lies beside the pairs; else empty."""
    file = folder / "truth.json"
    if not file.is_file():
        return {}
    truth: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return {image: _look(entry.get("spec", {}).get("look", {})) for image, entry in truth.items()}


def _look(look: Mapping[str, Any]) -> Mapping[str, str]:
    return {f"rendered {key}": str(look[key]) for key in ("tone", "age") if key in look}


def controlled_source(photos: tuple[Path, ...], grade: Grade, seed: int) -> PairSource:
    """Changes made on photos: of each photo a pair of every kind."""
    what = f"Changes of known size made on {len(photos)} photos of people; {_CONDITIONS[grade]}."
    tasks = (task for photo in photos for task in _controlled(photo, grade, seed))
    return PairSource(f"controlled changes, {grade.value}", what, tuple(tasks))


def _controlled(photo: Path, grade: Grade, seed: int) -> Iterator[PairTask]:
    person, labels = f"{photo.parent.name}/{photo.stem}", people_beside(photo.parent).get(photo.name, {})
    for kind in Kind:
        recipe = RecipeDocument(kind=kind, grade=grade, seed=seed)
        yield PairTask(f"{person} {kind}", person, (photo,), recipe, groups=labels)


def photos_in(folder: Path) -> tuple[Path, ...]:
    """The pictures directly in a folder, by name."""
    return tuple(sorted(file for file in folder.iterdir() if file.suffix.lower() in _PHOTOS))
