"""From a multipart request to bytes: streamed to a file without a name, hashed and capped on the way."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks
from starlette.requests import ClientDisconnect, Request

from models.anatomy import View
from service.errors import ProblemCode, ServiceError

_FIELD_LIMIT_BYTES: Final = 1000
_FORM_BYTES: Final = 10_000  # more than boundaries, part headers and the other field take
_CONTENT_DISPOSITION: Final = b"content-disposition"


@dataclass(frozen=True, slots=True)
class Upload:
    """A photo as the client sent it.

    Parameters
    ----------
    sha256 : of ``content``, lower-case hex.
    """

    content: bytes
    sha256: str
    view: View


async def receive_upload(request: Request, folder: Path, limit_bytes: int) -> Upload:
    """Read the form with the fields ``file`` and ``view``.

    Raises
    ------
    ServiceError
        When the body is no such form, or the file is larger than ``limit_bytes``.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        form = _Form(file, limit_bytes)
        await _feed(form, request)
        return form.upload()


def least_size_bytes(request: Request) -> int:
    """At least so large is the photo, by what the client says of the whole body."""
    said = request.headers.get("content-length", "")
    return max(0, int(said) - _FORM_BYTES) if said.isascii() and said.isdigit() else 0


async def _feed(form: "_Form", request: Request) -> None:
    parser = MultipartParser(_boundary(request), form.callbacks())
    try:
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
    except (MultipartParseError, ClientDisconnect) as error:
        raise ServiceError(ProblemCode.INVALID_FORM) from error


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise ServiceError(ProblemCode.INVALID_FORM)
    return options[b"boundary"]


class _Form:
    """Takes the parser's events; knows the part it is in by that part's headers."""

    def __init__(self, file: IO[bytes], limit_bytes: int) -> None:
        self._file = file
        self._limit_bytes = limit_bytes
        self._hash = hashlib.sha256()
        self._header = (bytearray(), bytearray())
        self._part = ""
        self._fields: dict[str, bytearray] = {}
        self._complete = False

    def callbacks(self) -> "MultipartCallbacks":
        """The parser's events and who takes them."""
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_content,
            "on_part_data": self._take,
            "on_end": self._end,
        }

    def upload(self) -> Upload:
        """What was sent, once all of it is here."""
        if not self._complete or "file" not in self._fields:
            raise ServiceError(ProblemCode.INVALID_FORM)
        self._file.seek(0)
        return Upload(self._file.read(), self._hash.hexdigest(), self._view())

    def _view(self) -> View:
        sent = self._fields.get("view", b"frontal").decode(errors="replace")
        try:
            return View(sent)
        except ValueError as error:
            views = ", ".join(View)
            raise ServiceError(ProblemCode.INVALID_REQUEST, f"'view' must be one of {views}.") from error

    def _begin_part(self) -> None:
        self._part = ""
        self._header = (bytearray(), bytearray())

    def _end_header(self) -> None:
        name, value = map(bytes, self._header)
        if name.lower() == _CONTENT_DISPOSITION:
            _, options = parse_options_header(value)
            self._part = options.get(b"name", b"").decode(errors="replace")
        self._header = (bytearray(), bytearray())

    def _begin_content(self) -> None:
        if self._part in self._fields:
            raise ServiceError(ProblemCode.INVALID_FORM, f"Send one field '{self._part}', not several.")
        self._fields[self._part] = bytearray()

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._part == "file":
            self._take_file(data[start:end])
        else:
            self._take_field(data[start:end])

    def _take_file(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)
        if self._file.tell() > self._limit_bytes:
            limit_mb = self._limit_bytes / 1e6
            raise ServiceError(ProblemCode.TOO_LARGE, f"Send a photo of at most {limit_mb:g} MB.")

    def _take_field(self, data: bytes) -> None:
        field = self._fields[self._part]
        field.extend(data)
        if len(field) > _FIELD_LIMIT_BYTES:
            raise ServiceError(ProblemCode.TOO_LARGE, f"The field '{self._part[:50]}' is too long.")

    def _end(self) -> None:
        self._complete = True
