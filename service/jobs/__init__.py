"""Work that outlives the request that asked for it, and the process that began it."""

from service.jobs.engine import MAX_ATTEMPTS, Job, JobEngine, JobKind, Queue
from service.jobs.leases import LeasedJobs
from service.jobs.runner import Doer, JobRunner, Lane

__all__ = ["MAX_ATTEMPTS", "Doer", "Job", "JobEngine", "JobKind", "JobRunner", "Lane", "LeasedJobs", "Queue"]
