"""Pairs made ready to be published: with consent, with credentials, and with how fair they are."""
