"""Words for people, in the language of whoever reads. English is both the source and the key.

Templates say ``{{ _("…") }}`` or ``{% trans %}…{% endtrans %}``. In Python ``_`` is called when the text is shown, and
``N_`` marks a constant that is shown later.
"""

from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES: Final = {"en": "English", "de": "Deutsch"}
"""By their codes, as they call themselves. The first one is spoken where nothing else is asked for."""

CATALOGUES: Final = Path(__file__).parent / "catalogues"
"""One file of translations for each language but the first (gettext's ``.po``)."""

SOURCE: Final = next(iter(LANGUAGES))
"""The language that the code is written in."""

_SPOKEN: Final[ContextVar[str]] = ContextVar("liftmark_language", default=SOURCE)


def language() -> str:
    """The code of the language that is spoken here and now."""
    return _SPOKEN.get()


def speak(code: str) -> None:
    """Speak this language from now on in this context, a request's for instance; the first one for an unknown code."""
    _SPOKEN.set(code if code in LANGUAGES else SOURCE)


def preferred(accept_language: str) -> str:
    """The language that a browser's header likes best among those that there are."""
    wishes = sorted(map(_wish, accept_language.split(",")), key=lambda wish: -wish[1])  # stable: equal ones keep order
    return next((code for code, weight in wishes if code in LANGUAGES and weight > 0), SOURCE)


def _(message: str) -> str:
    """The text in the language that is spoken now."""
    return _catalogue(language()).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """The text for a number of things."""
    return _catalogue(language()).ngettext(one, many, number)


def N_(message: str) -> str:  # noqa: N802  the name that those who collect messages look for
    """Mark a text that ``_`` is called on later."""
    return message


@cache
def _catalogue(code: str) -> NullTranslations:
    if code == SOURCE:
        return NullTranslations()
    compiled = BytesIO()
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _wish(written: str) -> tuple[str, float]:
    """A language's code and its weight; of ``de-AT`` the ``de``."""
    tag, _sep, weight = written.strip().lower().partition(";q=")
    try:
        return tag.partition("-")[0], float(weight or 1)
    except ValueError:
        return tag, 0.0
