"""Confounders that a visit's note names, in words; what a note denies, plans or asks about is none.

Meant to lose little: a word too many marks a series that was sound, and every page says where it comes from.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from models.confounder import Confounder, ConfounderKind
from models.measurand import Family

_LONGEST_NOTE: Final = 4000  # as the API takes them
_K = ConfounderKind
_NAMES: Final = {
    _K.FILLER: "(?:dermal |lip |cheek )?fillers?|hyaluron\\w*|juv[eé]derm|restylane|belotero|teosyal|radiesse|sculptra",
    _K.TOXIN: "botox\\w*|botulin\\w*|(?:neuro)?toxins?|dysport|xeomin|azzalure|vistabel|bocouture",
    _K.SURGERY: "(?<!non[ -])(?<!non)surg(?:ery|eries|ical)|blepharoplast\\w*|rhinoplast\\w*|thread ?lift\\w*"
    "|face ?lift (?:surgery|operation)|liposuction|lid operation|operated on",
    _K.DEVICE: "radio ?-?frequency|hifu|ulthera\\w*|thermage|ultrasound treatment|laser\\w*|micro ?-?needling|ipl"
    "|led (?:mask|light|therapy)|another device",
    _K.WEIGHT: "(?:lost|gained|put on|dropped) (?:about |around |some |a lot of |\\d+(?:[.,]\\d+)? ?)*"
    "(?:kg|kilos?|kilograms?|pounds|lbs?|weight)|weight (?:loss|gain|change)|change of weight"
    "|(?:down|up) \\d+(?:[.,]\\d+)? ?(?:kg|lbs?|pounds)",
    _K.MAKE_UP: "make ?-?up|mascara|eye ?liner|foundation|concealer|false lashes|lash extensions|permanent brows",
    _K.MEDICATION: "cortison\\w*|prednis\\w*|steroids?|isotretinoin|accutane|antihistamin\\w*|diuretic\\w*"
    "|(?:new|started|changed|stopped) (?:\\w+ )?(?:medication|medicine)",
    _K.OTHER: "swollen|swelling|allerg\\w*|sunburn\\w*|had (?:been )?cr(?:ied|ying)|tooth (?:out|extract\\w*)"
    "|chemical peel",
}
_LOCAL: Final = frozenset({_K.FILLER, _K.TOXIN, _K.DEVICE})
"""What is done to a part of the face, and acts there."""
_BESIDE_THE_MOUTH: Final = frozenset({Family.NASOLABIAL_FOLD, Family.JAWLINE})
_ABOUT_THE_EYES: Final = frozenset({Family.EYELIDS, Family.PERIORBITAL_LINES})
_PLACES: Final = tuple(
    (re.compile(rf"\b(?:{words})\b"), families)
    for words, families in (
        ("nasolabial|nlfs?|folds?|smile lines?|marionettes?|lips?|perioral|mouth", _BESIDE_THE_MOUTH),
        ("jaws?|jaw ?lines?|jowls?|chin|masseters?", _BESIDE_THE_MOUTH),
        (
            "tear troughs?|under ?-?eyes?|lids?|eyelids?|brows?|forehead|temples?|glabella\\w*|frown\\w*|crow'?s ?feet",
            _ABOUT_THE_EYES,
        ),
        ("cheeks?|mid ?-?face|full face|whole face", frozenset(Family)),
    )
)
"""Where, in a note's words; filler beside the mouth moves jaw and fold alike, cheeks carry the lids as well."""
_KINDS: Final = tuple((kind, re.compile(rf"\b(?:{names})\b")) for kind, names in _NAMES.items())
_NEVER_LISTED: Final = frozenset({_K.WEIGHT, _K.OTHER})
"""What stands behind a comma after "no make-up" by itself: "no make-up, lids swollen"."""
_LISTED: Final = "|".join(f"(?:{names})" for kind, names in _NAMES.items() if kind not in _NEVER_LISTED)
_DENIAL: Final = (
    r"(?:no|not|never|without|none|denie[sd]|denying|nor|neither|free of|removed|took off|avoid\w*|instead of"
    r"|plan(?:s|ned|ning)?|consider\w*|want(?:s|ed)?|ask(?:s|ed)?|interested in|advised against"
    r"|will (?:have|get)|before)"
)
_BETWEEN: Final = (
    r"any|new|other|further|more|recent|recently|signs?|had|have|has|having|got|used|using|wearing|wears?|worn|of|in|for"
    r"|about|with|a|the|her|his|their|to|been|history|known|visible|on"
)
# A denial reaches over the words between it and what it denies, and along a list of such things, and no further.
_DENIED_BEFORE: Final = re.compile(
    rf"\b{_DENIAL}(?:[\s/]+(?:{_BETWEEN})\b)*"
    rf"(?P<list>[\s/]+(?:{_LISTED})(?:[\s,/]+(?:or|nor|and|any|no|{_LISTED})\b)*)?[\s,/]*$"
)
_DENIED_AFTER: Final = re.compile(
    r"^\s*:?\s*(?:was |were |is |are |all |has been )?"
    r"(?:none|no\b(?! longer)|not\b(?! (?:mentioned|disclosed|declared|told|reported|noted|known))|never|removed"
    r"|taken off|washed off|denied|declined|planned|free\b|stable|unchanged|next\b)"
)
_GOES_ON: Final = re.compile(r"\b(?:or|nor|any|no)$")
_DATED: Final = re.compile(r"^[\w\s]{0,20}\b(?:ago|last|yesterday|since|on|in)\b")
_CLAUSE_ENDS: Final = re.compile(r"\.(?!\d)|[;!?\n]|\bbut\b|\bhowever\b|\bthen\b|\balthough\b")
_NUMBERS: Final = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10}
_AGO: Final = re.compile(
    rf"\b(\d{{1,2}}|{'|'.join(_NUMBERS)})\s+(day|week|month)s?\s+ago\b|\b(yesterday)\b|\b(last week)\b"
)
_DAYS: Final = {"day": 1, "week": 7, "month": 30}


def named_in_note(note: str, day: date, source: str) -> tuple[Confounder, ...]:
    """The confounders that the note of a visit names, each once, of that day or of as long ago as it says.

    Parameters
    ----------
    source : the visit's name for the confounder's own note.
    """
    text = note[:_LONGEST_NOTE].lower()
    found: dict[ConfounderKind, tuple[date, frozenset[Family] | None]] = {}
    for clause in _clauses(text):
        for kind, names in _KINDS:
            if any(_happened(kind, clause, match) for match in names.finditer(clause)):
                found.setdefault(kind, (day - _ago(clause), _where(clause) if kind in _LOCAL else None))
    says = f"named in the note of {source}: {' '.join(note.split())[:300]}"
    return tuple(Confounder(kind, since, families=where, note=says) for kind, (since, where) in found.items())


def with_tilt(families: frozenset[Family]) -> frozenset[Family]:
    """The families, and the tilt of the eyes where one of them is theirs."""
    return families | {Family.SYMMETRY} if Family.EYELIDS in families else families


def _where(clause: str) -> frozenset[Family] | None:
    """The families on which something acts that was done where the clause says; None where it says nowhere."""
    named = frozenset[Family]().union(*(families for words, families in _PLACES if words.search(clause)))
    return with_tilt(named) if named else None


def _clauses(text: str) -> Iterator[str]:
    begin = 0
    for end in _CLAUSE_ENDS.finditer(text):
        yield text[begin : end.start()]
        begin = end.start()
    yield text[begin:]


def _happened(kind: ConfounderKind, clause: str, match: "re.Match[str]") -> bool:
    after = clause[match.end() :]
    denied = _DENIED_BEFORE.search(clause[: match.start()])
    listed = denied["list"] if denied else None
    if listed and not _GOES_ON.search(listed) and (kind in _NEVER_LISTED or _DATED.match(after)):
        denied = None  # a new thing, not one more that is denied
    return not denied and not _DENIED_AFTER.match(after)


def _ago(clause: str) -> timedelta:
    match = _AGO.search(clause)
    if match is None:
        return timedelta()
    number, unit, yesterday, _ = match.groups()
    if unit:
        return timedelta(days=_DAYS[unit] * (_NUMBERS.get(number) or int(number)))
    return timedelta(days=1 if yesterday else _DAYS["week"])


def names_something(text: str) -> bool:
    """Whether a text names a confounder."""
    return bool(named_in_note(text, date.max, ""))


def kind_called(word: str) -> ConfounderKind | None:
    """The kind that a table's cell names, by its code or in the clinic's words."""
    plain = re.sub(r"[\s_\-]+", " ", word).strip().lower()
    by_code = next((kind for kind in ConfounderKind if kind.replace("_", " ") == plain), None)
    return by_code or next((kind for kind, names in _KINDS if names.fullmatch(plain)), None)
