"""Brings a database to the schema of this code."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from prodgen_sdk.errors import StoreError
from prodgen_sdk.store.database import Database
from prodgen_sdk.store.schema import HEAD


def upgrade(database: Database) -> None:
    """Creates the tables, or applies the migrations that are missing, in one transaction.

    The write lock of the database is held from the check to the commit, so that of several processes that open it at
    once one upgrades and the others find it done.

    Raises:
        StoreError: the database was written by a newer version, or belongs to another program.
    """
    with database.read() as connection:
        if _revision(connection) == HEAD:
            return
    with database.write("schema") as connection:
        current = _revision(connection)
        if current != HEAD:
            _run_migrations(database, connection, current)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar_one_or_none()


def _run_migrations(database: Database, connection: Connection, current: str | None) -> None:
    # Alembic takes a fifth of a second to import: only when there is something to do.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    if current is not None and current not in known:
        raise StoreError(
            f"The database {database.name} has schema {current}; this version of prodgen-sdk knows schemas up to {HEAD}.",
            hint="It was written by a newer version: run pip install --upgrade prodgen-sdk.",
        )
    tables = inspect(connection).get_table_names()
    if current is None and tables:
        raise StoreError(
            f"The database {database.name} already holds tables of another program ({', '.join(sorted(tables)[:3])}).",
            hint="Give a database of its own.",
        )
    command.upgrade(config, "head")
