"""Persons, known by the clinic's own reference and nothing else."""
