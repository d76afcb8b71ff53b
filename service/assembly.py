"""The service's parts, put together from the settings."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

from anyio import CapacityLimiter

from service.analysing import Analyser
from service.audit.anchoring import AnchorKeeper
from service.blobs import open_blobs
from service.blobs.master_key import MasterKey
from service.blobs.vault import Vaults
from service.comparisons.job import ComparePhotos
from service.database import Database
from service.database.migrate import migrate, tell_of_missing_walls
from service.jobs import Doer, JobEngine, JobKind, JobRunner, LeasedJobs
from service.observing.watched import WatchedAnalyser, WatchedStore, count_database_errors, watched_doer
from service.photos.job import AnalysePhoto
from service.repeatability.job import EvaluateStudy
from service.sandbox import AnalysisWorkers
from service.series.job import UpdateSeries
from service.settings import Settings
from service.subjects.job import EraseBlobs
from service.tenancy.links import LinkSigner

_UPLOAD_THREADS: Final = 24  # more than wait for an object store, so that the others are turned away and not kept


@dataclass(frozen=True, slots=True)
class Service:
    """All that a request needs.

    Parameters
    ----------
    doorkeeper : judges uploads by their header; not the analyst of the jobs, so that no upload waits for an analysis.
    upload_threads : uploads that wait for doorkeeper, disk or blob store leave all other requests their threads.
    """

    settings: Settings
    database: Database
    vaults: Vaults
    jobs: JobEngine
    runner: JobRunner
    doorkeeper: Analyser
    links: LinkSigner
    upload_threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_UPLOAD_THREADS))


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
        vaults = Vaults(WatchedStore(open_blobs(settings.blobs_address)), _master_key(settings))
        stack.enter_context(_anchor_keeper(settings, database, vaults))
        jobs = LeasedJobs(database)
        doorkeeper = WatchedAnalyser(analyser or stack.enter_context(AnalysisWorkers(count=1)))
        analysts = analyser or stack.enter_context(AnalysisWorkers(count=max(1, settings.workers)))
        analyst = WatchedAnalyser(analysts)
        runner = stack.enter_context(_runner(settings, database, vaults, jobs, analyst))
        yield Service(settings, database, vaults, jobs, runner, doorkeeper, LinkSigner(vaults.master.derive("links")))


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database alone, migrated."""
    with Database(settings.database_address, audit_key(settings)) as database:
        count_database_errors(database.engine)
        migrate(database)
        tell_of_missing_walls(database)
        yield database


def _anchor_keeper(settings: Settings, database: Database, vaults: Vaults) -> AnchorKeeper:
    """It is entered before all that writes the audit, and so anchors last."""
    store = vaults.store if settings.blobs_are_elsewhere else None
    return AnchorKeeper(database, settings.audit_anchors, store, settings.audit_anchor_s)


def audit_key(settings: Settings) -> bytes:
    """What the audit is chained with."""
    return _master_key(settings).derive("audit")


def _runner(settings: Settings, database: Database, vaults: Vaults, jobs: JobEngine, analyser: Analyser) -> JobRunner:
    doers: dict[JobKind, Doer] = {
        JobKind.ANALYSE_PHOTO: AnalysePhoto(database, vaults, jobs, analyser),
        JobKind.COMPARE_PHOTOS: ComparePhotos(database, vaults, jobs, analyser),
        JobKind.EVALUATE_STUDY: EvaluateStudy(database, jobs),
        JobKind.ERASE_BLOBS: EraseBlobs(database, vaults, jobs),
        JobKind.UPDATE_SERIES: UpdateSeries(database, jobs),
    }
    return JobRunner(jobs, {kind: watched_doer(do) for kind, do in doers.items()}, settings.workers)


def _master_key(settings: Settings) -> MasterKey:
    if settings.master_key is not None:
        return MasterKey.from_base64(settings.master_key.get_secret_value())
    return MasterKey.from_file(settings.master_key_file)
