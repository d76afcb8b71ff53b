"""The service's own word on its audit, after all that was done to it."""

from tests.faults.checker import Finding, Verdict
from tests.faults.station import Station


def audit_findings(service: Station) -> list[Finding]:
    """What ``liftmark audit verify`` says against the chains, and against the anchors that were left on the way."""
    anchors = service.home.folder / "audit-anchors.jsonl"
    against = ("--anchor", str(anchors)) if anchors.exists() else ()
    told = service.run("audit", "verify", *against)
    return [] if told.returncode == 0 else [Finding(Verdict.UNCHAINED, "liftmark audit verify", told.stdout)]
