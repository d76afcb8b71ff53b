"""The master keys that a process has: the present one, which seals, and others, which still open.

While the present key is changed some things are sealed by one and some by the other. So what is sealed names its key.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from service.blobs.local import sync_folder
from service.blobs.master_key import MasterKey, MasterKeyError, UnknownMasterKeyError


@dataclass(frozen=True, slots=True)
class Sealed:
    """Bytes under a master key.

    Parameters
    ----------
    by : the key's id; empty for what was sealed before keys had ids, which any of them may open.
    """

    content: bytes
    by: str


class KeySource(Protocol):
    """Where the keys are kept."""

    def read(self) -> Sequence[MasterKey]:
        """The present key, then the others."""

    def stamp(self) -> object:
        """Another value than before once other keys may be there."""


@dataclass(frozen=True, slots=True)
class SetKeys:
    """Keys that an operator has set for this process."""

    keys: Sequence[MasterKey]

    def read(self) -> Sequence[MasterKey]:
        """They stay what they are."""
        return self.keys

    def stamp(self) -> object:
        """Always the same."""
        return None


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The present key in one file, the others in another beside it, a line of base64 each.

    Parameters
    ----------
    more : further keys, which are set.
    """

    present: Path
    others: Path
    more: Sequence[MasterKey] = ()

    def read(self) -> Sequence[MasterKey]:
        """The present one first: where that is new already, the file of the others has the former one."""
        return [self._read_present(), *self.read_others(), *self.more]

    def read_others(self) -> list[MasterKey]:
        """Those that still open."""
        lines = self.others.read_text(encoding="ascii").split() if self.others.exists() else []
        return [MasterKey.from_base64(line) for line in lines]

    def stamp(self) -> object:
        """What tells that a file was replaced."""
        return [_stamp(self.present), _stamp(self.others)]

    def replace(self) -> MasterKey:
        """Make a new present key; the former one is among the others before it goes."""
        _append_line(self.others, self._read_present().in_base64)
        new = MasterKey.new()
        new.write(self.present)
        return new

    def _read_present(self) -> MasterKey:
        return MasterKey(self.present.read_bytes())


class KeyRing:
    """Seals with the present key and opens with the one that is named. Keys that are replaced meanwhile are noticed."""

    def __init__(self, source: KeySource) -> None:
        self.source = source
        self._stamp = source.stamp()
        self._keys = tuple(source.read())

    @classmethod
    def of(cls, *keys: MasterKey) -> Self:
        """Of these, the present one first."""
        return cls(SetKeys(keys))

    @property
    def keys(self) -> Sequence[MasterKey]:
        """All of them as they are now, the present one first."""
        stamp = self.source.stamp()
        if stamp != self._stamp:
            with suppress(OSError, MasterKeyError):  # somebody is about to replace a file: until then, what was there
                self._keys, self._stamp = tuple(self.source.read()), stamp
        return self._keys

    @property
    def present(self) -> MasterKey:
        """The one that seals."""
        return self.keys[0]

    def seal(self, content: bytes, context: str) -> Sealed:
        """As :meth:`Cipher.seal`, under the present key."""
        key = self.present
        return Sealed(key.seal(content, context), key.id)

    def open(self, sealed: Sealed, context: str) -> bytes:
        """The content.

        Raises
        ------
        UnknownMasterKeyError
            Where the key that is named is not here.
        MasterKeyError
            Where context or bytes are not those of the sealing.
        """
        if not sealed.by:
            return self._open_with_any(sealed.content, context)
        for key in self.keys:
            if key.id == sealed.by:
                return key.open(sealed.content, context)
        raise UnknownMasterKeyError(f"{context} is under the master key {sealed.by}, which this process does not have.")

    def _open_with_any(self, content: bytes, context: str) -> bytes:
        *keys, last = self.keys
        for key in keys:
            try:
                return key.open(content, context)
            except MasterKeyError:
                continue
        return last.open(content, context)


def _stamp(path: Path) -> object:
    try:
        about = path.stat()
    except FileNotFoundError:
        return None
    return about.st_ino, about.st_mtime_ns, about.st_size


def _append_line(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
