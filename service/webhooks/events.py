"""What webhooks tell of."""

from enum import StrEnum
from typing import Final


class Event(StrEnum):
    """What happened. Its message holds ids; figures are fetched with a key."""

    PHOTO_ANALYSED = "photo.analysed"
    PHOTO_REFUSED = "photo.refused"
    PHOTO_FAILED = "photo.failed"
    COMPARISON_COMPARED = "comparison.compared"
    COMPARISON_REFUSED = "comparison.refused"
    COMPARISON_FAILED = "comparison.failed"
    SERIES_CHANGED = "series.changed"
    SUBJECT_ERASED = "subject.erased"


TEST: Final = "webhook.test"
"""No event of a record: the clinic asks for it, and it is tried once."""
