"""Who did what to whose photos."""

from service.audit.trail import Action, Whole, record

__all__ = ["Action", "Whole", "record"]
