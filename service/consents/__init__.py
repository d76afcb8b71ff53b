"""Consent for each purpose: recorded, running out, withdrawn, and asked for by whatever shows a subject's face."""
