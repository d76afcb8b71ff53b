"""Alembic's entry: migrate over the connection that :func:`service.database.migrate.migrate` brings."""

from alembic import context

from service.database.base import Row

context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata)
context.run_migrations()
