"""Which pairs a run of the benchmark takes: what is shipped, what is named, and the photos that it may change."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from service.bench.accuracy_pairs import PairSource, controlled_source, folder_source, photos_in
from service.bench.controlled_changes import Grade
from service.bench.speed import SAMPLES

PHOTOS: Final = "LIFTMARK_PHOTOS"
"""Names a folder of folders of photographed people, with points placed by hand beside them; none are shipped."""
_NEUTRAL: Final = ("london_neutral", "canada")
"""Of those folders, the ones whose photos are frontal, neutral and one a person."""
_BOTH: Final = "both"


@dataclass(frozen=True, slots=True)
class AccuracyOptions:
    """What a run takes.

    Parameters
    ----------
    limit : pairs, or photos, of each folder at most; None for all.
    seed : draws the changes made on photos and their conditions.
    """

    grades: tuple[Grade, ...] = tuple(Grade)
    limit: int | None = None
    seed: int = 0


def grades_named(name: str) -> tuple[Grade, ...]:
    """The grades that a command line names.

    Raises
    ------
    ValueError
        When it names none.
    """
    if name == _BOTH:
        return tuple(Grade)
    if name not in set(Grade):
        raise ValueError(f"grade is {', '.join(Grade)} or {_BOTH}, not {name}")
    return (Grade(name),)


def sources_of(folders: tuple[Path, ...], options: AccuracyOptions) -> tuple[PairSource, ...]:
    """The sources of a run; without folders, the shipped pairs and the photos of LIFTMARK_PHOTOS."""
    if folders:
        named = [folder for folder in folders if _has_truth(folder)]
        photos = [folder for folder in folders if not _has_truth(folder)]
    else:
        named, photos = [SAMPLES], list(_neutral_photos())
    return (
        *(folder_source(folder, options.limit) for folder in named),
        *_controlled(photos, options),
    )


def _has_truth(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("manifest.json", "pairs.json"))


def photographed_people() -> Path | None:
    """The folder of LIFTMARK_PHOTOS; None where it is not set."""
    named = os.environ.get(PHOTOS)
    return Path(named) if named else None


def _neutral_photos() -> Iterator[Path]:
    people = photographed_people()
    if people is not None:
        yield from (people / name for name in _NEUTRAL if (people / name).is_dir())


def _controlled(folders: list[Path], options: AccuracyOptions) -> Iterator[PairSource]:
    """One source a grade, over the photos of all folders."""
    photos = tuple(photo for folder in folders for photo in photos_in(folder)[: options.limit])
    if photos:
        yield from (controlled_source(photos, grade, options.seed) for grade in options.grades)
