"""The client: every call of the API, and what saves writing the same few lines around them."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from models.anatomy import View
from models.errors import LiftmarkError
from service.client.account import AccountCalls
from service.client.calls import read, shapes
from service.client.consents import ConsentCalls
from service.client.exports import ExportCalls
from service.client.photos import PhotoCalls
from service.client.records import RecordCalls
from service.client.results import ResultCalls
from service.client.transport import Api, Patience
from service.client.uploading import form
from service.client.webhooks import WebhookCalls

if TYPE_CHECKING:
    from service.paging import Page

Item = TypeVar("Item")


class DamagedError(LiftmarkError):
    """What came is not what the service says that it has; ask again."""


class Liftmark(RecordCalls, PhotoCalls, ResultCalls, AccountCalls, WebhookCalls, ConsentCalls, ExportCalls):
    """One clinic's Liftmark. Threads may share it.

    A service that is busy, restarting or out of reach is tried again with growing pauses, and as late as it asks for;
    nothing is done twice by that. Methods raise ProblemError where the service says no, and ServerTroubleError where it
    stays out of reach.
    """

    def __init__(self, address: str, key: str, patience: Patience | None = None) -> None:
        super().__init__(Api(address, key, patience))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def upload_photo(
        self, visit_id: str, photo: Path | bytes, *, view: View = View.FRONTAL, wait: float = 0, key: str | None = None
    ) -> "shapes.PhotoAnswer":
        """Upload a photo; it is on the service's disk when this returns.

        The same photo sent to the same visit again is the same photo, unless it is given another ``key``.
        """
        content = photo if isinstance(photo, bytes) else photo.read_bytes()
        kind, body = form(content, view)
        named = key or hashlib.sha256(f"{visit_id} {view} ".encode() + hashlib.sha256(content).digest()).hexdigest()
        headers = {"Content-Type": kind, "Idempotency-Key": named}
        response = self._sent("POST", f"/visits/{visit_id}/photos", {"wait": wait}, body, headers)
        return read(shapes.PhotoAnswer, response)

    def download_file(self, photo_id: str, path: Path) -> None:
        """Write the photo as it was uploaded to ``path``: all of it, or DamagedError and nothing."""
        content = self.get_file(photo_id)
        if hashlib.sha256(content).hexdigest() != self.get_photo(photo_id).sha256:
            raise DamagedError(DamagedError.__doc__)
        save(content, path)


def each(page_after: "Callable[[str | None], Page[Item]]") -> Iterator[Item]:
    """Every item of a list, its pages asked for one after the other.

    >>> for photo in each(lambda after: clinic.list_photos_of_clinic(after=after)): ...
    """
    after = None
    while True:
        page = page_after(after)
        yield from page.items
        if page.next is None:
            return
        after = page.next


def save(content: bytes, path: Path) -> None:
    """Write a file whole or not at all."""
    number, written = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(written).replace(path)
    except BaseException:
        Path(written).unlink(missing_ok=True)
        raise
