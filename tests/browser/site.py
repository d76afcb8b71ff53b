"""A small server for the pages, with the strictest policy that they must keep to, that remembers what it was asked."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from mimetypes import guess_type
from typing import Final

from PIL import Image, ImageDraw

from service.reports import STATIC_FOLDER

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
)


@cache
def drawn_face(mouth_px: int) -> bytes:
    """Draw a face of 1200 x 1500 px with a mouth this far up, as JPEG."""
    picture = Image.new("RGB", (1200, 1500), "#8d959c")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((220, 200, 980, 1300), fill="#cf9f83")
    for x in (400, 800):
        pen.ellipse((x - 70, 570, x + 70, 630), fill="#f3efe9")
        pen.ellipse((x - 28, 572, x + 28, 628), fill="#6a5130")
    pen.ellipse((480, 1050 - mouth_px, 720, 1110 - mouth_px), fill="#a45f5a")
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=80)
    return stream.getvalue()


@dataclass
class Site:
    """Pages by path, and where they are served."""

    address: str
    pages: dict[str, bytes] = field(default_factory=dict)

    def serve(self, path: str, html: str) -> str:
        """Serve a page, and return its address."""
        self.pages[path] = html.encode()
        return self.address + path


def _static_files() -> Mapping[str, bytes]:
    return {f"/static/{file.name}": file.read_bytes() for file in STATIC_FOLDER.iterdir() if file.is_file()}


@contextmanager
def running_site() -> Iterator[Site]:
    """Serve the static files, two pictures, and whatever pages are added, on a free port of this machine."""
    pages: dict[str, bytes] = {
        **_static_files(),
        "/before.jpg": drawn_face(0),
        "/after.jpg": drawn_face(20),
    }

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path.partition("?")[0])
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", guess_type(self.path.partition("?")[0])[0] or "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", pages)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
