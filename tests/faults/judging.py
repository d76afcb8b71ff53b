"""Puts the judge before a service under test."""

from tests.faults.checker import Acknowledgements, Checker, Reader
from tests.faults.ledger import Ledger
from tests.faults.shelves import Shelves
from tests.faults.station import Station


def checker_of(service: Station, key: str, ledger: Ledger) -> Checker:
    """The judge of what ``ledger`` says of ``service``, which answers to ``key``."""
    home = service.home
    shelves = Shelves(home.database, home.blobs, home.environment)
    return Checker(Acknowledgements(ledger.path), Reader(service.address, key), shelves)
