"""Telling a clinic's own systems that something has ended: ids alone, signed, to addresses that the operator allows."""
