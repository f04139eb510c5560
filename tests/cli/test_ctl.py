"""``eog-tui ctl`` and supervised runs of the command line: one process has the run, another gives the word."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from engine.runs.engine import Engine
from engine.runs.spec import Launch
from engine.trajectory.events import Intervention, Message, ToolCall
from engine.trajectory.store import Store
from eog_tui.cli import app
from eog_tui.figures import duration
from tests.agents.openai_server import OpenAIServer, Say, playing

Eog = Callable[..., subprocess.CompletedProcess[str]]
PROJECT = str(Path(__file__).resolve().parents[2])
TASK = "builtin:itsm/stolen-tablet"


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open() as opened:
        yield opened


@pytest.fixture
def record(store: Store) -> Callable[[], int]:
    """Record a run that has ended."""

    def one() -> int:
        with Engine(store) as engine:
            launched = engine.launch(Launch(sources=(TASK,)))
            launched.done.result(timeout=60)
        return launched.run_ids[0]

    return one


class Running:
    """``eog-tui run`` in a process of its own."""

    def __init__(self, store: Store, words: tuple[str, ...]) -> None:
        self.store = store
        self.process = subprocess.Popen(
            [sys.executable, "-m", "eog_tui", "run", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=PROJECT,
            env=dict(os.environ),
        )
        self._err: list[str] = []
        self._reader = threading.Thread(target=lambda: self._err.extend(self.process.stderr or ()), daemon=True)
        self._reader.start()

    def says(self, words: str, times: int = 1) -> None:
        """Wait until something is said on standard error, so many times."""
        deadline = time.monotonic() + 60
        while "".join(self._err).count(words) < times:
            assert time.monotonic() < deadline, self._err
            time.sleep(0.03)

    def until(self, status: str, steps: int = 0) -> int:
        """The run's number, once it has a status."""
        deadline = time.monotonic() + 60
        while True:
            found = [row for row in self.store.runs() if row.status == status and row.steps > steps]
            if found:
                return found[0].id
            assert time.monotonic() < deadline, [row.status for row in self.store.runs()]
            time.sleep(0.03)

    def ended(self) -> tuple[int, str, str]:
        """Exit code and what was printed."""
        assert self.process.stdout is not None
        out = self.process.stdout.read()
        code = self.process.wait(timeout=60)
        self._reader.join(timeout=60)
        return code, out, "".join(self._err)

    def kill(self) -> None:
        """End it at once, however far it is."""
        self.process.kill()
        self.ended()


@pytest.fixture
def run(store: Store) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(*words: str) -> Running:
        started.append(Running(store, words))
        return started[-1]

    yield start
    for each in started:
        each.kill()


def test_a_run_that_waits_says_how_to_answer_and_takes_the_word(eog: Eog, run: Any, store: Store) -> None:
    running = run(TASK, "--approve", "writing", "--json")
    run_id = running.until("waiting")
    calls = 0
    while store.run(run_id).alive:
        done = eog("ctl", str(run_id), "approve")
        assert done.returncode in (0, 1, 4), done.stderr
        calls += done.returncode in (0, 4)
    code, out, err = running.ended()

    assert code == 0, err
    [row] = json.loads(out)
    assert (row["status"], row["interventions"], row["parent_id"], row["plan"]) == ("passed", 0, None, None)
    asked = re.findall(rf"^run {run_id} waits for a word: \w+.*eog-tui ctl {run_id} approve", err, re.MULTILINE)
    assert len(asked) == calls > 0
    actions = [event.action for event in store.history(run_id) if isinstance(event, Intervention)]
    assert actions == ["approve"] * calls


def test_a_run_that_waits_says_so_beside_newer_runs_of_others_that_wait(eog: Eog, run: Any, store: Store) -> None:
    running = run(TASK, "--approve", "every")
    run_id = running.until("waiting")
    running.says(f"run {run_id} waits for a word")
    with Engine(store) as engine:
        others = engine.launch(Launch(sources=(TASK,), approve="every", repeat=3)).run_ids
        assert run_id < min(others)
        while sum(row.status == "waiting" for row in store.runs()) < 1 + len(others):
            time.sleep(0.03)
        assert eog("ctl", str(run_id), "approve").returncode == 0
        running.says(f"run {run_id} waits for a word", times=2)
        assert eog("ctl", str(run_id), "stop").returncode == 0
    _, _, err = running.ended()
    assert err.count("waits for a word") == 2, "nothing is told of the others"


def test_every_verb_leaves_its_record(eog: Eog, run: Any, store: Store, tmp_path: Path) -> None:
    look = ("find_incident_by_id", {"incident_id": "INC_001"})
    replies = playing([look, look, look], "Done.")
    with OpenAIServer(replies) as server:
        config = {"llm_provider": "openai", "llm_model": "gpt-4o", "llm_api_key": "k", "llm_api_endpoint": server.url}
        (tmp_path / "llm.json").write_text(json.dumps(config))
        running = run(TASK, "--agent", "react", "--llm", str(tmp_path / "llm.json"), "--approve", "every")
        run_id = running.until("waiting")

        def ctl(*words: str) -> dict[str, Any]:
            done = eog("ctl", str(run_id), *words, "--json")
            assert done.returncode == 0, done.stdout + done.stderr
            told: dict[str, Any] = json.loads(done.stdout)
            return told

        assert ctl("rules") == {"run_id": run_id, "approve": "every", "allow": []}
        assert ctl("pause")["outcome"] == "carried out"
        ctl("say", "Mind", "the policy.")
        ctl("allow", "get_*")
        assert ctl("rules")["allow"] == ["get_*"]
        assert eog("ctl", str(run_id), "rules").stdout == f"run {run_id}: every call waits for a word, save get_*\n"
        ctl("approve", "--arguments", '{"incident_id": "INC_002"}')
        running.until("paused")
        ctl("step")
        running.until("paused", steps=5)
        ctl("resume")
        running.until("waiting")
        steps = store.run(run_id).steps
        ctl("reject", "Not", "that one.")
        running.until("waiting", steps=steps)
        ctl("answer", "I know enough.", "--refuse")
        code, _, _ = running.ended()
        last = server.requests[-1].body["messages"]

    assert code == 1
    events = store.history(run_id)
    acted = [(event.action, event.text) for event in events if isinstance(event, Intervention)]
    assert acted == [
        ("pause", ""),
        ("supervise", ""),
        ("edit", ""),
        ("step", ""),
        ("resume", ""),
        ("reject", "Not that one."),
        ("answer", ""),
    ]
    edit = next(event for event in events if isinstance(event, Intervention) and event.action == "edit")
    assert (edit.before, edit.after) == (look[1], {"incident_id": "INC_002"})
    assert {"role": "user", "content": "Mind the policy."} in last
    assert [(event.role, event.content) for event in events if isinstance(event, Message) and event.by] == [
        ("user", "Mind the policy."),
        ("assistant", "I know enough."),
    ]
    assert [dict(event.arguments) for event in events if isinstance(event, ToolCall)] == [{"incident_id": "INC_002"}]
    assert store.run(run_id).interventions == 4
    shown = eog("show", str(run_id)).stdout
    assert "4 interventions" in shown
    assert "the task was refused: I know enough." in shown
    assert "■ rejected · by" in shown
    assert "Not that one." in shown


def test_a_rejection_without_a_reason_says_what_the_model_is_told(eog: Eog, run: Any, store: Store) -> None:
    run_id = run(TASK, "--approve", "writing").until("waiting")
    done = eog("ctl", str(run_id), "reject")
    assert done.returncode == 0
    assert "carried out. Without a reason: the model is told only that a person did not allow the call." in done.stdout
    reasons = [event.text for event in store.history(run_id) if isinstance(event, Intervention)]
    assert reasons == [""]
    eog("ctl", str(run_id), "stop")


def test_stop_ends_a_run_of_another_process(eog: Eog, run: Any) -> None:
    running = run(TASK, "--pause", "5")
    run_id = running.until("running", steps=1)
    done = eog("ctl", str(run_id), "stop")
    assert (done.returncode, done.stdout) == (0, f"run {run_id}: stop: carried out\n")
    assert running.ended()[0] == 130
    late = eog("ctl", str(run_id), "stop")
    assert late.returncode == 1
    assert "has ended" in late.stderr
    assert eog("ctl", str(run_id), "approve").returncode == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["99", "pause"], "no run 99"),
        (["1", "dance"], "no such verb: dance"),
        (["1", "say"], "say needs a text"),
        (["1", "allow"], "allow needs"),
        (["1", "allow", "rm -rf /"], "no name of a tool"),
        (["1", "rules", "some"], "no such rule: some"),
        (["1", "pause", "now"], "takes no text"),
        (["1", "pause", "--refuse"], "--refuse is for answer"),
        (["1", "stop", "--arguments", "{}"], "--arguments is for approve"),
    ],
)
def test_what_makes_no_sense_ends_with_words(record: Any, words: list[str], reason: str) -> None:
    record()
    done = CliRunner().invoke(app, ["ctl", *words])
    assert done.exit_code == 2
    assert reason in done.stderr


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_a_word_that_nothing_waits_for_is_refused_in_json_too(record: Any, verb: str) -> None:
    done = CliRunner().invoke(app, ["ctl", str(record()), verb, "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["outcome"] == "refused"
    assert "does not wait" in json.loads(done.stdout)["reason"]


@pytest.fixture
def left(store: Store) -> int:
    """A person's run that nobody has open."""
    with Engine(store) as engine:
        [run_id] = engine.launch(Launch(sources=(TASK,), agent="human")).run_ids
        deadline = time.monotonic() + 20
        while store.run(run_id).status != "waiting":
            assert time.monotonic() < deadline
            time.sleep(0.02)
    return run_id


def test_an_order_that_nobody_takes_is_taken_back(eog: Eog, store: Store, left: int) -> None:
    done = eog("ctl", str(left), "stop")
    assert done.returncode == 3
    assert "not taken" in done.stderr
    assert store.run(left).status == "waiting"
    assert store.withdraw_order(1) is False
    assert re.search(rf"^ *{left} +waiting", eog("runs", "status:waiting").stdout, re.MULTILINE)


def test_an_order_that_is_taken_and_not_yet_carried_out_has_a_code_of_its_own(
    store: Store, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eog_tui.commands.ctl.PATIENCE_SECONDS", 1)
    taken: list[object] = []

    def take_and_be_busy() -> None:
        while not taken:
            taken.extend(store.take_orders())

    threading.Thread(target=take_and_be_busy, daemon=True).start()
    done = CliRunner().invoke(app, ["ctl", str(left), "pause"])
    assert (done.exit_code, done.stdout) == (4, "")
    assert "pause: under way" in done.stderr


def test_who_acts_blind_is_not_told_by_programs_what_the_verifiers_say(store: Store, left: int) -> None:
    assert store.run(left).verifiers_passed is not None
    listed, shown = (CliRunner().invoke(app, [*words, "--json"]).stdout for words in (["runs"], ["show", str(left)]))
    [row] = json.loads(listed)
    assert row["verifiers"]["passed"] is json.loads(shown)["verifiers"]["passed"] is None
    assert row["verifiers"]["total"] > 0
    assert not any("verifiers" in event for event in json.loads(shown)["events"])


def test_stop_ends_a_persons_run_whose_process_is_gone(eog: Eog, store: Store) -> None:
    leave = (
        "from engine.runs.engine import Engine\nfrom engine.trajectory.store import Store\n"
        "from tests.app.sitting import begin\nfrom engine.runs.orders import Come\n"
        "with Store.open() as store, Engine(store) as engine:\n"
        "    engine.order(begin(engine), Come(by='ann')).result(20)\n"
    )
    subprocess.run([sys.executable, "-c", leave], check=True, timeout=60, cwd=PROJECT)
    assert store.run(1).status == "waiting"
    done = eog("ctl", "1", "stop")
    assert (done.returncode, done.stdout) == (0, "run 1: stop: carried out\n")
    assert store.run(1).status == "stopped"
    assert [event.action for event in store.history(1) if isinstance(event, Intervention)] == ["stop"]


def test_ctrl_c_takes_the_order_back(store: Store, left: int) -> None:
    waiting = subprocess.Popen(
        [sys.executable, "-m", "eog_tui", "ctl", str(left), "stop"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env=dict(os.environ),
    )
    deadline = time.monotonic() + 20
    with Store.open() as watcher:
        while True:
            try:
                watcher.order_state(1)
                break
            except Exception:
                assert time.monotonic() < deadline
                time.sleep(0.02)
    waiting.send_signal(signal.SIGINT)
    _, err = waiting.communicate(timeout=20)
    assert waiting.returncode == 130
    assert "taken back" in err
    assert "Traceback" not in err
    assert store.withdraw_order(1) is False


def test_broken_arguments_leave_the_call_waiting(run: Any, store: Store) -> None:
    running = run(TASK, "--approve", "every")
    run_id = running.until("waiting")
    for bad in ("{oh", "[1]", '{"x": NaN}', "[" * 100_000, r'{"x": "\ud800"}'):
        done = CliRunner().invoke(app, ["ctl", str(run_id), "approve", "--arguments", bad])
        assert done.exit_code == 2
        assert "--arguments" in done.stderr
    assert store.run(run_id).status == "waiting"


@pytest.mark.parametrize("words", [["act", TASK], ["run", TASK, "--agent", "human", "--peek"]])
def test_acting_needs_a_terminal(store: Store, words: list[str]) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "needs a terminal" in done.stderr
    assert store.count() == 0


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["run", "builtin:itsm", "--agent", "human"], "one run"),
        (["run", TASK, "--agent", "human", "--repeat", "2"], "one run"),
        (["run", TASK, "--agent", "human", "--json"], "--json"),
        (["act", "builtin:itsm/no-such-task"], "no-such-task"),
        (["run", TASK, "--approve", "some"], "--approve"),
    ],
)
def test_acting_that_makes_no_sense_is_refused_before_the_app_opens(words: list[str], reason: str) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert reason in done.stderr


def test_show_tells_how_long_a_person_was_at_work(eog: Eog, store: Store) -> None:
    from engine.runs.orders import Answer, Come

    with Engine(store) as engine:
        launched = engine.launch(Launch(sources=(TASK,), agent="human"))
        [run_id] = launched.run_ids
        engine.order(run_id, Come(by="ada")).result(timeout=60)
        began = time.monotonic()
        time.sleep(0.3)
        slept = time.monotonic() - began
        engine.order(run_id, Answer(by="ada", text="Done.")).result(timeout=60)
        launched.done.result(timeout=60)
    at_most = time.monotonic() - began
    attended = json.loads(eog("show", str(run_id), "--json").stdout)["attended_s"]
    assert slept * 0.9 < attended < at_most + 1
    assert f"attended {duration(attended)}" in eog("show", str(run_id)).stdout


def test_what_a_model_says_about_its_call_is_literal_in_the_terminal(eog: Eog, run: Any, tmp_path: Path) -> None:
    hostile = "\x1b]52;c;aGk=\x07\x1b[31mred"
    with OpenAIServer([Say(calls=[("find_incident_by_id", {"incident_id": hostile})]), Say("Done.")]) as server:
        config = {"llm_provider": "openai", "llm_model": "gpt-4o", "llm_api_key": "k", "llm_api_endpoint": server.url}
        (tmp_path / "llm.json").write_text(json.dumps(config))
        running = run(TASK, "--agent", "react", "--llm", str(tmp_path / "llm.json"), "--approve", "every")
        run_id = running.until("waiting")
        running.says("waits for a word")
        assert eog("ctl", str(run_id), "stop").returncode == 0
        _, out, err = running.ended()
    assert "red" in err
    assert not set(out + err) & {"\x1b", "\x07"}
