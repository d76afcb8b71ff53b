"""E-mail addresses and names as people type them, and as they are kept."""

import re
import unicodedata
from typing import Final

from service.errors import ProblemCode, ServiceError
from service.texts import _

_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+")
_EMAIL_CHARACTERS: Final = 254  # RFC 5321, 4.5.3.1.3
_NAME_CHARACTERS: Final = 100


def normalised(email: str) -> str:
    """The address as it is kept and looked for: without blanks around it, in small letters, composed (NFKC)."""
    return unicodedata.normalize("NFKC", email).strip().lower()


def read_email(written: str) -> str:
    """The address, normalised; ServiceError where it can be none."""
    email = normalised(written)
    if len(email) > _EMAIL_CHARACTERS or not _EMAIL.fullmatch(email) or not email.isprintable():
        raise ServiceError(ProblemCode.INVALID_REQUEST, _("This is not an e-mail address."))
    return email


def read_name(written: str) -> str:
    """The name of a person or clinic with single blanks; ServiceError where nothing is left, or it is very long."""
    name = " ".join(unicodedata.normalize("NFC", written).split())
    if not name or len(name) > _NAME_CHARACTERS or not name.isprintable():
        raise ServiceError(ProblemCode.INVALID_REQUEST, _("Give a name of at most 100 letters."))
    return name
