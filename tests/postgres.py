"""A PostgreSQL server for tests, started from whatever is installed: an empty cluster in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, text

DEBIAN = Path("/usr/lib/postgresql")


class Server:
    """A running server in which every caller gets a database of their own."""

    def __init__(self, port: int) -> None:
        self._port = port

    def url(self, database: str) -> URL:
        """Where SQLAlchemy finds a database of this server."""
        return URL.create("postgresql+psycopg", "eog", None, "127.0.0.1", self._port, database)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of an empty database, which is dropped afterwards."""
        name = f"store_{uuid.uuid4().hex[:12]}"
        admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield self.url(name).render_as_string()
        finally:
            with admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            admin.dispose()


def programs() -> Path | None:
    """The folder that has ``initdb`` and ``pg_ctl``, of the newest version that is installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return versions[-1].parent if versions else None


def missing() -> str | None:
    """Why there can be no server here; None when there can."""
    if programs() is None:
        return "PostgreSQL is not installed (Debian: postgresql)"
    if os.geteuid() == 0 and _account() is None:
        return "PostgreSQL does not run as root, and there is no account postgres"
    return None


@contextmanager
def running() -> Iterator[Server]:
    """A server on loopback; gone with all its data afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="eog-postgres-"))
    account = _account() if os.geteuid() == 0 else None
    if account:
        shutil.chown(folder, account, account)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off -c max_connections=200"
    data = ["-D", str(folder / "data")]
    try:
        _run(account, "initdb", *data, "-U", "eog", "-A", "trust", "-E", "UTF8", "--no-sync")
        _run(account, "pg_ctl", *data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield Server(port)
        finally:
            _run(account, "pg_ctl", *data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _account() -> str | None:
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return None


def _run(account: str | None, program: str, *arguments: str) -> None:
    found = programs()
    assert found is not None
    subprocess.run(
        [found / program, *arguments],
        user=account,
        group=account,
        check=True,
        cwd="/",
        stdout=subprocess.DEVNULL,  # not a pipe: the server would keep it open
        stderr=subprocess.DEVNULL,
    )
