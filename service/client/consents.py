"""Consents, and links that were made."""

from __future__ import annotations

from service.client.calls import Calls, shapes


class ConsentCalls(Calls):
    """Consents, and links that were made."""

    def list_consents(self, subject_id: str) -> shapes.ConsentsAnswer:
        """See what the subject agreed to, for each purpose."""
        return self._ask("GET", f"/subjects/{subject_id}/consents", shapes.ConsentsAnswer)

    def give_consent(self, subject_id: str, purpose: shapes.Purpose, new: shapes.NewConsent) -> shapes.ConsentAnswer:
        """Record the subject's consent to one purpose, in place of the record before it."""
        return self._ask("PUT", f"/subjects/{subject_id}/consents/{purpose}", shapes.ConsentAnswer, body=new)

    def withdraw_consent(
        self, subject_id: str, purpose: shapes.Purpose, new: shapes.Withdrawal | None = None
    ) -> shapes.WithdrawalAnswer:
        """Withdraw the consent to one purpose; the answer lists what ended and what was published before."""
        path = f"/subjects/{subject_id}/consents/{purpose}"
        return self._ask("DELETE", path, shapes.WithdrawalAnswer, body=new)

    def list_links(
        self,
        *,
        subject_id: str | None = None,
        comparison_id: str | None = None,
        running: bool = False,
        after: str | None = None,
        limit: int = 50,
    ) -> shapes.Page[shapes.ShareLinkAnswer]:
        """List the clinic's links: who shared what, until when, and how often it was opened."""
        query = {
            "subject_id": subject_id,
            "comparison_id": comparison_id,
            "running": "true" if running else None,
            "after": after,
            "limit": limit,
        }
        return self._ask("GET", "/links", shapes.Page[shapes.ShareLinkAnswer], query=query)

    def revoke_link(self, link_id: str) -> None:
        """End a link now, and all that hangs on it."""
        self._do("DELETE", f"/links/{link_id}")
