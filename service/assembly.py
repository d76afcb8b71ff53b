"""The service's parts, put together from the settings."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Thread

from service.analysing import Analyser
from service.blobs import open_blobs
from service.blobs.master_key import MasterKey
from service.blobs.vault import Vaults
from service.comparisons.job import ComparePhotos
from service.database import Database
from service.database.migrate import migrate
from service.jobs import Doer, JobEngine, JobKind, JobRunner, LeasedJobs
from service.photos.job import AnalysePhoto
from service.sandbox import AnalysisWorkers, SandboxError
from service.settings import Settings
from service.subjects.job import EraseBlobs
from service.tenancy.links import LinkSigner

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """All that a request needs.

    Parameters
    ----------
    doorkeeper : judges uploads by their header; not the analyst of the jobs, so that no upload waits for an analysis.
    """

    settings: Settings
    database: Database
    vaults: Vaults
    jobs: JobEngine
    runner: JobRunner
    doorkeeper: Analyser
    links: LinkSigner


@contextmanager
def open_service(settings: Settings, analyser: Analyser | None = None) -> Iterator[Service]:
    """Everything opened, migrated and at work; closed in the reverse order.

    Parameters
    ----------
    analyser : in place of the sandbox, for tests.
    """
    settings.incoming.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        database = stack.enter_context(open_database(settings))
        vaults = Vaults(open_blobs(settings.blobs_address), _master_key(settings))
        jobs = LeasedJobs(database)
        doorkeeper, analyst = (analyser, analyser) if analyser else stack.enter_context(_sandboxes(settings))
        runner = stack.enter_context(_runner(settings, database, vaults, jobs, analyst))
        yield Service(settings, database, vaults, jobs, runner, doorkeeper, LinkSigner(vaults.master.derive("links")))


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database alone, migrated."""
    with Database(settings.database_address) as database:
        migrate(database)
        yield database


@contextmanager
def _sandboxes(settings: Settings) -> Iterator[tuple[AnalysisWorkers, AnalysisWorkers]]:
    """Doorkeeper and analyst, both warming up while the service already answers."""
    with AnalysisWorkers(count=1) as doorkeeper, AnalysisWorkers(count=max(1, settings.workers)) as analyst:
        warming = Thread(target=_warm_up, args=(doorkeeper, analyst), name="sandbox-warm-up")
        warming.start()
        yield doorkeeper, analyst
        warming.join()


def _warm_up(*sandboxes: AnalysisWorkers) -> None:
    try:
        for sandbox in sandboxes:
            sandbox.warm_up()
    except SandboxError as error:
        _log.error("Photos cannot be analysed now: %s", error)


def _runner(settings: Settings, database: Database, vaults: Vaults, jobs: JobEngine, analyser: Analyser) -> JobRunner:
    doers: dict[JobKind, Doer] = {
        JobKind.ANALYSE_PHOTO: AnalysePhoto(database, vaults, jobs, analyser),
        JobKind.COMPARE_PHOTOS: ComparePhotos(database, vaults, jobs, analyser),
        JobKind.ERASE_BLOBS: EraseBlobs(database, vaults, jobs),
    }
    return JobRunner(jobs, doers, settings.workers)


def _master_key(settings: Settings) -> MasterKey:
    if settings.master_key is not None:
        return MasterKey.from_base64(settings.master_key.get_secret_value())
    return MasterKey.from_file(settings.data.resolve() / "master.key")
