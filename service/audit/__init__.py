"""Who did what to whose photos."""

from service.audit.trail import Action, record

__all__ = ["Action", "record"]
