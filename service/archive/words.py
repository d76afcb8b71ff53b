"""The words by which clinics call phases, views and confounders."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from models.anatomy import View
from models.course import Phase

_PHASES: Final = {
    "baseline": Phase.BASELINE,
    "base": Phase.BASELINE,
    "treatment": Phase.TREATMENT,
    "session": Phase.TREATMENT,
    "before session": Phase.TREATMENT,
    "before treatment": Phase.TREATMENT,
    "pre session": Phase.TREATMENT,
    "pre treatment": Phase.TREATMENT,
    "immediately after": Phase.IMMEDIATELY_AFTER,
    "immediate": Phase.IMMEDIATELY_AFTER,
    "after session": Phase.IMMEDIATELY_AFTER,
    "after treatment": Phase.IMMEDIATELY_AFTER,
    "post session": Phase.IMMEDIATELY_AFTER,
    "post treatment": Phase.IMMEDIATELY_AFTER,
    "follow up": Phase.FOLLOW_UP,
    "followup": Phase.FOLLOW_UP,
    "maintenance": Phase.MAINTENANCE,
}
_VIEWS: Final = {
    "frontal": View.FRONTAL,
    "front": View.FRONTAL,
    "oblique left": View.OBLIQUE_LEFT,
    "left oblique": View.OBLIQUE_LEFT,
    "oblique right": View.OBLIQUE_RIGHT,
    "right oblique": View.OBLIQUE_RIGHT,
    "profile left": View.PROFILE_LEFT,
    "left profile": View.PROFILE_LEFT,
    "profile right": View.PROFILE_RIGHT,
    "right profile": View.PROFILE_RIGHT,
}
BEFORE_WORDS: Final = ("before", "pre")
"""Before a session: the baseline or a treatment, as the days say."""
AFTER_WORDS: Final = ("after", "post")
"""Minutes after a session, or after the course: they say which only beside a photo of before the session."""
_PHRASES: Final = (*_PHASES, *_VIEWS, *BEFORE_WORDS, *AFTER_WORDS)
# Longest first, so that "immediately after" is not read as "after"; a number may be glued on: "treatment3".
_PHRASE: Final = re.compile(
    r"\b(" + "|".join(sorted(map(re.escape, _PHRASES), key=len, reverse=True)) + r")(?:\s?#?(?<=\D)(\d{1,3}))?\b"
)


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of a name say.

    Parameters
    ----------
    number : glued to the phase, as in ``treatment3``.
    after : that ``after`` or ``post`` stands alone.
    unknown : words that say nothing here.
    """

    phase: Phase | None = None
    number: int | None = None
    view: View | None = None
    after: bool = False
    unknown: tuple[str, ...] = ()


def phase_called(word: str) -> Phase | None:
    """The phase that a table's cell names."""
    return _PHASES.get(spaced(word))


def view_called(word: str) -> View | None:
    """The view that a table's cell names."""
    return _VIEWS.get(spaced(word))


def spaced(name: str) -> str:
    """Lower case, with one blank where there were blanks, hyphens, underscores and dots."""
    return re.sub(r"[\s_.\-]+", " ", name).strip().lower()


def words_of(name: str) -> Words:
    """What a name says, its date aside."""
    text = spaced(name)
    found = dict(_found(text))
    left = spaced(_PHRASE.sub(" ", text)).split()
    phase = next((_PHASES[phrase] for phrase in found if phrase in _PHASES), None)
    return Words(
        phase,
        next((int(glued) for phrase, glued in found.items() if glued and phrase not in _VIEWS), None),
        next((_VIEWS[phrase] for phrase in found if phrase in _VIEWS), None),
        phase is None and any(phrase in AFTER_WORDS for phrase in found),
        tuple(word for word in left if not word.strip("()#").isdigit()),
    )


def _found(text: str) -> Iterator[tuple[str, str]]:
    for match in _PHRASE.finditer(text):
        spaced_number = match[2] and match[0][len(match[1])] == " "
        yield match[1], "" if spaced_number or not match[2] else match[2]
