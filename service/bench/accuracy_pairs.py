"""Where pairs of known truth come from: folders of them, and photos that changes are made on."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from models.face_landmarker import FaceLandmarker
from models.quality import Refused
from service.bench.accuracy_truth import TruePair, Truth, true_pairs
from service.bench.controlled_changes import Grade, controlled_pair, planned_pairs, source_face
from service.bench.human_points import human_points_beside
from service.bench.people import People

_PHOTOS: Final = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True, slots=True, eq=False)
class KnownPair:
    """Two photos and what truly changed between them.

    Parameters
    ----------
    name : tells the pair from the others of its source. person : the same for all pairs of one person.
    groups : what is known of the person, such as ``{"tone": "dark"}``.
    """

    name: str
    person: str
    before: bytes
    after: bytes
    truth: Truth
    groups: Mapping[str, str] = field(default_factory=dict)


PairMaker = Callable[[FaceLandmarker], Iterator[KnownPair]]
"""Makes one or a few pairs; called in a thread that has its own landmarker."""


@dataclass(frozen=True, slots=True, eq=False)
class PairSource:
    """Pairs that are judged together.

    Parameters
    ----------
    name : its heading. what : one sentence on where its truth comes from.
    pairs : how many the makers make, if every photo has a face.
    """

    name: str
    what: str
    makers: tuple[PairMaker, ...]
    pairs: int


def folder_source(folder: Path, limit: int | None = None) -> PairSource:
    """The pairs of a folder with a ``manifest.json`` or a ``pairs.json``.

    Raises
    ------
    FileNotFoundError
        When it holds neither.
    """
    pairs = list(true_pairs(folder))[:limit]
    tones = rendered_tones(folder)
    return PairSource(
        name=folder.resolve().name,
        what="Pairs that come with their truth.",
        makers=tuple(_stored(pair, tones) for pair in pairs),
        pairs=len(pairs),
    )


def rendered_tones(folder: Path) -> Mapping[str, str]:
    """Skin tone by photo, from the ``truth.json`` that a renderer of faces leaves; empty without one."""
    file = folder / "truth.json"
    if not file.is_file():
        return {}
    truth = json.loads(file.read_text(encoding="utf-8"))
    return {image: look for image, entry in truth.items() if (look := _look(entry))}


def _look(entry: Mapping[str, Mapping[str, Mapping[str, object]]]) -> str | None:
    look = entry.get("spec", {}).get("look", {})
    name = look.get("tone", look.get("skin")) if isinstance(look, dict) else look
    return name if isinstance(name, str) else None


def _stored(pair: TruePair, tones: Mapping[str, str]) -> PairMaker:
    def make(_: FaceLandmarker) -> Iterator[KnownPair]:
        tone = tones.get(pair.before.stem)
        yield KnownPair(
            name=f"{pair.before.stem} {pair.after.stem}",
            person=pair.before.stem.split("_")[0],
            before=pair.before.read_bytes(),
            after=pair.after.read_bytes(),
            truth=pair.truth,
            groups={"tone": tone} if tone else {},
        )

    return make


def controlled_source(photos: tuple[Path, ...], people: People, grade: Grade, seed: int) -> PairSource:
    """Changes made on photos, three pairs a photo: none, lids, lower face."""
    condition = {
        Grade.PROTOCOL: "both photos within the protocol",
        Grade.WIDE: "the second photo up to 3 degrees, 15 % of distance and a side light away from it",
    }
    return PairSource(
        name=f"Controlled changes, {grade.value}",
        what=f"Known local changes made on {len(photos)} real photos; {condition[grade]}.",
        makers=tuple(_controlled(photo, people, grade, seed) for photo in photos),
        pairs=3 * len(photos),
    )


def _controlled(photo: Path, people: People, grade: Grade, seed: int) -> PairMaker:
    def make(landmarker: FaceLandmarker) -> Iterator[KnownPair]:
        face = source_face(photo.read_bytes(), landmarker, human_points_beside(photo))
        if isinstance(face, Refused):
            return
        for planned in planned_pairs(face.digest, grade, seed):
            pair = controlled_pair(face, planned.changes, grade, planned.rng, planned.marked_percent)
            person, groups = f"{photo.parent.name}/{photo.stem}", people.groups(photo, face)
            yield KnownPair(f"{person} {planned.kind}", person, pair.before, pair.after, pair.truth, groups)

    return make


def photos_in(folder: Path) -> tuple[Path, ...]:
    """The pictures directly in a folder, by name."""
    return tuple(sorted(file for file in folder.iterdir() if file.suffix.lower() in _PHOTOS))
