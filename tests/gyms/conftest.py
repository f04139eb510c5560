"""A domain small enough to see through: a help desk with one table and a few tools."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import apsw
import pytest

from engine.gyms.database import QueryError, QueryResult
from engine.gyms.session import GymSession
from engine.gyms.toolkit import Answer, Clock, UnknownTool

TITLE = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"], "anyOf": [{}]}
ANYTHING = {"type": "object", "properties": {}}


class Desk:
    """What gyms need of a domain, with tools that also do what a good domain's never would."""

    name = "desk"
    server_name = "gym-desk"
    service = "desk-api"
    policy = "Be kind."
    schema_sql = """
        CREATE TABLE ticket (
            id TEXT NOT NULL, title TEXT NOT NULL, owner TEXT, opened TEXT, PRIMARY KEY (id)
        );
    """

    def tool_list(self) -> list[dict[str, Any]]:
        schemas = {"open_ticket": TITLE, "list_tickets": ANYTHING, "who_am_i": ANYTHING, "break_down": ANYTHING}
        return [
            {"name": name, "title": None, "description": f"Tool {name}.", "inputSchema": schema, "meta": None}
            for name, schema in schemas.items()
        ]

    def writes(self, tool: str) -> bool:
        return tool in ("open_ticket", "break_down")

    def call(
        self,
        connection: apsw.Connection,
        tool: str,
        arguments: Mapping[str, Any],
        headers: Mapping[str, str],
        clock: Clock,
    ) -> Answer:
        match tool:
            case "open_ticket":
                return self._open(connection, arguments, headers, clock)
            case "list_tickets":
                rows = connection.execute("SELECT id, title FROM ticket ORDER BY id").fetchall()
                return Answer(json.dumps(rows), is_error=False)
            case "who_am_i":
                return Answer(headers.get("x-desk-user", "nobody"), is_error=False)
            case "break_down":
                with connection:
                    connection.execute("INSERT INTO ticket VALUES ('T_666', 'half done', NULL, NULL)")
                    raise ZeroDivisionError("the desk fell over")
        raise UnknownTool(tool)

    def _open(
        self, connection: apsw.Connection, arguments: Mapping[str, Any], headers: Mapping[str, str], clock: Clock
    ) -> Answer:
        title = arguments.get("title")
        if not title:
            return Answer('{"detail": "title is required"}', is_error=True)
        number = connection.execute("SELECT count(*) + 1 FROM ticket").get
        row = (f"T_{number}", title, headers.get("x-desk-user"), clock.now().isoformat())
        connection.execute("INSERT INTO ticket VALUES (?, ?, ?, ?)", row)
        return Answer(json.dumps({"id": row[0], "opened": row[3]}), is_error=False)


@pytest.fixture(scope="session")
def desk() -> Any:
    return Desk()


async def query(gym: GymSession, sql: str) -> QueryResult:
    """What one SELECT gives; raises QueryError."""
    [found] = await gym.query_all([sql])
    if isinstance(found, QueryError):
        raise found
    return found
