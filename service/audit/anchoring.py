"""Anchors of the audit in a file beside the database."""

from pathlib import Path

from service.audit.anchor import Anchor, read_anchors


def kept_anchors(file: Path) -> list[Anchor]:
    """The anchors in ``file``; none before the first one was kept."""
    return read_anchors(file) if file.exists() else []
