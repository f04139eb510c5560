"""Each command as a user runs it: what it prints, in words and in JSON, and how it exits."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.tasks.source import read_tasks
from engine.trajectory.events import Message
from engine.trajectory.store import NewRun, Store
from eog_tui.cli import app
from eog_tui.literal import literal

Eog = Callable[..., subprocess.CompletedProcess[str]]

HEAVY = {"litellm", "datasets", "docker", "textual", "mcp", "alembic", "sqlalchemy", "apsw", "starlette", "uvicorn"}


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["gym", "serve", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys\n"
        "from eog_tui.cli import app\n"
        f"try: app({words!r}, prog_name='eog-tui')\n"
        "except SystemExit: pass\n"
        "print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    loaded = set(done.stdout.partition("LOADED")[2].split())
    assert "typer" in loaded
    assert not loaded & HEAVY
    assert words[0] in ("run", "gym") or "pydantic" not in loaded, "typer needs it, but only for a command's options"


def test_the_demo_plays_a_ticket_as_text(eog: Eog) -> None:
    done = eog("demo", "--headless", "--pace", "0")

    assert done.returncode == 0, done.stderr
    assert "passed" in done.stdout
    assert re.search(r"call \w+", done.stdout)
    assert "eog-tui replay 1" in done.stdout


def test_run_prints_a_table_and_exits_with_0_when_all_passed(eog: Eog) -> None:
    done = eog("run", "builtin:itsm", "--agent", "scripted")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout


def test_run_json_has_a_run_each_and_exit_code_1_when_one_failed(eog: Eog, tmp_path: Path) -> None:
    (tmp_path / "nothing.json").write_text('{"calls": [], "answer": "All done!"}')

    done = eog("run", "builtin:itsm", "--script", str(tmp_path / "nothing.json"), "--json", "--repeat", "2")

    rows = json.loads(done.stdout)
    assert done.returncode == 1
    needed = {"run_id", "task", "agent", "status", "verifiers", "steps", "duration_s", "tokens_in", "tokens_out"}
    assert all(needed | {"cost_usd", "error"} <= row.keys() for row in rows)
    assert {row["status"] for row in rows} == {"passed", "failed"}
    assert all(set(row["verifiers"]) == {"total", "passed"} for row in rows)


def test_what_is_recorded_can_be_listed_filtered_and_shown(eog: Eog) -> None:
    eog("demo", "--headless", "--pace", "0")

    assert "passed" in eog("runs").stdout
    assert json.loads(eog("runs", "status:failed", "--json").stdout) == []
    shown = json.loads(eog("show", "1", "--json").stdout)
    assert {"message", "tool_call", "tool_result"} <= {event["kind"] for event in shown["events"]}
    assert shown["verdicts"]
    one_step = eog("show", "1", "--step", "2").stdout
    assert re.findall(r"^ +(\d+) (?:call|say|user|system)\b", one_step, re.MULTILINE) == ["2"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["run", "no/such/folder"], "no such file or folder"),
        (["run", "builtin:moon"], "there are: csm, itsm"),
        (["run", "builtin:itsm", "--agent", "react"], "--llm"),
        (["run", "builtin:itsm", "--agent", "wizard"], "agent"),
        (["run", "builtin:itsm", "--script", "no.json"], "no.json"),
        (["show", "4711"], "4711"),
        (["runs", "\udcff"], "not all of it is UTF-8"),
        (["ctl", "1", "say", "a\udcff"], "'a\\udcff' is no text"),
        (["fork", "1", "--step", "2", "--arguments", "[" * 100_000], "--arguments: this is no JSON"),
        (["fork", "1", "--step", "2", "--arguments", r'{"x": "\ud800"}'], "--arguments: this is no JSON"),
        (["fork", "1", "--step", "2", "--message", "@~nobody/x"], "--message @~nobody/x"),
        (["runs", "--store", "postgresql+psycopg://u:hunter2@h:abc/db"], "neither a path nor a database URL"),
        (["show", "1", "--store", "/dev/null/store.db"], "store"),
        (["replay", "4711"], "4711"),
        (["runs", "colour:red"], "colour"),
        (["gym", "serve", "moon"], "itsm"),
        (["tasks", "check", "no/such/folder"], "no such file or folder"),
        (["run", "builtin:itsm", "--llm", "model.json"], "--llm is for --agent react or planner_react"),
        (["run", "builtin:itsm", "--agent", "human", "--script", "x.json"], "--script is for --agent scripted"),
        (["runs", "--store", "/"], "it is a folder"),
    ],
)
def test_bad_input_exits_with_2_and_one_clear_message(eog: Eog, words: list[str], reason: str) -> None:
    done = eog(*words)

    assert done.returncode == 2
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_tasks_check_tells_broken_tasks_from_good_ones(eog: Eog, tmp_path: Path) -> None:
    gym = {
        "mcp_server_name": "gym-itsm-mcp",
        "mcp_server_url": "http://localhost:8006",
        "seed_database_file": "itsm/dbs/harbor_small.sql",
    }

    def task(name: str, query: str, expected: object = 1, **changes: object) -> None:
        check = {"query": query, "expected_value": expected, "comparison_type": "equals"}
        verifier = {"verifier_type": "database_state", "name": "v", "validation_config": check}
        data = {"system_prompt": "", "user_prompt": "", "gym_servers_config": [gym], "verifiers": [verifier], **changes}
        (tmp_path / f"{name}.json").write_text(json.dumps(data))

    task("good", "SELECT COUNT(*) FROM incident WHERE short_description = 'new'")
    task("idle", "SELECT 1")
    task("typo", "SELECT colour FROM incident")
    task("tool", "SELECT 2", selected_tools=["make_coffee"])
    task("thrice", "SELECT 2", number_of_runs=3, temperature=0.6, mcp_endpoint="/mcp", reset_database_between_runs=True)
    (tmp_path / "half.json").write_text('{"user_prompt": ""}')

    from engine.tasks import builtin_root

    done = eog("tasks", "check", str(tmp_path), "--seed-root", str(builtin_root()))
    lines = done.stdout

    assert done.returncode == 1
    assert "good" not in lines
    assert "idle: all verifiers pass with nothing done" in lines
    assert re.search(r"typo: verifier 1 v: cannot run: .*colour", lines)
    assert "tool: selected_tools: no gym of the task has a tool 'make_coffee'" in lines
    assert re.findall(r"thrice: .*", lines) == [
        "thrice: number_of_runs 3 is not followed: --repeat says how often a task is run",
        "thrice: temperature 0.6 is not followed: the LLM config says it",
    ]
    assert f"✗ {tmp_path}/half.json: system_prompt: is missing\n" in lines
    assert f"✗ {tmp_path}/half.json: gym_servers_config: is missing\n" in lines
    found = {
        report["task"]: report
        for report in json.loads(
            eog("tasks", "check", str(tmp_path), "--seed-root", str(builtin_root()), "--json").stdout
        )
    }
    assert not found["good"]["problems"]
    assert found["typo"]["problems"]


def test_a_folder_without_tasks_is_no_success(eog: Eog, tmp_path: Path) -> None:
    for words in (["tasks", "list"], ["tasks", "check"], ["run"]):
        done = eog(*words, str(tmp_path))
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{tmp_path}: no task found there" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
@pytest.mark.parametrize("words", [["--help"], ["runs"], ["runs", "--json"]])
def test_output_that_finds_no_room_is_told_in_a_line(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-m", "eog_tui", *words], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr == "eog-tui: what was asked for cannot be printed: No space left on device\n"


def test_every_usage_line_says_once_what_may_be_left_out_and_repeated() -> None:
    plans = [["plans", word] for word in ("list", "new", "import", "uplift")]
    gym = [["gym", word] for word in ("up", "down", "logs", "serve")]
    for words in (["run"], ["runs"], *plans, *gym):
        usage = CliRunner().invoke(app, [*words, "--help"]).stdout.splitlines()[1]
        assert not re.search(r"\[\[|\.\.\.\W+\.\.\.", usage), usage


@pytest.mark.parametrize("words", [["run"], ["gym", "serve"]])
def test_a_switch_that_is_off_needs_no_opposite(words: list[str]) -> None:
    printed = CliRunner().invoke(app, [*words, "--help"]).stdout
    assert "--frozen-clock" in printed
    assert "no-frozen-clock" not in printed


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("--allow=", "--allow: names no tool"),
        ("--allow= , ", "--allow: names no tool"),
        ("--allow=find_*;", "--allow: find_*; is no name of a tool"),
        ("--pause=inf", "--pause: must be a finite number"),
    ],
)
def test_an_option_that_could_do_nothing_is_refused(eog: Eog, option: str, reason: str) -> None:
    done = eog("run", "builtin:itsm/stolen-tablet", option)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr


def test_one_allow_may_name_several_tools(eog: Eog) -> None:
    eog("run", "builtin:itsm/stolen-tablet", "--allow", "find_* list_*", "--allow", "get_user")
    assert json.loads(eog("ctl", "1", "rules", "--json").stdout)["allow"] == ["find_*", "list_*", "get_user"]


def test_checking_tasks_says_on_a_terminal_how_far_it_is() -> None:
    shown = _on_a_terminal("tasks", "check", "builtin:itsm")
    total = len(read_tasks("builtin:itsm").tasks)
    assert "checking task " in shown
    assert f" of {total} …" in shown
    assert f"{total} tasks checked" in shown


def _on_a_terminal(*words: str) -> str:
    """What a command writes where a person looks on."""
    screen, terminal = pty.openpty()
    world = os.environ | {"TERM": "xterm-256color", "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "eog_tui", *words]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal, env=world)
    os.close(terminal)
    written = b""
    try:
        with suppress(OSError):  # the end, on Linux
            while more := os.read(screen, 65_536):
                written += more
    finally:
        process.kill()
        process.wait()
        os.close(screen)
    return written.decode(errors="replace")


def test_times_are_written_as_in_events(eog: Eog) -> None:
    eog("run", "builtin:itsm/stolen-tablet")
    shown = json.loads(eog("show", "1", "--json").stdout)
    assert shown["started_at"] == shown["events"][0]["at"]
    assert shown["ended_at"].endswith("Z")


def test_hostile_text_reaches_the_terminal_as_visible_glyphs(eog: Eog, tmp_path: Path) -> None:
    hostile = "\x1b]52;c;aGk=\x07\x1b[31mred\u202e"
    script = {"calls": [{"tool": "find_incident_by_id", "arguments": {"incident_id": hostile}}], "answer": hostile}
    (tmp_path / "hostile.json").write_text(json.dumps(script))
    eog("run", "builtin:itsm", "--script", str(tmp_path / "hostile.json"))

    printed = eog("show", "1", "--full").stdout + eog("runs").stdout

    assert "red" in printed
    assert not set(printed) & {"\x1b", "\x07", "\u202e"}


def test_a_terminal_without_unicode_gets_question_marks_instead_of_a_crash(eog: Eog) -> None:
    assert eog("demo", "--headless", "--pace", "0", PYTHONIOENCODING="ascii").returncode == 0
    for words in (["runs"], ["show", "1"], ["tasks", "list"]):
        done = eog(*words, PYTHONIOENCODING="ascii")
        assert (done.returncode, done.stderr) == (0, "")


def test_a_table_in_a_pipe_is_whole(eog: Eog) -> None:
    done = eog("tasks", "list", COLUMNS="40")

    assert done.stdout.split()[:5] == ["task", "gyms", "tools", "verif", "prompt"]
    assert "…" not in done.stdout
    assert "reporter-wants-an-account" in done.stdout


def test_ctrl_c_records_the_runs_as_stopped_and_exits_with_130(eog: Eog) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "eog_tui", "run", "builtin:itsm", "--pause", "5", "--concurrency", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    _until_running(eog)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)

    assert running.returncode == 130
    assert {row["status"] for row in json.loads(eog("runs", "--json").stdout)} == {"stopped"}


def test_a_killed_run_is_interrupted_with_every_committed_step(eog: Eog) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "eog_tui", "demo", "--headless", "--pace", "0.3"],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    assert running.stdout is not None
    seen = []
    while len(seen) < 3:
        line = running.stdout.readline()
        seen += re.findall(r"^ +\d+ call (\w+)", line)
    running.kill()
    running.wait()

    [row] = json.loads(eog("runs", "--json").stdout)
    assert row["status"] == "interrupted"
    events = json.loads(eog("show", "1", "--json").stdout)["events"]
    assert [event["tool"] for event in events if event["kind"] == "tool_result"][:3] == seen


def test_info_tells_versions_and_paths(eog: Eog) -> None:
    facts = json.loads(eog("info", "--json").stdout)

    assert {"versions", "paths", "terminal"} <= facts.keys()
    assert facts["paths"]["store"] == os.environ["EOG_STORE"]
    assert "textual" in eog("info").stdout


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql+psycopg://ann:hunter2@host/runs?password=hunter2", "postgresql+psycopg://host/runs"),
        ("postgresql+psycopg://ann:hunter2@host:abc/runs", "postgresql+psycopg://host"),
        ("://", "://"),
    ],
)
def test_info_tells_any_store_without_its_secrets(given: str, shown: str) -> None:
    facts = json.loads(CliRunner().invoke(app, ["info", "--json", "--store", given]).stdout)
    assert facts["paths"]["store"] == shown


def test_a_text_in_full_is_shown_as_it_was_written() -> None:
    columns = "id\tname\n    INC_001" + " " * 6 + "x" * 90 + " " * 30 + "end"
    [task] = read_tasks("builtin:itsm/stolen-tablet").require()
    with Store.open() as store:
        run_id = store.create_run(NewRun(task, "stolen-tablet", "itsm", "react"))
        store.recorder(run_id).append(Message(step=0, role="user", content=columns + "\na\x85b\x1cc\r\nlast"))
        shown = CliRunner().invoke(app, ["show", str(run_id), "--step", "0"]).stdout.splitlines()[2:]
    rows = [row.removeprefix("    ") for row in shown]
    assert rows[0] + "\n" + "".join(rows[1:-2]) == columns
    assert rows[-2:] == [literal("a\x85b\x1cc"), "last"]
    assert len(rows[-2]) == 5, "what cannot be printed has a sign"


def test_a_run_without_steps_has_no_step_to_show() -> None:
    [task] = read_tasks("builtin:itsm/stolen-tablet").require()
    with Store.open() as store:
        run_id = store.create_run(NewRun(task, "stolen-tablet", "itsm", "react"))
        done = CliRunner().invoke(app, ["show", str(run_id), "--step", "1"])
    assert done.exit_code == 2
    assert f"run {run_id} has no step 1; it has none yet" in done.stderr
    assert json.loads(CliRunner().invoke(app, ["runs", "--json"]).stdout)[0]["verifiers"]["passed"] is None


def _until_running(eog: Eog) -> None:
    deadline = time.monotonic() + 60
    while not any(row["steps"] > 1 for row in json.loads(eog("runs", "--json").stdout)):
        assert time.monotonic() < deadline
        time.sleep(0.1)
