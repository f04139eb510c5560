"""Runs whose gyms live on an HTTP server: the same record as embedded ones, and no database left behind."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engine.agents.environment import Environment
from engine.gyms.registry import domain
from engine.gyms.remote.admin import GymServer
from engine.gyms.server import build_app
from engine.gyms.session import GymError
from engine.gyms.toolkit import FrozenClock
from engine.runs.cleaning import clean
from engine.runs.engine import Engine
from engine.runs.orders import Stop
from engine.runs.places import Place
from engine.runs.preparing import PlannedRun, prepare
from engine.runs.spec import Launch
from engine.tasks import TaskError, builtin_root
from engine.trajectory.bodies import unpacked
from engine.trajectory.databases import databases_left
from engine.trajectory.events import RunStarted, ToolResult
from engine.trajectory.store import RunQuery, RunRow, Store
from engine.trajectory.tables import Base, StoredText
from tests.gyms.conftest import Desk
from tests.gyms.serving import BareGym, Flaky, Served
from tests.runs.material import SEED, call

Run = Callable[..., RunRow]
WriteTask = Callable[..., str]

READ = call("find_incident_by_id", incident_id="INC_001")
RAISE = call("update_incident", incident_id="INC_001", impact="high", worknotes="Seen by a test")
TIMES = {"created_at", "updated_at", "created_on", "updated_on"}


@pytest.fixture(params=["ours", "bare"])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """An ITSM server with frozen clocks: ours, and one that speaks as the benchmark's containers do."""
    itsm = domain("itsm")
    server = Served(build_app(itsm, clock=FrozenClock) if request.param == "ours" else BareGym(itsm).app)
    yield server
    server.stop()


@pytest.fixture
def in_conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Work in a folder whose conf/domains.json holds this."""

    def write(content: Any) -> None:
        (tmp_path / "conf").mkdir(exist_ok=True)
        (tmp_path / "conf" / "domains.json").write_text(json.dumps(content))
        monkeypatch.chdir(tmp_path)

    return write


def gyms(url: str, name: str = "gym-itsm-mcp") -> list[dict[str, Any]]:
    return [{"mcp_server_name": name, "mcp_server_url": url, "seed_database_file": SEED}]


def results(store: Store, run_id: int) -> list[ToolResult]:
    return [
        event
        for head in store.steps(run_id)
        for event in store.events(run_id, head.number)
        if isinstance(event, ToolResult)
    ]


def where(store: Store, run_id: int) -> list[str]:
    events = (event for head in store.steps(run_id) for event in store.events(run_id, head.number))
    return [gym.where for event in events if isinstance(event, RunStarted) for gym in event.gyms]


def test_every_built_in_task_ends_alike_here_and_over_http(
    served: Served, engine: Engine, store: Store, in_conf: Callable[[Any], None]
) -> None:
    in_conf({"itsm": {"url": served.url}})  # the kind is asked for below, the address comes from here

    here, there = (
        engine.launch(Launch(sources=("builtin:itsm",), gyms=kind, frozen_clock=True))
        for kind in ("embedded", "remote")
    )
    expected, found = here.done.result(timeout=120), there.done.result(timeout=120)

    assert set(expected.values()) == set(found.values()) == {"passed"}
    for embedded, remote in zip(here.run_ids, there.run_ids, strict=True):
        assert store.changes(remote) == store.changes(embedded)
        assert [result.result for result in results(store, remote)] == [
            result.result for result in results(store, embedded)
        ]
        assert store.verdicts(remote) == store.verdicts(embedded)
        for run_id in (embedded, remote):  # nothing changes after the last write, so it was judged like the end
            checked = [head.verifiers for head in store.steps(run_id) if head.verifiers]
            assert not checked or checked[-1] == tuple(verdict.outcome for verdict in store.verdicts(run_id))
        assert (store.run(embedded).gyms, store.run(remote).gyms) == ("embedded", "remote")
        assert (where(store, embedded), where(store, remote)) == (["embedded"], [served.url])
    assert (len(served.seeded), served.databases) == (len(found), 0)


def test_with_the_wall_clock_only_times_differ(served: Served, run: Run, store: Store, write_task: WriteTask) -> None:
    def changes(row: RunRow) -> list[Any]:
        return [
            (
                step,
                change.table,
                change.op,
                change.key,
                {k: v for k, v in (change.after or {}).items() if k not in TIMES},
            )
            for step, change in store.changes(row.id)
        ]

    source = write_task([READ, RAISE], gym_servers_config=gyms(served.url))

    there, here = run(source, gyms="remote"), run(source)

    assert (there.status, here.status) == ("passed", "passed")
    assert changes(there) == changes(here) != []


def test_the_cost_of_dumps_is_recorded_beside_the_calls_time(
    served: Served, run: Run, store: Store, write_task: WriteTask
) -> None:
    row = run(write_task([READ, RAISE, RAISE], gym_servers_config=gyms(served.url)), gyms="remote")

    read, first, second = (result.capture_s for result in results(store, row.id))
    dumped = served.queries() > 10  # ours tells what changed
    assert (read, first > 0, second > 0) == (0, dumped, dumped)


def test_a_stopped_run_leaves_no_database_behind(
    served: Served, engine: Engine, store: Store, write_task: WriteTask
) -> None:
    source = write_task([READ, RAISE] * 200, gym_servers_config=gyms(served.url))
    launched = engine.launch(Launch(sources=(source,), seed_root=builtin_root(), gyms="remote", pause_s=0.02, repeat=3))
    _until(lambda: served.databases == 3)
    for run_id in launched.run_ids:
        engine.order(run_id, Stop(by="ada"))

    assert set(launched.done.result(timeout=60).values()) == {"stopped"}
    assert (len(served.seeded), served.databases) == (3, 0)


def test_what_a_stopped_call_wrote_on_a_server_is_recorded(engine: Engine, store: Store, write_task: WriteTask) -> None:
    gym = BareGym(domain("itsm"))
    server = Served(gym.app)

    async def carried_out_and_slow(request: Request) -> Response | None:
        message = request.state.message
        if message["method"] != "tools/call":
            return None
        result = await gym._result("tools/call", message["params"], request)
        await asyncio.sleep(1)
        return JSONResponse({"jsonrpc": "2.0", "id": message["id"], "result": result})

    gym.fault = carried_out_and_slow
    source = write_task([RAISE], gym_servers_config=gyms(server.url))
    try:
        launched = engine.launch(Launch(sources=(source,), seed_root=builtin_root(), gyms="remote"))
        _until(lambda: gym.calls == ["update_incident"])
        engine.order(launched.run_ids[0], Stop(by="ada"))
        assert launched.done.result(timeout=60) == {launched.run_ids[0]: "stopped"}
    finally:
        server.stop()

    [run_id] = launched.run_ids
    [change] = [change for _, change in store.changes(run_id) if change.table == "incident"]
    [result] = results(store, run_id)
    assert (change.after or {})["impact"] == "high"
    assert (result.is_error, result.error) == (False, None)
    assert [verdict.outcome for verdict in store.verdicts(run_id)] == ["pass"]
    assert server.databases == 0


def test_a_crash_of_the_agent_leaves_no_database_behind(
    served: Served, engine: Engine, store: Store, write_task: WriteTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(self: object, env: Environment) -> str:
        await env.call("find_incident_by_id", {"incident_id": "INC_001"})
        raise ZeroDivisionError("the agent fell over")

    monkeypatch.setattr("engine.agents.scripted.Scripted.act", crash)
    source = write_task([READ], gym_servers_config=gyms(served.url))

    launched = engine.launch(Launch(sources=(source,), seed_root=builtin_root(), gyms="remote"))

    assert set(launched.done.result(timeout=60).values()) == {"errored"}
    assert "the agent fell over" in (store.run(launched.run_ids[0]).error or "")
    assert (len(served.seeded), served.databases) == (1, 0)


ENDS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
"""Exit code by the signal that asked for the end."""


@pytest.mark.parametrize("asked", ENDS)
def test_whoever_ends_a_command_no_database_stays_behind(
    served: Served, write_task: WriteTask, asked: signal.Signals
) -> None:
    source = write_task([READ, RAISE] * 500, gym_servers_config=gyms(served.url))
    words = ["run", source, "--seed-root", str(builtin_root()), "--gyms", "remote", "--pause", "0.05", "--repeat", "2"]
    process = subprocess.Popen(
        [sys.executable, "-m", "eog_tui", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        _until(lambda: served.databases == 2 and ("POST", "/mcp") in served.requests)
        process.send_signal(asked)
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()

    assert process.returncode == ENDS[asked], errors
    assert b"stopped" in output
    assert (len(served.seeded), served.databases) == (2, 0)


def test_what_is_ignored_by_wish_stays_ignored(served: Served, write_task: WriteTask) -> None:
    source = write_task([READ], gym_servers_config=gyms(served.url))
    words = ["run", source, "--seed-root", str(builtin_root()), "--gyms", "remote", "--pause", "2"]
    process = subprocess.Popen(
        ["/bin/sh", "-c", 'trap "" HUP; exec "$0" -m eog_tui "$@"', sys.executable, *words],  # as nohup does
        stdout=subprocess.DEVNULL,
    )
    try:
        _until(lambda: served.databases == 1)
        process.send_signal(signal.SIGHUP)
        assert process.wait(60) == 1  # the task is not solved by reading
    finally:
        process.kill()


def test_a_second_signal_ends_at_once_and_tells_what_stays_which_can_be_cleaned_up(
    write_task: WriteTask, tmp_path: Path
) -> None:
    flaky = Flaky(BareGym(domain("itsm")).app)
    server = Served(flaky)
    flaky.path = "/api/delete-database"

    async def hang(_request: Any) -> None:
        await asyncio.sleep(20)

    flaky.fault = hang
    source = write_task([READ, RAISE] * 500, gym_servers_config=gyms(server.url))
    eog = [sys.executable, "-m", "eog_tui"]
    world = os.environ | {"EOG_STORE": str(tmp_path / "own.db")}
    words = ["run", source, "--seed-root", str(builtin_root()), "--gyms", "remote", "--pause", "0.05", "--repeat", "2"]
    process = subprocess.Popen([*eog, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=world)

    def cleaned(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*eog, "gym", "clean", *more], capture_output=True, text=True, env=world, timeout=60)

    try:
        _until(lambda: server.databases == 2)
        process.send_signal(signal.SIGTERM)
        _until(lambda: ("DELETE", "/api/delete-database") in server.requests)
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, time.monotonic() - started < 5) == (143, True)
        for database_id in server.seeded:
            assert f"database {database_id} of run" in errors.decode()
        assert f"stays behind at {server.url}" in errors.decode()

        with Store.open(tmp_path / "own.db") as store:
            store.mark_interrupted()
            [first, _] = databases_left(store)
        shown = subprocess.run(
            [*eog, "show", str(first.run_id)], capture_output=True, text=True, env=world, timeout=60
        ).stdout
        assert f"! left database {first.database_id} at {server.url}; to delete it: eog-tui gym clean" in shown

        flaky.fault = lambda _request: Response("out of order", 501)
        refused = cleaned()
        assert (refused.returncode, refused.stderr.count("stays behind: ")) == (1, 2)
        flaky.fault = None
        found = json.loads(cleaned("--json").stdout)
        assert [each["deleted"] for each in found] == [True, True]
        assert {each["database_id"] for each in found} == server.seeded == server.deleted
        assert "nothing to delete" in cleaned().stdout
    finally:
        process.kill()
        server.stop()


def test_a_killed_program_leaves_the_names_of_its_databases(
    served: Served, write_task: WriteTask, tmp_path: Path
) -> None:
    source = write_task([READ, RAISE] * 500, gym_servers_config=gyms(served.url))
    world = os.environ | {"EOG_STORE": str(tmp_path / "own.db")}
    words = ["run", source, "--seed-root", str(builtin_root()), "--gyms", "remote", "--pause", "0.05"]
    process = subprocess.Popen([sys.executable, "-m", "eog_tui", *words], env=world, stdout=subprocess.DEVNULL)
    try:
        _until(lambda: served.databases == 1)
    finally:
        process.kill()
        process.wait()
    with Store.open(tmp_path / "own.db") as store:
        store.mark_interrupted()
        [left] = databases_left(store)
        assert {left.database_id} == served.seeded

        [done] = asyncio.run(clean(store))

        assert (done.problem, served.databases, databases_left(store)) == (None, 0, [])


def test_a_run_that_is_stopped_while_it_is_seeded_ends_in_order(
    engine: Engine, store: Store, write_task: WriteTask
) -> None:
    flaky = Flaky(BareGym(domain("itsm")).app)
    server = Served(flaky)
    flaky.path = "/api/seed-database"

    async def slow(_request: Any) -> None:
        await asyncio.sleep(1)

    flaky.fault = slow
    source = write_task([READ], gym_servers_config=gyms(server.url))
    try:
        launched = engine.launch(Launch(sources=(source,), seed_root=builtin_root(), gyms="remote"))
        _until(lambda: ("POST", "/api/seed-database") in server.requests)
        engine.order(launched.run_ids[0], Stop(by="ada"))
        assert launched.done.result(timeout=60) == {launched.run_ids[0]: "stopped"}
    finally:
        server.stop()
    assert store.run(launched.run_ids[0]).error == "stopped by ada"
    assert (len(server.seeded), server.databases, databases_left(store)) == (1, 0, [])


def test_a_server_that_dies_during_a_run_ends_it_with_words(
    served: Served, engine: Engine, store: Store, write_task: WriteTask
) -> None:
    source = write_task([READ] * 10, gym_servers_config=gyms(served.url))
    launched = engine.launch(Launch(sources=(source,), seed_root=builtin_root(), gyms="remote", pause_s=0.05))
    _until(lambda: any(event.result for event in results(store, launched.run_ids[0])))
    served.stop()

    assert set(launched.done.result(timeout=60).values()) == {"errored"}
    row = store.run(launched.run_ids[0])
    assert "cannot be reached" in (row.error or "")
    assert "cannot be reached" in (results(store, row.id)[-1].error or "")


def test_a_database_that_cannot_be_deleted_is_recorded_and_changes_no_verdict(
    served: Served, run: Run, store: Store, write_task: WriteTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_server: GymServer, _database_id: str) -> None:
        raise GymError("http://gym", "answered HTTP 500", status=500)

    monkeypatch.setattr(GymServer, "delete", refuse)
    row = run(write_task([READ, RAISE], gym_servers_config=gyms(served.url)), gyms="remote")

    [database_id] = served.seeded
    last = store.steps(row.id)[-1]
    assert row.status == "passed"
    assert (last.kind, last.title) == (
        "error",
        f"gym: database {database_id} at {served.url} stays behind: http://gym answered HTTP 500",
    )
    assert databases_left(store) == [(row.id, "gym-itsm-mcp", served.url, database_id)]


def test_a_run_has_ended_only_when_its_database_is_gone(
    served: Served, run: Run, store: Store, write_task: WriteTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete, found = GymServer.delete, []

    async def look(server: GymServer, database_id: str) -> None:
        found.append(store.runs(RunQuery(), 0, 9)[0].status)
        await delete(server, database_id)

    monkeypatch.setattr(GymServer, "delete", look)
    row = run(write_task([READ, RAISE], gym_servers_config=gyms(served.url)), gyms="remote")

    assert (found, row.status, served.databases) == (["running"], "passed", 0)


@pytest.mark.parametrize("there", [True, False])
def test_what_authorises_at_a_server_is_sent_and_recorded_nowhere(
    served: Served, run: Run, store: Store, write_task: WriteTask, there: bool
) -> None:
    address = (served.url if there else "http://127.0.0.1:9").replace("://", "://ann:hunter2@")
    gym = {
        "mcp_server_name": "gym-itsm-mcp",
        "mcp_server_url": address,
        "seed_database_file": SEED,
        "auth_config": {"type": "api_key", "token": "hunter3", "header_name": "x-api-key"},
    }
    ended = run(write_task([READ, RAISE], gym_servers_config=[gym]), gyms="remote")

    assert ended.status == ("passed" if there else "errored"), ended.error
    if there:
        sent = served.headers[-1]
        assert sent["x-api-key"] == "hunter3"
        assert base64.b64decode(sent["authorization"].removeprefix("Basic ")) == b"ann:hunter2"
    kept: list[Any] = [store.history(ended.id), store.settings(ended.id), ended]
    with store.database.read() as connection:
        for table in Base.metadata.sorted_tables:
            kept += [tuple(row) for row in connection.execute(select(table))]
        kept += [unpacked(row.body, row.packed) for row in connection.execute(select(StoredText))]
    assert "127.0.0.1" in str(kept)
    assert "hunter" not in str(kept)


@pytest.mark.parametrize("address", ["ftp://ann:hunter2@host:21", "ann:hunter2@host:21", "http://ann:hunter2@[host:21"])
def test_an_address_that_is_none_is_refused_without_its_password(write_task: WriteTask, address: str) -> None:
    gym = {"mcp_server_name": "gym-itsm-mcp", "mcp_server_url": address, "seed_database_file": SEED}
    launch = Launch(sources=(write_task([], gym_servers_config=[gym]),), seed_root=builtin_root(), gyms="remote")
    with pytest.raises(TaskError, match="host:21' is no http:// address") as refusal:
        prepare(launch)
    assert "hunter" not in str(refusal.value)


def test_a_server_that_is_not_there_is_told_with_its_address(run: Run, write_task: WriteTask) -> None:
    row = run(write_task([READ], gym_servers_config=gyms("http://127.0.0.1:9")), gyms="remote")

    assert row.status == "errored"
    assert "http://127.0.0.1:9/api/seed-database cannot be reached" in (row.error or "")


def test_a_remote_gym_beside_an_embedded_one_fails_with_its_own_words(
    run: Run, write_task: WriteTask, in_conf: Callable[[Any], None]
) -> None:
    in_conf({"gym-moon": {"gyms": "remote"}})
    both = gyms("http://nowhere") + gyms("http://127.0.0.1:9", "gym-moon")

    row = run(write_task([READ], gym_servers_config=both))

    assert row.gyms == "embedded+remote"
    assert (row.error or "").startswith("http://127.0.0.1:9/api/seed-database cannot be reached")


def test_a_domain_of_nobodys_runs_on_its_server(run: Run, store: Store, write_task: WriteTask, tmp_path: Path) -> None:
    server = Served(BareGym(Desk()).app)
    (tmp_path / "desk.sql").write_text("INSERT INTO ticket VALUES ('T_1', 'Printer on fire', NULL, NULL);")
    gym = {"mcp_server_name": "gym-desk", "mcp_server_url": server.url, "seed_database_file": "desk.sql"}
    check = {"query": "SELECT count(*) FROM ticket", "expected_value": 2, "comparison_type": "equals"}
    verifier = {"verifier_type": "database_state", "name": "two", "validation_config": check}
    try:
        source = write_task([call("open_ticket", title="x")], [verifier], gym_servers_config=[gym])
        row = run(source, gyms="remote", seed_root=tmp_path)
    finally:
        server.stop()

    assert (row.status, row.domain) == ("passed", "gym-desk")
    assert [change.table for _, change in store.changes(row.id)] == ["ticket"]


@pytest.mark.parametrize(
    ("server", "name"),
    [
        ("gym-calendar", "calendar"),
        ("gym-teams-mcp", "teams"),
        ("gym-email-mcp", "email"),
        ("sn-hr-internal", "hr"),
        ("gym-google-drive-mcp", "drive"),
    ],
)
def test_domains_that_are_not_built_in_live_in_docker_or_on_a_server(
    write_task: WriteTask, in_conf: Callable[[Any], None], server: str, name: str
) -> None:
    source = write_task([READ], gym_servers_config=gyms("http://localhost:1", server))

    def planned(**options: Any) -> PlannedRun:
        [found] = prepare(Launch(sources=(source,), seed_root=builtin_root(), **options)).runs
        return found

    assert (planned(gyms="docker").places, planned(gyms="docker").domain) == ((Place("docker", name),), name)
    assert planned(gyms="remote").places == (Place("remote", name, "http://localhost:1"),)
    with pytest.raises(TaskError, match=rf"'{server}', only csm and itsm are; --gyms remote .* --gyms docker starts"):
        planned()
    in_conf({name: {"gyms": "docker", "image": "our/own:2"}})
    assert planned().places == (Place("docker", name, image="our/own:2"),)
    in_conf({server: {"gyms": "remote", "url": "http://localhost:2/mcp/"}})
    assert planned().places == (Place("remote", name, "http://localhost:2"),)


def test_where_gyms_live_is_asked_for_else_configured_else_here(
    write_task: WriteTask, in_conf: Callable[[Any], None]
) -> None:
    source = write_task([READ])

    def place(**options: Any) -> tuple[str, str | None]:
        [planned] = prepare(Launch(sources=(source,), seed_root=builtin_root(), **options)).runs
        return planned.places[0].kind, planned.places[0].url

    assert place() == ("embedded", None)
    assert place(gyms="remote") == ("remote", "http://localhost:8006")
    in_conf({"itsm": {"gyms": "remote", "url": "https://gyms.example:1"}})
    assert place() == ("remote", "https://gyms.example:1")
    assert place(gyms="embedded") == ("embedded", None)
    assert place(gyms="docker") == ("docker", None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"itsm": {"gyms": "moon"}}, r"domains.json: itsm.gyms"),
        ({"itsm": {"url": "localhost:8006"}}, "localhost:8006"),
        ({"itsm": {"url": "http://[::1"}}, "is no http"),
        ({"itsm": {"gyms": "remote", "url": "http://x", "port": 1}}, "itsm.port"),
        (
            {"nosuch": {"gyms": "remote", "url": "http://x"}},
            "domains.json: nosuch: no such domain; there are csm, itsm",
        ),
        ([], "domains.json"),
    ],
)
def test_a_bad_domains_file_is_refused_by_field(
    write_task: WriteTask, in_conf: Callable[[Any], None], content: Any, words: str
) -> None:
    in_conf(content)
    with pytest.raises(TaskError, match=words):
        prepare(Launch(sources=(write_task([READ]),), seed_root=builtin_root()))


def test_the_example_of_a_domains_file_is_a_good_one(write_task: WriteTask, in_conf: Callable[[Any], None]) -> None:
    example = Path(__file__).resolve().parents[2] / "conf.example" / "domains.json"
    in_conf(json.loads(example.read_text()))

    [planned] = prepare(Launch(sources=(write_task([READ]),), seed_root=builtin_root())).runs

    assert planned.places[0].kind == "remote"


def test_the_command_of_a_launch_says_where(write_task: WriteTask) -> None:
    assert Launch(sources=("builtin:itsm",), gyms="docker").command().endswith("--gyms docker")


def _until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)
