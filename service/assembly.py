"""The service's parts, put together from the settings."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

from anyio import CapacityLimiter

from service.analysing import Analyser
from service.audit.anchoring import AnchorKeeper
from service.blobs import open_blobs
from service.blobs.key_ring import KeyFiles, KeyRing
from service.blobs.master_key import Cipher, MasterKey
from service.blobs.vault import Vaults
from service.comparisons.job import ComparePhotos
from service.consents.withdrawal import RestingExports
from service.database import Database
from service.database.migrate import migrate, tell_of_missing_walls
from service.exports.credentials import Credentials
from service.exports.job import MakeExport
from service.exports.repository import ExportsOnConsents
from service.housekeeping import Housekeeper, Tidying
from service.jobs import Doer, JobEngine, JobKind, JobRunner, Lane, LeasedJobs
from service.limiting.limits import Limits
from service.master_keys.rotation import require_keys
from service.master_keys.secrets import Purpose, open_secrets
from service.observing.watched import WatchedAnalyser, WatchedStore, count_database_errors, watched_doer
from service.people.signing_in import SignInDesk
from service.people.welcome import WelcomeDesk, welcome_code
from service.photos.job import AnalysePhoto
from service.repeatability.job import EvaluateStudy
from service.sandbox import LOOKS_ALONE, AnalysisWorkers
from service.series.job import UpdateSeries
from service.settings import Settings
from service.subjects.job import EraseBlobs
from service.tenancy.links import LinkSigner
from service.webhooks.courier import Courier
from service.webhooks.job import DeliverWebhook

_COURIERS: Final = 2
"""Threads that wait for webhooks' receivers, in a process that does jobs."""

_UPLOAD_THREADS: Final = 24  # more than wait for an object store, so that the others are turned away and not kept


@dataclass(frozen=True, slots=True)
class Service:
    """All that a request needs.

    Parameters
    ----------
    doorkeeper : judges uploads by their header; not the analyst of the jobs, so that no upload waits for an analysis.
    archivist : makes whole pictures for other systems, which no upload waits for either; starts when first needed.
    guide : looks at what cameras see, which neither uploads nor pictures wait for; starts when first needed.
    resting_exports : what exports rest on consents, for whoever withdraws one.
    upload_threads : uploads that wait for doorkeeper, disk or blob store leave all other requests their threads.
    """

    settings: Settings
    database: Database
    vaults: Vaults
    jobs: JobEngine
    runner: JobRunner
    doorkeeper: Analyser
    archivist: Analyser
    guide: Analyser
    links: LinkSigner
    webhook_cipher: Cipher
    limits: Limits
    sign_ins: SignInDesk
    welcome: WelcomeDesk
    resting_exports: RestingExports = field(default_factory=ExportsOnConsents)
    upload_threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_UPLOAD_THREADS))
    guide_thread: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))


@contextmanager
def open_service(settings: Settings, analyser: Analyser | None = None) -> Iterator[Service]:
    """Everything opened, migrated and at work; closed in the reverse order.

    Parameters
    ----------
    analyser : in place of the sandbox, for tests.
    """
    settings.incoming.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        ring = key_ring(settings)
        database = stack.enter_context(open_database(settings, ring))
        vaults = open_vaults(settings, ring)
        stack.enter_context(_anchor_keeper(settings, database, vaults))
        jobs = LeasedJobs(database)
        credentials = Credentials(settings, database, ring)
        doorkeeper, archivist, guide, analyst = (
            WatchedAnalyser(analyser or stack.enter_context(workers)) for workers in _all_workers(settings)
        )
        secrets = open_secrets(database, ring)
        webhook_cipher = Cipher(secrets.webhooks)
        lanes = (
            _analysis_lane(settings, database, vaults, jobs, analyst, credentials),
            _courier_lane(settings, database, webhook_cipher, jobs),
        )
        runner = stack.enter_context(JobRunner(jobs, [_watched(lane) for lane in lanes]))
        tidying = Tidying(database, vaults, jobs, settings.incoming)
        stack.enter_context(Housekeeper(database, tidying, settings.reconcile_s))
        links, limits = LinkSigner(secrets.links), Limits(database, settings)
        people = SignInDesk(database, limits.sign_ins), WelcomeDesk(database, welcome_code(secrets.links))
        yield Service(
            settings,
            database,
            vaults,
            jobs,
            runner,
            doorkeeper,
            archivist,
            guide,
            links,
            webhook_cipher,
            limits,
            *people,
        )


def _all_workers(settings: Settings) -> tuple[AnalysisWorkers, ...]:
    """The doorkeeper's, the archivist's, the guide's and those of the jobs."""
    at_once = max(1, settings.workers)
    return AnalysisWorkers(module=LOOKS_ALONE), AnalysisWorkers(), AnalysisWorkers(), AnalysisWorkers(at_once)


@contextmanager
def open_database(settings: Settings, ring: KeyRing | None = None) -> Iterator[Database]:
    """The database alone, migrated.

    Raises
    ------
    MasterKeyError
        Where what is in it is under another master key than those in ``ring``, which the settings name if not given.
    """
    ring = ring or key_ring(settings)
    with Database(settings.database_address, ring.present.derive(Purpose.AUDIT)) as database:
        count_database_errors(database.engine)
        migrate(database)
        tell_of_missing_walls(database)
        database.audit_key = open_secrets(database, ring).audit
        require_keys(database, ring)
        yield database


def open_vaults(settings: Settings, ring: KeyRing) -> Vaults:
    """The subjects' blobs, as the settings say where they are."""
    return Vaults(WatchedStore(open_blobs(settings.blobs_address)), ring)


def _anchor_keeper(settings: Settings, database: Database, vaults: Vaults) -> AnchorKeeper:
    """It is entered before all that writes the audit, and so anchors last."""
    store = vaults.store if settings.blobs_are_elsewhere else None
    return AnchorKeeper(database, settings.audit_anchors, store, settings.audit_anchor_s)


def _analysis_lane(
    settings: Settings,
    database: Database,
    vaults: Vaults,
    jobs: JobEngine,
    analyser: Analyser,
    credentials: Credentials,
) -> Lane:
    doers: Mapping[JobKind, Doer] = {
        JobKind.ANALYSE_PHOTO: AnalysePhoto(database, vaults, jobs, analyser),
        JobKind.COMPARE_PHOTOS: ComparePhotos(database, vaults, jobs, analyser),
        JobKind.MAKE_EXPORT: MakeExport(database, vaults, jobs, analyser, credentials),
        JobKind.EVALUATE_STUDY: EvaluateStudy(database, jobs),
        JobKind.ERASE_BLOBS: EraseBlobs(database, vaults, jobs),
        JobKind.UPDATE_SERIES: UpdateSeries(database, jobs),
    }
    return Lane(doers, settings.workers)


def _courier_lane(settings: Settings, database: Database, cipher: Cipher, jobs: JobEngine) -> Lane:
    """By themselves, so that no photo waits for a receiver that is slow."""
    deliver = DeliverWebhook(database, cipher, jobs, Courier(settings.webhook_origins))
    return Lane({JobKind.DELIVER_WEBHOOK: deliver}, min(_COURIERS, settings.workers))


def _watched(lane: Lane) -> Lane:
    return Lane({kind: watched_doer(do) for kind, do in lane.doers.items()}, lane.workers)


def key_ring(settings: Settings) -> KeyRing:
    """The master keys, as the settings name them or say where they are."""
    told = "" if settings.other_master_keys is None else settings.other_master_keys.get_secret_value()
    others = [MasterKey.from_base64(written.strip()) for written in told.split(",") if written.strip()]
    if settings.master_key is not None:
        return KeyRing.of(MasterKey.from_base64(settings.master_key.get_secret_value()), *others)
    MasterKey.from_file(settings.master_key_file)  # made at the first start, and never again while the service runs
    return KeyRing(KeyFiles(settings.master_key_file, settings.other_master_keys_file, others))
