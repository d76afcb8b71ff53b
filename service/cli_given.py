"""What the command line is told of photos beyond their pixels: re-captures, corrections, the iris' diameter."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer
from pydantic import ValidationError

from service.documents import GivenIris, GivenSubject, PlacedContour, Shot
from service.documents.given import MOST_FRAMES, CorrectionsFile

_PHOTOS: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".heic", ".heif"})


@dataclass(frozen=True, slots=True)
class Visit:
    """The photos of one visit: their files, and what is in them."""

    files: Sequence[Path]
    shots: Sequence[Shot]


def photo_files(path: Path, more: Iterable[Path] = ()) -> tuple[Path, ...]:
    """The photo, or those of the folder in the order of their names, and more.

    Raises
    ------
    typer.BadParameter
        Where there is none, or too many.
    """
    found = (*(photos_in(path) if path.is_dir() else (path,)), *more)
    if not found:
        raise typer.BadParameter(f"there is no photo in {path}")
    if len(found) > MOST_FRAMES:
        raise typer.BadParameter(f"{len(found)} photos of one visit; at most {MOST_FRAMES} are compared")
    return found


def photos_in(folder: Path) -> tuple[Path, ...]:
    """The photos that lie in the folder itself, in the order of their names."""
    return tuple(sorted(file for file in folder.iterdir() if file.suffix.lower() in _PHOTOS and file.is_file()))


def placed_contours(file: Path | None) -> tuple[PlacedContour, ...]:
    """The corrections in a file; typer.BadParameter where it is none."""
    if file is None:
        return ()
    try:
        return CorrectionsFile.model_validate_json(file.read_bytes()).corrections
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise typer.BadParameter(f"{file}: {where}: {first['msg']}") from error


def shots(files: Sequence[Path], placed: Iterable[PlacedContour], *, meant: bool) -> tuple[Shot, ...]:
    """The photos with their corrections: those with a photo's sha256 are its own, the others are the only photo's.

    Parameters
    ----------
    meant : whether corrections that name no photo are of these photos.
    """
    return tuple(_shots([file.read_bytes() for file in files], tuple(placed), meant=meant))


def _shots(uploads: Sequence[bytes], placed: Sequence[PlacedContour], *, meant: bool) -> Iterator[Shot]:
    nameless = tuple(one for one in placed if one.sha256 is None) if meant else ()
    if nameless and len(uploads) > 1:
        raise typer.BadParameter("with several photos each correction must name its photo's sha256")
    for upload in uploads:
        sha256 = hashlib.sha256(upload).hexdigest()
        yield Shot(upload, (*nameless, *(one for one in placed if one.sha256 == sha256)))


def subject(iris_mm: float | None) -> GivenSubject:
    """What ``--iris-mm`` says."""
    return GivenSubject(iris=None if iris_mm is None else GivenIris(mm=iris_mm))
