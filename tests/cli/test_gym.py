"""``eog-tui gym`` and ``run --gyms`` as a user types them, against a real server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.gyms.registry import domain
from engine.gyms.server import build_app
from tests.gyms.serving import Served

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
