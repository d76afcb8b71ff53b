"""Every bomb, every damaged picture and every file of the folders named, through the whole service.

``python -m tests.hostile.long_run [FOLDER …]`` prints the figures of docs/hostile-files.md; it ends with 1 when
anything happened that must not.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.bombs import NO_PHOTO, OVERLOADED, STRANGE, TOO_LARGE
from tests.hostile.damage import File, cut, flipped, two_at_once
from tests.hostile.ordeal import GOOD, Ordeal, ordeal


def of_folder(folder: Path) -> Iterator[File]:
    """Each file below ``folder``."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def bombs() -> Iterator[File]:
    """Each bomb, made when its turn comes."""
    for kind in (TOO_LARGE, NO_PHOTO, OVERLOADED, STRANGE):
        yield from ((name, make()) for name, make in kind.items())


def _tell(what: str, outcomes: Counter[str]) -> None:
    print(f"{what}: {sum(n for outcome, n in outcomes.items() if outcome[0].isdigit())} files")
    for outcome, number in sorted(outcomes.items()):
        print(f"  {number:5}  {outcome}", flush=True)


def _run(trial: Ordeal, folders: list[Path]) -> bool:
    generated = {"bombs": bombs(), "cut": cut(), "flipped bits": flipped(11, 25), "two at once": two_at_once(GOOD)}
    for what, files in {**generated, **{folder.name: of_folder(folder) for folder in folders}}.items():
        trial.outcomes.clear()
        trial.send(files)
        _tell(what, trial.outcomes)
    seconds, name = trial.slowest_refusal_s
    print(f"slowest refusal: {1000 * seconds:.0f} ms ({name})")
    print(f"must not happen: {len(trial.odd)}", *trial.odd, sep="\n  ")
    works = trial.still_works()
    print(f"a good photo afterwards: {'analysed' if works else 'NOT analysed'}")
    return works and not trial.odd


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as data, ordeal(Path(data)) as trial:
        sys.exit(not _run(trial, [Path(name) for name in sys.argv[1:]]))
