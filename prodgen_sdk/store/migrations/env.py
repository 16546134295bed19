"""Run by Alembic inside the transaction that `prodgen_sdk.store.migrate` has opened."""

from alembic import context

from prodgen_sdk.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
