"""Which method made a figure: the version that every result is stamped with."""

from typing import Final

METHOD_VERSION: Final = "2026.11.2"
"""Changes whenever a figure could change for the same photo; see *Measurement changes* in the changelog."""
