"""What both sides of the HTTP contract agree on: header names, and the SQL runner's LIMIT rule."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from engine.gyms.statements import split

DATABASE_HEADER = "x-database-id"
"""Names the database that a request is about."""

CHANGES_HEADER = "x-eog-changes"
"""Asks a server of ours to name the rows that a call changed, and what else it can; the benchmark's pass over it."""

CHANGES_META = "eog-tui/changes"
"""Key of ``_meta``: true in an answer to tools/list (it can), the changes in one to tools/call."""

QUERIES_META = "eog-tui/queries"
"""Key of ``_meta`` in an answer to tools/list, true for a server that takes several queries in one request."""

QUERIES_ROUTE = "/api/sql-runner/several"
"""Where it takes them: ``{"queries": [...]}``, answered by ``{"answers": [...]}`` with ``data`` or ``detail`` each."""


SEED_SECONDS = 1200.0
"""How long seeding may take, and a little longer for a seed of more than 100 MB: the benchmark's own rule."""


def is_http_address(url: str) -> bool:
    """Whether requests can be sent there: http or https, a host and, if any, a port that exists."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # urllib's, for brackets that do not close and ports that are no numbers
        return False


def with_limit(query: str, limit: int) -> str:
    """A query as the runner executes it: no semicolon behind it, and a LIMIT if it has none of its own."""
    return (_remembered if len(query) <= _SHORT else _limited)(query, limit)


def _limited(query: str, limit: int) -> str:
    statements = list(split(query))
    if len(statements) != 1:
        return query  # refused when it runs
    [statement] = statements
    words = {match.group().upper() for match in statement.outline()}
    bounded = "LIMIT" in words or statement.keyword == "VALUES"  # SQLite takes no LIMIT behind VALUES
    return statement.code if bounded else f"{statement.code} LIMIT {limit}"


_SHORT = 10_000

_remembered = lru_cache(512)(_limited)
"""The verifiers of a run ask the same after each write."""
