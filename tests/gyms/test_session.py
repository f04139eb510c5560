from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import time

import pytest

from engine.gyms.database import QueryError, Template
from engine.gyms.registry import ALL_DOMAINS, DOMAINS, default_port, domain, domain_for_server
from engine.gyms.session import CallOutcome, EmbeddedGym
from engine.gyms.toolkit import FrozenClock
from engine.tasks.models import GymConfig
from tests.gyms.conftest import query

SEED = "INSERT INTO ticket VALUES ('T_1', 'Printer on fire', NULL, NULL)"
CONFIG = GymConfig(mcp_server_name="gym-desk", mcp_server_url="http://nowhere", context={" X-Desk-User ": "ann"})


@pytest.fixture
def opened(desk):
    """Opens a session on the desk, in the test's own task as the SDK's client wants it."""
    template = Template.parse(desk.schema_sql, SEED, source="desk.sql")
    return lambda: EmbeddedGym.open(CONFIG, template, desk, FrozenClock())


def text(outcome: CallOutcome) -> str:
    assert outcome.result is not None
    return outcome.result["content"][0]["text"]


async def test_tools_are_offered_with_their_schemas_untouched(opened, desk):
    async with opened() as gym:
        tools = await gym.tools()
        assert [tool.name for tool in tools] == [item["name"] for item in desk.tool_list()]
        assert tools[0].input_schema == desk.tool_list()[0]["inputSchema"]
        assert (tools[0].gym, tools[0].description) == ("gym-desk", "Tool open_ticket.")
        assert [tool.name for tool in tools if tool.writes] == ["open_ticket", "break_down"]


async def test_a_call_answers_in_the_live_frame_and_tells_what_it_changed(opened):
    async with opened() as gym:
        outcome = await gym.call("open_ticket", {"title": "No coffee"})
        opened = "2026-01-01T00:00:00"
        assert outcome.result == {
            "meta": None,
            "content": [
                {"type": "text", "text": f'{{"id": "T_2", "opened": "{opened}"}}', "annotations": None, "meta": None}
            ],
            "structuredContent": None,
            "isError": False,
        }
        [change] = outcome.changes
        row = {"id": "T_2", "title": "No coffee", "owner": "ann", "opened": opened}
        assert (change.gym, change.table, change.op, change.after) == ("gym-desk", "ticket", "insert", row)
        assert not outcome.is_error
        assert 0 < outcome.duration_s < 1
        assert (await query(gym, "SELECT count(*) FROM ticket")).rows == [(2,)]


async def test_a_refused_call_changes_nothing(opened):
    async with opened() as gym:
        outcome = await gym.call("open_ticket", {})
        assert (outcome.is_error, text(outcome), outcome.changes) == (True, '{"detail": "title is required"}', ())
        assert outcome.result["isError"] is True


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("close_ticket", {}, "Unknown tool: close_ticket"),
        ("break_down", {}, "Internal error in break_down: ZeroDivisionError: the desk fell over"),
        ("open_ticket", {"title": "lone \ud800 surrogate"}, "Internal error in open_ticket: UnicodeEncodeError"),
    ],
)
async def test_a_call_that_cannot_work_is_an_answer_and_the_session_goes_on(opened, tool, arguments, words):
    async with opened() as gym:
        outcome = await gym.call(tool, arguments)
        assert outcome.is_error
        assert words in text(outcome)
        assert outcome.changes == ()
        assert text(await gym.call("list_tickets", {})) == '[["T_1", "Printer on fire"]]'


async def test_a_call_that_is_cancelled_leaves_nothing_behind_whenever_that_happens(opened):
    ends = set()
    for moment in range(6):
        async with opened() as gym:
            await gym.tools()
            before = (gym.database.hash(), gym.clock.state)
            calling = asyncio.create_task(gym.call("open_ticket", {"title": "No coffee"}))
            for _ in range(moment):
                await asyncio.sleep(0)
            if not calling.cancel():
                break
            with pytest.raises(asyncio.CancelledError):
                await calling
            await asyncio.sleep(0.01)
            assert (gym.database.hash(), gym.clock.state) == before
            ends.add(text(await gym.call("open_ticket", {"title": "Tea"})))
    assert moment >= 2, "no call was cancelled while it ran"
    assert ends == {'{"id": "T_2", "opened": "2026-01-01T00:00:00"}'}


async def test_a_call_tells_where_the_frozen_clock_stands(opened):
    async with opened() as gym:
        tickets = ["open_ticket", "list_tickets", "open_ticket", "no_such_tool"]
        clocks = [(await gym.call(tool, {"title": "x"})).clock for tool in tickets]
        assert clocks == [f"2026-01-01T00:00:00 {read} 0" for read in (1, 1, 2, 2)]


async def test_calls_at_once_keep_their_changes_apart(opened):
    async with opened() as gym:
        outcomes = await asyncio.gather(*(gym.call("open_ticket", {"title": f"number {n}"}) for n in range(20)))
        assert [len(outcome.changes) for outcome in outcomes] == [1] * 20
        assert [outcome.changes[0].after["title"] for outcome in outcomes] == [f"number {n}" for n in range(20)]


SLOW = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT 1 FROM c LIMIT 500000) SELECT count(*) FROM c"
ENDLESS = SLOW.replace("LIMIT 500000", "")


async def test_a_slow_query_does_not_hold_up_others(opened):
    async with opened() as gym, opened() as other:
        slow = asyncio.create_task(query(gym, ENDLESS))
        for _ in range(20):
            await asyncio.sleep(0.005)
            assert (await query(other, "SELECT count(*) FROM ticket")).rows == [(1,)]
        assert not slow.done()
        slow.cancel()
        assert (await query(gym, SLOW)).rows == [(500_000,)]


async def test_a_slow_query_that_is_stopped_ends_at_once_and_lets_go_of_the_database(opened, caplog):
    async with opened() as gym:
        for _ in range(3):
            slow = asyncio.create_task(query(gym, ENDLESS))
            await asyncio.sleep(0.2)  # it is in its thread now
            slow.cancel()
            slow.cancel()
            started = time.monotonic()
            with pytest.raises(asyncio.CancelledError):
                await slow
            assert time.monotonic() - started < 3  # of the five seconds that it may take
            assert (await query(gym, "SELECT count(*) FROM ticket")).rows == [(1,)]
        assert len((await gym.call("open_ticket", {"title": "Tea"})).changes) == 1
    gc.collect()
    assert not caplog.records  # asyncio would tell of what nobody heard of


async def test_a_gym_that_is_stopped_in_a_slow_query_is_closed(opened):
    async def look():
        async with opened() as gym:
            await query(gym, ENDLESS)

    looking = asyncio.create_task(look())
    await asyncio.sleep(0.2)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking


async def test_a_query_that_cannot_run_says_why(opened):
    async with opened() as gym:
        with pytest.raises(QueryError, match="no such column"):
            await query(gym, "SELECT nope FROM ticket")


async def test_two_sessions_share_nothing_and_frozen_clocks_repeat(opened):
    async with opened() as one, opened() as two:
        first = await one.call("open_ticket", {"title": "only here"})
        assert (await query(two, "SELECT count(*) FROM ticket")).rows == [(1,)]
        second = await two.call("open_ticket", {"title": "only here"})
        assert (first.result, first.changes) == (second.result, second.changes)
        assert one.database.hash() == two.database.hash()


def test_the_registry_knows_its_domains_by_name_and_by_server():
    assert DOMAINS == ("csm", "itsm")
    assert domain("itsm") is domain_for_server("gym-itsm-mcp")
    assert domain("csm") is domain_for_server("sn-csm-server")
    assert domain_for_server("gym-unheard-of") is None
    ports = {"csm": 8001, "teams": 8002, "calendar": 8003, "email": 8004, "itsm": 8006, "hr": 8008, "drive": 8009}
    assert {name: default_port(name) for name in ALL_DOMAINS} == ports
    with pytest.raises(LookupError, match="there are: csm, itsm"):
        domain("astrology")


def test_the_protocol_library_is_loaded_only_when_a_gym_is_opened():
    code = "import sys, engine.gyms.session, engine.gyms.registry; sys.exit('mcp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_arguments_nested_too_deeply_are_an_outcome_and_the_session_goes_on(opened):
    deep: object = 1
    for _ in range(900):
        deep = {"a": deep}
    async with opened() as gym:
        outcome = await gym.call("open_ticket", {"title": deep})
        assert outcome.is_error
        assert "cannot be sent" in (outcome.error or "")
        assert not (await gym.call("list_tickets", {})).is_error


async def test_what_goes_wrong_inside_a_session_comes_out_as_it_was(opened):
    with pytest.raises(ZeroDivisionError, match="mine"):
        async with opened():
            raise ZeroDivisionError("mine")
