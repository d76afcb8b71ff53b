"""Whether rows and blobs still belong to each other, both ways, and what is done where they do not."""

from service.reconciling.findings import Finding, FindingKind, Report
from service.reconciling.reconciler import Reconciler

__all__ = ["Finding", "FindingKind", "Reconciler", "Report"]
