"""``make demo``: the main job on the sample photos, through the real service and its real API.

Run again, it finds what it made before and asks for nothing twice.
"""

import argparse
import os
import signal
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from rich.console import Console

from models.errors import LiftmarkError
from service.app import create_app
from service.assembly import open_database
from service.demo_client import DemoClient, DemoError, Sample, read_samples, read_series
from service.demo_series import show_series
from service.documents import ComparisonDocument
from service.people.welcome import WelcomeDesk
from service.reports import write_report_folder
from service.serving import serving
from service.settings import Settings
from service.tenancy.keys import create_key
from service.terminal import comparison_lines

_MANIFEST: Final = Path(__file__).parents[1] / "sample_images" / "manifest.json"
_OUT: Final = Path("out")
_FIRST_PORT: Final = 8000
_PORTS: Final = 100

console: Final = Console(highlight=False)


class NoFreePortError(LiftmarkError):
    """No port from 8000 on is free."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Analyse the samples, print what changed, and serve the reports or write them to ``out/``."""
    parser = argparse.ArgumentParser(prog="python -m service.demo", description=main.__doc__)
    parser.add_argument("--once", action="store_true", help="write the reports to out/ and end")
    once = parser.parse_args(arguments).once
    settings = Settings() if os.environ.get("LIFTMARK_DATA") else Settings(data=Path("data") / "demo")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite stop is a stop like Ctrl-C
    key = demo_key(settings)
    app = create_app(settings)
    with free_listener() as listener, serving(app, listener) as address:
        show_samples(DemoClient(address, key), settings, once=once)
        if not once:
            tell_of_pages(address, app.state.service.welcome)
            stay(address)


def show_samples(client: DemoClient, settings: Settings, *, once: bool) -> None:
    """Have every sample pair and course told and shown; end with one sentence where the service refuses."""
    try:
        for sample in read_samples(_MANIFEST):
            show_sample(client, sample, once=once)
        for series in read_series(_MANIFEST):
            ledger = settings.data / f"{series.name}.jsonl"
            show_series(client, series, ledger, console, _OUT / series.name if once else None)
    except DemoError as error:
        raise SystemExit(f"The demo could not go on. {error}") from error


def demo_key(settings: Settings) -> str:
    """The demo's own API key, made at the first run and kept beside its data."""
    path = settings.data / "demo.key"
    if path.exists():
        return path.read_text(encoding="ascii")
    with open_database(settings) as database, database.writing_across() as session:
        key = create_key(session, "demo")
    path.touch(mode=0o600)
    path.write_text(key, encoding="ascii")
    return key


def free_listener() -> socket.socket:
    """A socket on the first free port from 8000 on, on this machine's own address."""
    for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()
        except OSError:
            listener.close()
        else:
            return listener
    raise NoFreePortError(NoFreePortError.__doc__)


def show_sample(client: DemoClient, sample: Sample, *, once: bool) -> None:
    """Have one pair compared, print its table, and say where its report is."""
    console.rule(f"[bold]{sample.title}", align="left")
    console.print(sample.origin, style="dim")
    answer = client.compared(sample)
    document = _document(answer)
    if document is None:
        console.print(_why_not(answer))
        return
    for line in comparison_lines(document):
        console.print(line)
    if document.alignment is None:
        console.print("The photos could not be aligned, so there is no report.")
        return
    where = write_report(client, answer["id"], document, _OUT / sample.name) if once else client.link(answer["id"])
    console.print("Report:", where, soft_wrap=True, style="bold")


def write_report(client: DemoClient, comparison_id: str, document: ComparisonDocument, folder: Path) -> str:
    """Write the report as a folder that opens from the disk; its page."""
    before, after = (client.get(f"/v1/comparisons/{comparison_id}/aligned/{which}") for which in ("before", "after"))
    return str(write_report_folder(document, before, after, folder))


def tell_of_pages(address: str, welcome: WelcomeDesk) -> None:
    """Say where a person goes on: where the first owner is made, or where one signs in."""
    path = welcome.path()
    said = f"Sign in: {address}/sign-in" if path is None else f"Make yourself the clinic's owner: {address}{path}"
    console.print(f"\n{said}", soft_wrap=True, style="bold")


def stay(address: str) -> None:
    """Serve until Ctrl-C."""
    console.print(f"\nServing at {address} (API: {address}/docs). Ctrl-C ends it.", soft_wrap=True)
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        console.print("Ended.")


def _document(answer: dict[str, Any]) -> ComparisonDocument | None:
    """The comparison in the API's answer, which carries a few fields more."""
    known = {name: value for name, value in answer.items() if name in ComparisonDocument.model_fields}
    try:
        return ComparisonDocument.model_validate(known)
    except ValidationError:
        return None


def _why_not(answer: dict[str, Any]) -> str:
    refused = answer.get("refused") or {}
    return str(refused.get("says") or answer.get("failure") or "The analysis has not ended; run the demo again.")


if __name__ == "__main__":
    main()
