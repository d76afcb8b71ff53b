"""How long a foreign and a missing id take, in turn: `python -m tests.service.api.timing [PAIRS]`.

Prints the median of the pairs' differences with its 95 % interval (bootstrap), in microseconds, on SQLite, or on the
database of LIFTMARK_DATABASE_URL.
"""

import socket
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import httpx
import numpy as np

from service.app import create_app
from service.serving import serving
from service.settings import Settings
from service.tenancy.keys import create_key
from tests.service.api.conftest import Clinic, FakeAnalyst

ADDRESSES = ("/v1/photos/{}", "/v1/photos/{}/file")


def timed(clinic: Clinic, address: str) -> float:
    begun = time.perf_counter()
    assert clinic.get(address).status_code == 404
    return time.perf_counter() - begun


def differences_us(clinic: Clinic, address: str, foreign: str, missing: str, pairs: int) -> np.ndarray:
    """Foreign less missing; each pair in an order of its own."""
    order, found = Random(1), []
    for _ in range(pairs):
        both = {"foreign": address.format(foreign), "missing": address.format(missing)}
        names = list(both)
        order.shuffle(names)
        took = {name: timed(clinic, both[name]) for name in names}
        found.append((took["foreign"] - took["missing"]) * 1e6)
    return np.array(found)


def interval(values: np.ndarray) -> tuple[float, float]:
    rng = np.random.default_rng(1)
    medians = np.median(rng.choice(values, (2000, len(values))), axis=1)
    low, high = np.percentile(medians, (2.5, 97.5))
    return float(low), float(high)


def main(pairs: int) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        rates = ("requests_per_minute", "key_requests_per_minute", "heavy_per_minute")
        no_limits = dict.fromkeys(rates, 1_000_000)
        app = create_app(Settings(data=Path(folder), workers=1, **no_limits), FakeAnalyst())
        with serving(app, listener) as address, httpx.Client(base_url=address, timeout=60) as client:
            with app.state.service.database.writing_across() as session:
                mine, theirs = (Clinic(client, create_key(session, name)) for name in ("Aurora", "Borealis"))
            foreign = theirs.photo()
            missing = foreign[:-1] + ("0" if foreign[-1] != "0" else "1")
            for where in ADDRESSES:
                differences_us(mine, where, foreign, missing, 50)  # warm
                found = differences_us(mine, where, foreign, missing, pairs)
                low, high = interval(found)
                spread = np.percentile(np.abs(found), 50)
                print(f"{where}: {np.median(found):+.1f} us ({low:+.1f} to {high:+.1f}), of {spread:.0f} us noise")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
