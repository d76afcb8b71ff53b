"""Pairs of photos: compared, shown, and linked to."""
