"""A clinic's archive into a running service, over its HTTP API: each photo exactly once, however often it is begun."""
