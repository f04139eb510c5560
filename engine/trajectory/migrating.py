"""Bringing a store's tables up to date with Alembic. Imported only when they are not."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection


class UnknownRevisionError(Exception):
    """The tables are of a version that this program does not have."""


def configuration(connection: Connection) -> Config:
    """Alembic's settings for an open connection."""
    config = Config()
    config.set_main_option("script_location", "engine.trajectory:migrations")
    config.attributes["connection"] = connection
    return config


def migrate(connection: Connection) -> None:
    """Apply every migration that is missing, inside the connection's transaction.

    Raises:
        UnknownRevisionError: the store is of a newer version; carries that version.
    """
    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise UnknownRevisionError(
            connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        ) from error
