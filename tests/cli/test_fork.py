"""``eog-tui fork`` as a user runs it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.tasks import builtin_root

Eog = Callable[..., subprocess.CompletedProcess[str]]

SCANNER = builtin_root() / "itsm/tasks/scanner-window-replaced.json"


@pytest.fixture
def failed(eog: Eog) -> str:
    """The number of a failed run: it looks (step 2), resolves another ticket (3) and says so (4)."""
    wrong = str(SCANNER.with_suffix(".wrong-other-scanner.json"))
    done = eog("run", "builtin:itsm/scanner-window-replaced", "--script", wrong, "--json")
    [row] = json.loads(done.stdout)
    assert row["status"] == "failed"
    return str(row["run_id"])


@pytest.fixture
def rest(tmp_path: Path) -> str:
    """What should have happened after step 2."""
    gold = json.loads(SCANNER.with_suffix(".gold.json").read_text())
    path = tmp_path / "rest.json"
    path.write_text(json.dumps(gold["calls"][1:]))
    return str(path)


def test_a_fork_goes_on_and_passes(eog: Eog, failed: str, rest: str) -> None:
    done = eog("fork", failed, "--step", "2", "--agent", "scripted", "--script", rest)

    assert done.returncode == 0, done.stderr
    assert "1 passed of 1 run\n" in done.stdout


def test_forks_as_json_name_their_parent(eog: Eog, failed: str, rest: str) -> None:
    done = eog("fork", failed, "--step", "2", "--agent", "scripted", "--script", rest, "--repeat", "2", "--json")

    rows = json.loads(done.stdout)
    assert [(row["parent_id"], row["parent_step"], row["status"]) for row in rows] == [(int(failed), 2, "passed")] * 2


@pytest.mark.parametrize("from_file", [False, True])
def test_other_arguments_from_the_line_or_a_file(eog: Eog, failed: str, tmp_path: Path, from_file: bool) -> None:
    nothing = tmp_path / "nothing.json"
    nothing.write_text("[]")
    gold = json.loads(SCANNER.with_suffix(".gold.json").read_text())["calls"][1]["arguments"]
    given = json.dumps(gold)
    if from_file:
        (tmp_path / "arguments.json").write_text(given)
        given = f"@{tmp_path / 'arguments.json'}"

    done = eog(
        "fork", failed, "--step", "3", "--arguments", given, "--agent", "scripted", "--script", str(nothing), "--json"
    )

    [row] = json.loads(done.stdout)
    assert (row["status"], row["parent_step"], row["interventions"]) == ("passed", 2, 1)


def test_another_message_that_begins_with_an_at_sign(eog: Eog, failed: str, rest: str) -> None:
    eog("fork", failed, "--step", "1", "--message", "@@desk: go on", "--agent", "scripted", "--script", rest)

    shown = json.loads(eog("show", str(int(failed) + 1), "--json").stdout)
    said = [event["content"] for event in shown["events"] if event["kind"] == "message"]
    assert said[1] == "@desk: go on"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["4711", "--step", "2", "--agent", "human"], "4711"),
        (["1", "--step", "9", "--agent", "human"], "no step 9"),
        (["1", "--step", "2", "--agent", "human"], "terminal"),
        (["1", "--step", "2", "--agent", "human", "--json"], "--json"),
        (["1", "--step", "2"], "--llm"),
        (["1", "--step", "2", "--agent", "scripted"], "--script"),
        (["1", "--step", "2", "--agent", "scripted", "--arguments", "{"], "JSON"),
        (["1", "--step", "2", "--agent", "scripted", "--arguments", "[]"], "object"),
        (["1", "--step", "2", "--agent", "human", "--message", "x", "--arguments", "{}"], "not both"),
        (["1", "--step", "2", "--agent", "human", "--message", "@no/such/file"], "no/such/file"),
        (["1", "--step", "2", "--agent", "human", "--message", "Hello"], "no message"),
    ],
)
def test_bad_input_exits_with_2_and_one_clear_message(eog: Eog, failed: str, words: list[str], reason: str) -> None:
    done = eog("fork", *words)

    assert done.returncode == 2
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert len(json.loads(eog("runs", "--json").stdout)) == 1
