"""Passwords: which are good enough, and how they are kept (argon2id, RFC 9106)."""

import re
import threading
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from service.errors import ProblemCode, ServiceError
from service.texts import _

SHORTEST: Final = 12
LONGEST: Final = 128
_FEW: Final = 4
_AT_ONCE: Final = 2
_HASHER: Final = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)
_TURNS: Final = threading.BoundedSemaphore(_AT_ONCE)
"""Each hash takes 64 MiB; whoever sends many passwords at once must not fill the memory."""
_AROUND_WORDS: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def require_good(password: str, *own: str) -> None:
    """Raise ServiceError where the password is too short, too long, among the commonest, or made of ``own`` words.

    Rules on kinds of characters are left out on purpose, and nothing ever runs out (NIST SP 800-63B, 3.1.1.2).

    Parameters
    ----------
    own : words that whoever guesses knows too: the person's name and e-mail address, the clinic's name.
    """
    if not SHORTEST <= len(_composed(password)) <= LONGEST:
        said = _("Choose a password of 12 to 128 characters; several words in a row are easily remembered.")
        raise ServiceError(ProblemCode.INVALID_PASSWORD, said)
    if _is_easily_guessed(_composed(password).lower(), own):
        said = _("This password is among the first that are tried. Choose another one, of several words for instance.")
        raise ServiceError(ProblemCode.INVALID_PASSWORD, said)


def hashed(password: str) -> str:
    """The hash to keep, with its parameters and a salt of its own."""
    with _TURNS:
        return _HASHER.hash(_composed(password))


def matching(password: str, hashes: Sequence[str]) -> str | None:
    """The first of the hashes that the password fits, None where there is none; either way a hash is made."""
    if not hashes:
        _fits(password, _of_nobody())
    return next((kept for kept in hashes if _fits(password, kept)), None)


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(kept)


def _fits(password: str, kept: str) -> bool:
    with _TURNS:
        try:
            return _HASHER.verify(kept, _composed(password))
        except (VerificationError, InvalidHashError):
            return False


def _composed(password: str) -> str:
    """The same characters whichever keyboard they were typed on."""
    return unicodedata.normalize("NFC", password)


def _is_easily_guessed(password: str, own: tuple[str, ...]) -> bool:
    """Whether it is a known word, also with digits and signs around it, or again and again; or a few characters so."""
    known = _commonest() | {part for words in own for part in _parts(words.lower())} | {""}
    cores = {_AROUND_WORDS.sub("", one) for one in (password, _once(password), _once(_AROUND_WORDS.sub("", password)))}
    return len(_once(password)) < _FEW or bool({password, *cores} & known)


def _once(text: str) -> str:
    """The shortest beginning that the whole repeats again and again."""
    sizes = range(1, len(text) + 1)
    return next((text[:size] for size in sizes if (text[:size] * len(text))[: len(text)] == text), text)


def _parts(words: str) -> set[str]:
    return {words, words.replace(" ", ""), *re.split(r"[\W_]+", words)} - {""}


@cache
def _commonest() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


@cache
def _of_nobody() -> str:
    """What the password of an unknown person is held against."""
    return _HASHER.hash("of nobody")
