"""Typesetting: a template of ours, data as JSON and pictures go in; a PDF comes out. Nothing is fetched."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

import typst

_TEMPLATES: Final = Path(__file__).parent / "templates"
Standard = Literal["ua-1"] | None

_NO_GLYPH: Final = "could not be displayed with font"
"""What typst says of a character that no font has, which PDF/UA forbids."""


def typeset(template: str, data: Mapping[str, object], pictures: Mapping[str, bytes]) -> bytes:
    """Lay out ``data`` by a template of this package as a tagged PDF (PDF/UA-1).

    The data are read as JSON and never as code, so that no text in them can do anything but be shown. A character that
    the fonts of typst lack is looked for in this machine's fonts; where none has it, it is shown as a box, and the
    document does not claim PDF/UA-1.

    Parameters
    ----------
    template : its name without its ending.
    pictures : bytes by the file name under which the data ask for them.
    """
    with tempfile.TemporaryDirectory(prefix="liftmark-pdf-") as folder:
        root = Path(folder)
        shutil.copytree(_TEMPLATES, root, dirs_exist_ok=True)
        (root / "data.json").write_text(json.dumps(data, allow_nan=False), encoding="utf-8")
        for name, content in pictures.items():
            (root / name).write_bytes(content)
        return _compiled(root, root / f"{template}.typ")


def _compiled(root: Path, source: Path) -> bytes:
    for system_fonts in (False, True):
        try:
            return _compile(root, source, "ua-1", system_fonts=system_fonts)
        except typst.TypstError as error:
            if _NO_GLYPH not in str(error):
                raise
    return _compile(root, source, None, system_fonts=True)


def _compile(root: Path, source: Path, standard: Standard, *, system_fonts: bool) -> bytes:
    compiler = typst.Compiler(
        input=source, root=root, font_paths=_fonts(system_fonts=system_fonts), ignore_system_fonts=True
    )
    made = compiler.compile(format="pdf", pdf_standards=standard)
    return b"".join(made) if isinstance(made, list) else made or b""


@cache
def _fonts(*, system_fonts: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=system_fonts, include_embedded_fonts=True)
