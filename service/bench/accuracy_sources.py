"""What a run of the benchmark takes: shipped pairs, named folders, and the photographed people of LIFTMARK_PHOTOS."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

from models.anatomy import Side
from models.measurand import MEASURANDS
from models.quality import FlagCode
from service.bench.accuracy_pairs import PairSource, PairTask, controlled_source, folder_source, photos_in
from service.bench.accuracy_people import GatedPairs
from service.bench.accuracy_truth import Truth
from service.bench.controlled_changes import Grade
from service.bench.speed import SAMPLES

PHOTOS: Final = "LIFTMARK_PHOTOS"
"""Names a folder of folders of photographed people, with points placed by hand beside them; none are shipped."""
PHANTOMS: Final = SAMPLES.parent / "tests" / "phantoms"
"""Twenty pairs of four rendered persons; a clone has them, an installed package does not."""
_NEUTRAL: Final = ("london_neutral", "canada")
"""Of those folders, the ones whose photos are frontal, neutral and one a person."""
_SMILING: Final = ("london_neutral", "london_smiling")
_FROM_AFAR: Final = "zoom"
_AGAIN: Final = "lisa"
_BOTH: Final = "both"

NOTHING_CHANGED: Final[Truth] = {
    (code, side): 0.0 for code, entry in MEASURANDS.items() for side in (tuple(Side) if entry.sided else (None,))
}


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


@dataclass(frozen=True, slots=True)
class AccuracyPlan:
    """All that a run does.

    Parameters
    ----------
    placed : photos with points placed by people. gates : pairs that must be noticed.
    """

    sources: tuple[PairSource, ...]
    placed: tuple[Path, ...] = ()
    gates: tuple[GatedPairs, ...] = ()
    seed: int = 0

    @property
    def steps(self) -> int:
        """How many times ``progress`` will be called."""
        pairs = sum(len(source.tasks) for source in self.sources)
        return pairs + len(self.placed) + sum(len(gate.pairs) for gate in self.gates)


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


def plan_of(folders: tuple[Path, ...], options: AccuracyOptions) -> AccuracyPlan:
    """What to do with named folders; without any, with the shipped pairs and the people of LIFTMARK_PHOTOS."""
    if not folders:
        return _default_plan(options)
    pairs = tuple(folder_source(folder, options.limit) for folder in folders if _has_truth(folder))
    photos = tuple(folder for folder in folders if not _has_truth(folder))
    return AccuracyPlan(
        sources=(*pairs, *_controlled(photos, options)), placed=_placed(photos, options), seed=options.seed
    )


def _default_plan(options: AccuracyOptions) -> AccuracyPlan:
    shipped = tuple(folder_source(folder, options.limit) for folder in (SAMPLES, PHANTOMS) if folder.is_dir())
    people = photographed_people()
    if people is None:
        return AccuracyPlan(shipped, seed=options.seed)
    neutral = tuple(people / name for name in _NEUTRAL if (people / name).is_dir())
    return AccuracyPlan(
        sources=(*shipped, *_controlled(neutral, options), *_retest(people / _AGAIN)),
        placed=_placed(neutral, options),
        gates=tuple(_gates(people, options)),
        seed=options.seed,
    )


def _has_truth(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("manifest.json", "pairs.json"))


def photographed_people() -> Path | None:
    """The folder of LIFTMARK_PHOTOS; None where it is not set."""
    named = os.environ.get(PHOTOS)
    return Path(named) if named else None


def _controlled(folders: tuple[Path, ...], options: AccuracyOptions) -> Iterator[PairSource]:
    """One source a grade, over the photos of all folders."""
    photos = tuple(photo for folder in folders for photo in photos_in(folder)[: options.limit])
    if photos:
        yield from (controlled_source(photos, grade, options.seed) for grade in options.grades)


def _placed(folders: tuple[Path, ...], options: AccuracyOptions) -> tuple[Path, ...]:
    photos = (photo for folder in folders for photo in photos_in(folder)[: options.limit])
    return tuple(photo for photo in photos if photo.with_suffix(".tem").is_file())


def _retest(folder: Path) -> Iterator[PairSource]:
    """Every two photos of one sitting, in which nothing changed."""
    if folder.is_dir():
        tasks = tuple(
            PairTask(f"{before.stem} {after.stem}", folder.name, (before, after), truth=NOTHING_CHANGED)
            for before, after in combinations(photos_in(folder), 2)
        )
        what = "Every two photos of one person at one sitting; size, position and roll vary, nothing else changed."
        yield PairSource("taken again", what, tasks)


def _gates(people: Path, options: AccuracyOptions) -> Iterator[GatedPairs]:
    neutral, smiling = (people / name for name in _SMILING)
    if neutral.is_dir() and smiling.is_dir():
        pairs = tuple(_same_person(neutral, smiling))[: options.limit]
        expected = frozenset({FlagCode.EXPRESSION, FlagCode.EXPRESSION_DIFFERS})
        yield GatedPairs("smiling", "The same people, neutral and smiling.", pairs, expected)
    if (people / _FROM_AFAR).is_dir():
        apart = tuple(combinations(photos_in(people / _FROM_AFAR), 2))
        what = "One person at one sitting, the camera at 15, 30, 45 and 60 cm."
        yield GatedPairs("camera distance", what, apart, frozenset({FlagCode.DISTANCE_DIFFERS}))


def _same_person(neutral: Path, smiling: Path) -> Iterator[tuple[Path, Path]]:
    """Photos of both folders whose names begin with the same number."""
    second = {photo.stem.split("_")[0]: photo for photo in photos_in(smiling)}
    for photo in photos_in(neutral):
        if (other := second.get(photo.stem.split("_")[0])) is not None:
            yield photo, other
