"""Deleting a database on a server elsewhere, and finding out whether it is gone: a server's yes is not always true."""

from __future__ import annotations

import asyncio
import re
from typing import Literal

from engine.gyms.recording import quote
from engine.gyms.remote.admin import DELETE_SECONDS, GymServer, Reply, retrying
from engine.gyms.remote.errors import GymError

_NO_DATABASE = re.compile(
    r"database\b.*\b(not found|(does|did) not exist|not exist|unknown)|\b(no such|unknown) database", re.IGNORECASE
)
"""How servers say that there is no such database; ``unable to open database file`` is no such word."""

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' LIMIT 400"


_REFUSED = (400, 404, 422, 500)
"""Answers of a SQL runner whose words are read for that."""


Seeded = Literal["no", "yes", "unknown"]
"""Whether a database was made; ``unknown`` if that was given up before the server answered: it may make it yet."""

_NOT_DONE = (301, 302, 303, 307, 308, 401, 403, 404, 405, 501)
"""Answers to a seeding where there is no gym server, or none that we may use."""


def came_of(seeding: asyncio.Future[None]) -> Seeded:
    """What came of ``GymServer.seed``, as far as that is known."""
    error = asyncio.CancelledError() if not seeding.done() or seeding.cancelled() else seeding.exception()
    match error:
        case None:
            return "yes"
        case GymError(sent=False):
            return "no"
        case GymError(status=int(status)):
            return "no" if status in _NOT_DONE else "yes"  # a server may fail when half is done
    return "unknown"


async def deleted(server: GymServer, database_id: str, seeded: Seeded = "yes") -> str | None:
    """Delete a database; returns why it is not known to be gone, or None when it is.

    A server that says no, or says what makes no sense, is asked whether the database is still there. ``seeded``: what
    came of making it; nothing is asked where there is none.
    """
    if seeded == "no":
        return None
    try:
        await retrying(lambda: server.delete(database_id))
        return None
    except GymError as error:
        if not error.sent:
            return f"may stay behind: {error}"
        match await still_there(server, database_id):
            case None:
                return f"may stay behind: {error}"
            case True:
                return f"stays behind: {error}"
        return None if seeded == "yes" else "may come into being yet: its seeding was given up without an answer"


async def still_there(server: GymServer, database_id: str) -> bool | None:
    """Whether a database has rows; None when that cannot be found out.

    Some servers make an empty database for any id that they are asked about, so one without rows counts as gone.
    """
    try:
        tables = await server.sql_once(database_id, _TABLES, DELETE_SECONDS, _REFUSED)
        if tables.refused:
            return _refused(tables)
        names = [str(row.get("name")) for row in server.read_rows(tables)]
        if not names:
            return False
        rows = " OR ".join(f"EXISTS (SELECT 1 FROM {quote(name)})" for name in names)  # noqa: S608
        answer = await server.sql_once(database_id, f"SELECT {rows} AS found LIMIT 1", DELETE_SECONDS, _REFUSED)
        return _refused(answer) if answer.refused else bool(next(iter(server.read_rows(answer)[0].values())))
    except GymError:
        return None
    except (IndexError, StopIteration):  # an answer without the row that was asked for
        return None


def _refused(answer: Reply) -> bool | None:
    return False if _NO_DATABASE.search(answer.text) else None
