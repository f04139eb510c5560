"""How fast databases are made, changed, read and compared; run by hand with pytest tests/benchmarks -n 0."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable
from typing import Any

import apsw
import pytest

from engine.gyms.database import Template
from engine.gyms.registry import domain
from engine.gyms.session import EmbeddedGym
from engine.gyms.toolkit import WallClock
from engine.tasks.models import GymConfig

SCHEMA = domain("itsm").schema_sql
AT_LEAST = 50
"""How many times faster than replaying its SQL a fresh database of 1,000 rows has to be."""


def seed_sql(incidents: int = 700, users: int = 300) -> str:
    """About a thousand rows, one INSERT each, as the larger half of the benchmark's seeds writes them."""
    rng = random.Random(7)
    people = (
        "INSERT INTO users (user_id, user_name, first_name, last_name, email, phone, role, active, static_token,"
        f" org_id, created_on, updated_on) VALUES ('USER_{n:03}', 'person.{n}', 'Given', 'Family', 'p{n}@example.com',"
        f" '+1-415-555-{n:04}', 'agent', TRUE, 'token-{n}', 'ORG_001', datetime('2025-01-01 08:00:00'),"
        " datetime('2025-01-01 08:00:00'));"
        for n in range(users)
    )
    tickets = (
        "INSERT INTO incident (incident_id, number, caller_id, category, short_description, status, impact, urgency,"
        f" priority, channel, org_id, description) VALUES ('INC_{n:03}', 'INC-{n:06}',"
        f" 'USER_{rng.randrange(users):03}', 'network', 'Cannot reach the printer; floor {n % 9}', 'new', 'low', 'low',"
        " 'low', 'email', 'ORG_001',"
        f" 'It says -- offline -- since this morning. {'More of the story. ' * rng.randrange(9)}');"
        for n in range(incidents)
    )
    return "\n".join([*people, *tickets])


@pytest.fixture(scope="module")
def sql() -> str:
    return seed_sql()


@pytest.fixture(scope="module")
def template(sql: str) -> Template:
    return Template.parse(SCHEMA, sql, source="benchmark")


def best_of(times: int, action: Callable[[], Any]) -> float:
    """Seconds of the fastest of several runs: what the machine can do when nothing else disturbs it."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return min(taken)


def replay(sql: str) -> None:
    """The other way to a fresh database: its SQL, in bare SQLite and one transaction, as fast as replaying can be."""
    connection = apsw.Connection(":memory:")
    connection.execute(SCHEMA)
    with connection:
        connection.execute(sql)
    connection.close()


def test_clone(benchmark, template, sql):
    """A fresh database from a seed of 1,000 rows, against replaying that seed."""
    replaying = best_of(10, lambda: replay(sql))
    benchmark(lambda: template.clone().close())
    ratio = replaying / best_of(300, lambda: template.clone().close())
    benchmark.extra_info.update(replay_ms=round(replaying * 1e3, 2), times_faster_than_replay=round(ratio))
    print(f"\nreplay {replaying * 1e3:.2f} ms: a clone is {ratio:.0f} times faster")
    assert ratio >= AT_LEAST


def test_parse(benchmark, sql):
    """Once a seed and process: split, check, load, hash."""
    benchmark(lambda: Template.parse(SCHEMA, sql, source="benchmark"))


def test_record_one_change(benchmark, template):
    """What recording the changes of a call adds to the call itself."""
    database = template.clone("gym-itsm-mcp")

    def call() -> None:
        with database.record() as recording:
            database.connection.execute("UPDATE incident SET worknotes = random() WHERE incident_id = 'INC_007'")
        assert len(recording.changes) == 1

    benchmark(call)


def test_record_nothing(benchmark, template):
    """The same for a call that only reads."""
    database = template.clone()

    def call() -> None:
        with database.record():
            database.connection.execute("SELECT * FROM incident WHERE incident_id = 'INC_007'").fetchall()

    benchmark(call)


def test_query(benchmark, template):
    """A verifier's usual query."""
    database = template.clone()
    sql = 'SELECT COUNT(*) FROM incident WHERE incident_id = "INC_007" AND priority = "low";'
    assert benchmark(database.query, sql).rows == [(1,)]


def test_hash(benchmark, template):
    """A hash of all 1,000 rows."""
    assert benchmark(template.clone().hash) == template.hash


def test_rebuild_a_step(benchmark, template):
    """The state of step 100: a clone and a hundred changes."""
    database = template.clone()
    with database.record() as recording:
        database.connection.execute("UPDATE incident SET status = 'closed' WHERE incident_id < 'INC_100'")
    assert len(recording.changes) == 100

    def rebuild() -> None:
        replica = template.clone()
        replica.apply(recording.changes)
        replica.close()

    benchmark(rebuild)


def test_call_through_the_sdk(benchmark, template):
    """A reading tool call through the SDK's client, recording included."""
    config = GymConfig(mcp_server_name="gym-itsm-mcp", mcp_server_url="")
    loop = asyncio.new_event_loop()
    opened = EmbeddedGym.open(config, template, domain("itsm"), WallClock())

    async def many() -> None:
        async with opened as gym:
            outcome = await gym.call("get_user", {"user_id": "USER_007"})
            assert json.loads(outcome.result["content"][0]["text"])["user_id"] == "USER_007"
            benchmark.extra_info["ms_a_call"] = await _ms_a_call(gym)

    benchmark.pedantic(lambda: loop.run_until_complete(many()), rounds=1)
    loop.close()
    print(f"\n{benchmark.extra_info['ms_a_call']} ms a call")
    assert benchmark.extra_info["ms_a_call"] < 2


async def _ms_a_call(gym: EmbeddedGym, calls: int = 300) -> float:
    started = time.perf_counter()
    for _ in range(calls):
        await gym.call("get_user", {"user_id": "USER_007"})
    return round((time.perf_counter() - started) / calls * 1e3, 3)
