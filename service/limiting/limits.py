"""All limits of one process."""

from dataclasses import dataclass

from service.database import Database
from service.limiting.allowances import Allowances
from service.limiting.guesses import Guesses
from service.limiting.rates import Rates, Use, heavy, of_clinic, of_key
from service.settings import Settings
from service.tenancy.tenant import Actor


@dataclass(frozen=True, slots=True)
class Left:
    """What a clinic may still send within the present minute."""

    requests: int
    heavy: int


class Limits:
    """What each clinic may do, and what it did in the last minute."""

    def __init__(self, database: Database, settings: Settings) -> None:
        rates = Rates()
        self.allowances = Allowances(database, settings)
        self.guesses = Guesses(rates, settings.failed_keys_per_minute)
        self.sign_ins = Guesses(rates, settings.failed_sign_ins_per_minute)
        self._rates = rates
        self._key_per_minute = settings.key_requests_per_minute

    def refused_for_s(self, actor: Actor, cost: int) -> float | None:
        """Count a request; the seconds to wait where it is one too many, else None.

        Parameters
        ----------
        cost : of a heavy call, else 0.
        """
        of_them = self._requests(actor)
        allowed = self.allowances.of(actor.tenant)
        return self._rates.refused_for_s(
            of_key(actor.name, min(self._key_per_minute, allowed.requests_per_minute)),
            of_them,
            *([heavy(actor.tenant, allowed.heavy_per_minute, cost)] if cost else ()),
        )

    def left(self, actor: Actor) -> Left:
        """What the clinic may still send."""
        allowed = self.allowances.of(actor.tenant)
        heavy_calls = heavy(actor.tenant, allowed.heavy_per_minute)
        return Left(self._rates.left(self._requests(actor)), self._rates.left(heavy_calls))

    def _requests(self, actor: Actor) -> Use:
        return of_clinic(actor.tenant, self.allowances.of(actor.tenant).requests_per_minute)
