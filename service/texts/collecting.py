"""Bring the catalogues of translations up to what the code says: ``python -m service.texts.collecting``.

What is new stands untranslated in the catalogue afterwards, what nothing says any more is gone from it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from models.anatomy import View
from models.pose_hint import HINTS
from models.quality import FLAGS
from service.texts import CATALOGUES, LANGUAGES

_ROOT: Final = Path(__file__).parents[2]
_METHODS: Final = [("service/**/templates/**.html", "jinja2"), ("service/**.py", "python"), ("models/**.py", "python")]
_OPTIONS: Final = {"service/**/templates/**.html": {"trimmed": "true", "silent": "false"}}
_HEADER: Final = """\
msgid ""
msgstr ""
"Language: {code}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plural}\\n"

"""  # without the day and the names that the tools would write, which change with every run
_KEYWORDS: Final = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def said() -> Catalog:
    """Every message that the code marks, with the files that it stands in."""
    catalog = Catalog(charset="utf-8")
    for place, message in sorted(_found(), key=lambda one: (one[0], str(one[1]))):
        catalog.add(message, locations=[(place, 0)])
    return catalog


def catalogue_of(code: str) -> Catalog:
    """The catalogue of one language as it is kept."""
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def main() -> None:
    """Renew each language's catalogue."""
    template = said()
    for code in list(LANGUAGES)[1:]:
        kept = catalogue_of(code)
        kept.update(template, no_fuzzy_matching=True)
        with (CATALOGUES / f"{code}.po").open("wb") as file:
            file.write(_HEADER.format(code=code, plural=kept.plural_forms).encode())
            write_po(file, kept, width=120, ignore_obsolete=True, omit_header=True, include_lineno=False)


def _found() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for place, _line, message, _comments, _context in extract_from_dir(_ROOT, _METHODS, _OPTIONS, _KEYWORDS):
        if Path(place).parts[0] in {"service", "models"}:
            yield place, message
    # Catalogues of the models, whose packages know of no languages.
    yield from (("models/anatomy.py", view.words) for view in View)
    for entry in FLAGS.values():
        yield from (("models/quality.py", entry.says), ("models/quality.py", entry.remedy))
    for hint in HINTS.values():
        yield "models/pose_hint.py", hint.says


if __name__ == "__main__":
    main()
