"""The audit, the proofs of erasures, and what is used."""

from __future__ import annotations

from datetime import date

from service.client.calls import Calls, shapes


class AccountCalls(Calls):
    """The audit, the proofs of erasures, and what is used."""

    def list_audit(
        self,
        *,
        after: int = 0,
        limit: int = 100,
        action: shapes.Action | None = None,
        target: str | None = None,
        actor: str | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> shapes.Page[shapes.AuditAnswer]:
        """See who did what to which of the clinic's records, and when."""
        return self._ask(
            "GET",
            "/audit",
            shapes.Page[shapes.AuditAnswer],
            query={
                "after": after,
                "limit": limit,
                "action": action,
                "target": target,
                "actor": actor,
                "from": since,
                "until": until,
            },
        )

    def get_usage(self) -> shapes.UsageAnswer:
        """See how much the clinic stores and sends, and how much it may."""
        return self._ask("GET", "/usage", shapes.UsageAnswer)

    def verify_audit(self) -> shapes.VerificationAnswer:
        """Walk along the clinic's audit and say whether a row was edited, deleted, moved, forged or cut off."""
        return self._ask("GET", "/audit/verification", shapes.VerificationAnswer)

    def get_erasure(self, subject_id: str) -> shapes.ErasureAnswer:
        """Get the proof that a subject was erased: when, by whom, how much, and that nothing is left now."""
        return self._ask("GET", f"/erasures/{subject_id}", shapes.ErasureAnswer)
