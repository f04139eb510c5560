"""``eog-tui gym`` and ``run --gyms`` as a user types them, against a real server."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from engine.gyms.registry import domain
from engine.gyms.server import build_app
from tests.cli.conftest import PROJECT
from tests.gyms.serving import BareGym, Flaky, Served

Eog = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def served() -> Iterator[Served]:
    server = Served(build_app(domain("itsm")))
    yield server
    server.stop()


def test_check_tells_what_a_server_is_and_cleans_up(eog: Eog, served: Served) -> None:
    done = eog("gym", "check", served.url)

    assert done.returncode == 0, done.stderr
    assert "gym-itsm-mcp" in done.stdout
    assert "93 tools" in done.stdout
    assert all(part in done.stdout for part in ("seeding", "isolation", "SQL runner", "deletion"))
    assert "✗" not in done.stdout
    assert (len(served.seeded), served.databases) == (2, 0)


def test_check_json_is_for_programs(eog: Eog, served: Served) -> None:
    report = json.loads(eog("gym", "check", f"{served.url}/mcp", "--json").stdout)

    assert (report["usable"], report["domain"], len(report["tools"])) == (True, "itsm", 93)
    assert {finding["outcome"] for finding in report["findings"]} == {"works"}


def test_check_of_no_server_fails_with_the_reason(eog: Eog) -> None:
    done = eog("gym", "check", "http://127.0.0.1:9")

    assert done.returncode == 1
    assert "cannot be reached: Connection refused" in done.stdout


@pytest.mark.parametrize("address", ["localhost:8006", "http://", "http://[::1", "http://127.0.0.1:99999", "ftp://x"])
def test_what_is_no_address_is_refused_as_such(eog: Eog, address: str) -> None:
    done = eog("gym", "check", address)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"eog-tui: {address!r} is no http:// or https:// address\n"


def test_run_uses_the_server_that_is_asked_for_and_records_it(eog: Eog, served: Served, tmp_path: Path) -> None:
    task = "builtin:itsm/" + json.loads(eog("run", "builtin:itsm", "--json").stdout)[0]["task"]
    refused = eog("run", task, "--gyms", "moon")
    assert (refused.returncode, "--gyms" in refused.stderr) == (2, True)

    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "domains.json").write_text(json.dumps({"itsm": {"url": served.url}}))
    done = eog("run", task, "--gyms", "remote", "--json", cwd=tmp_path)

    [row] = json.loads(done.stdout)
    assert (done.returncode, row["status"], row["gyms"]) == (0, "passed", "remote")
    assert (len(served.seeded), served.databases) == (1, 0)

    told = eog("run", task, "--gyms", "remote", cwd=tmp_path)
    assert f"gyms remote at {served.url}\n" in told.stdout
    assert "gyms" not in eog("run", task).stdout


def test_run_tells_of_a_server_that_takes_its_time_to_make_a_database(eog: Eog, tmp_path: Path) -> None:
    slow = Flaky(build_app(domain("itsm")))
    slow.path, slow.fault = "/api/seed-database", lambda _request: asyncio.sleep(6)
    server = Served(slow)
    try:
        (tmp_path / "conf").mkdir()
        (tmp_path / "conf" / "domains.json").write_text(json.dumps({"itsm": {"url": server.url}}))
        done = eog("run", "builtin:itsm/vip-laptop-outage", "--gyms", "remote", "--repeat", "2", cwd=tmp_path)
    finally:
        server.stop()

    assert done.returncode == 0, done.stderr
    [told] = [line for line in done.stderr.splitlines() if "makes its database" in line]
    assert re.fullmatch(rf"run \d+: {server.url} makes its database; that may take 20 minutes", told)


def test_show_names_the_database_and_what_reading_its_tables_took(eog: Eog, tmp_path: Path) -> None:
    server = Served(BareGym(domain("itsm")).app)
    try:
        (tmp_path / "conf").mkdir()
        (tmp_path / "conf" / "domains.json").write_text(json.dumps({"itsm": {"url": server.url}}))
        done = eog("run", "builtin:itsm/vip-laptop-outage", "--gyms", "remote", "--json", cwd=tmp_path)
        shown = eog("show", str(json.loads(done.stdout)[0]["run_id"])).stdout
    finally:
        server.stop()

    [database_id] = server.seeded
    assert f"database {database_id} at {server.url}\n" in shown
    assert re.search(r"row changes read from the server: \d+\.\d s", shown)
    assert "left database" not in shown


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGHUP])
def test_the_app_ends_in_order_when_it_is_killed_politely_or_its_terminal_goes_away(
    served: Served, tmp_path: Path, asked: signal.Signals
) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "domains.json").write_text(json.dumps({"itsm": {"url": served.url}}))
    screen, terminal = pty.openpty()
    words = [sys.executable, "-m", "eog_tui", "act", "builtin:itsm/vip-laptop-outage", "--gyms", "remote"]
    world = os.environ | {"TERM": "xterm-256color", "PYTHONPATH": PROJECT}
    process = subprocess.Popen(words, cwd=tmp_path, stdin=terminal, stdout=terminal, stderr=terminal, env=world)
    os.close(terminal)
    reader = threading.Thread(target=_drained, args=(screen,))
    reader.start()
    try:
        deadline = time.monotonic() + 60
        while not (served.databases and served.queries()):
            assert time.monotonic() < deadline, "the run does not begin"
            time.sleep(0.05)
        process.send_signal(asked)
        assert process.wait(30) == 128 + asked
    finally:
        process.kill()
        process.wait()
        reader.join()
        os.close(screen)
    assert (len(served.seeded), served.databases) == (1, 0)


def _drained(screen: int) -> None:
    """Read what an app draws until it is gone, or it would wait for ever."""
    with suppress(OSError):
        while os.read(screen, 65_536):
            pass


def test_serve_says_that_it_listens_only_when_it_does(eog: Eog, served: Served) -> None:
    done = eog("gym", "serve", "itsm", "--port", str(served.port))

    assert done.returncode == 1
    assert done.stderr == f"eog-tui: cannot listen on 127.0.0.1:{served.port}: Address already in use\n"
