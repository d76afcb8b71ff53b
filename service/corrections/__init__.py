"""Contours placed by hand: kept with who and when, never overwritten, and measured from."""
