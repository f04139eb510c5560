"""The react agent from a config file to its verdicts, against a real HTTP server that speaks OpenAI's protocol."""

from __future__ import annotations

import gc
import json
import time
from pathlib import Path

import pytest

from engine.runs.engine import Engine
from engine.runs.orders import Pause, Resume
from engine.runs.spec import Launch
from engine.tasks import CallList, builtin_root, read_tasks
from engine.trajectory.events import Limit, Message, Retry, ToolResult
from engine.trajectory.store import Store
from tests.agents.openai_server import Fail, OpenAIServer, Say, playing
from tests.runs.material import call, count_check

KEY = "sk-not-to-be-seen-0815"


def config(tmp_path: Path, server: OpenAIServer) -> Path:
    path = tmp_path / "llm.json"
    path.write_text(
        json.dumps(
            {"llm_provider": "openai", "llm_model": "gpt-4o", "llm_api_key": KEY, "llm_api_endpoint": server.url}
        )
    )
    return path


def gold(task: str) -> CallList:
    return CallList.read(Path(task).with_suffix(".gold.json"))


@pytest.mark.parametrize("source", ["builtin", "reference"])
def test_a_model_that_makes_the_gold_calls_passes_every_task(
    source: str, request: pytest.FixtureRequest, engine: Engine, store: Store, tmp_path: Path
) -> None:
    if source == "builtin":
        folder, root = builtin_root() / "itsm" / "tasks", builtin_root()
    else:
        reference: Path = request.getfixturevalue("reference")
        folder, root = reference / "tasks" / "itsm", reference / "gym_dbs"
    ends = {}
    for task in read_tasks(str(folder), root).require():
        script = gold(task.source)
        with OpenAIServer(playing([(c.tool, c.arguments) for c in script.calls], script.answer or "Done.")) as server:
            launch = Launch(
                sources=(task.source,), agent="react", llm=config(tmp_path, server), seed_root=root, max_steps=99
            )
            launched = engine.launch(launch)
            ends[task.name] = next(iter(launched.done.result(timeout=120).values()))
            row = store.run(launched.run_ids[0])
            assert row.model == "openai/gpt-4o"
            assert row.tokens_in > 0

    assert {name: end for name, end in ends.items() if end != "passed"} == {}


def test_what_the_model_did_wrong_comes_back_to_it_and_is_recorded(
    engine: Engine, store: Store, tmp_path: Path, write_task: object
) -> None:
    replies = [
        Fail(429),
        Say("I look first.", calls=[("make_coffee", {}), ("find_incident_by_id", {"incident_id": "INC_999"})]),
        Say("", calls=[("update_incident", {"incident_id": "INC_001", "worknotes": "noted"})]),
        Say("All done."),
    ]
    source = write_task([call("unused")], [count_check("noted", "worknotes = 'noted'")])  # type: ignore[operator]
    with OpenAIServer(replies) as server:
        launch = Launch(
            sources=(source,), agent="react", llm=config(tmp_path, server), seed_root=builtin_root(), frozen_clock=True
        )
        [run_id] = engine.launch(launch).done.result(timeout=60)
        told = [message for message in server.requests[-1].body["messages"] if message["role"] == "tool"]

    row = store.run(run_id)
    assert (row.status, row.answer) == ("passed", "All done.")
    assert "Unknown tool" in told[0]["content"]
    assert json.loads(told[1]["content"])["isError"] is True
    events = [event for head in store.steps(run_id) for event in store.events(run_id, head.number)]
    assert [event.attempt for event in events if isinstance(event, Retry)] == [1]
    assert [event.is_error for event in events if isinstance(event, ToolResult)] == [True, True, False]
    said = [event for event in events if isinstance(event, Message) and event.role == "assistant"]
    assert [len(message.calls) for message in said] == [2, 1, 0]
    kinds = [(head.kind, head.tool) for head in store.steps(run_id)][2:]
    assert kinds == [
        ("say", None),
        ("call", "make_coffee"),
        ("call", "find_incident_by_id"),
        ("call", "update_incident"),
        ("say", None),
    ]


def test_the_loop_ends_at_its_limit(engine: Engine, store: Store, tmp_path: Path, write_task: object) -> None:
    source = write_task([call("unused")], [count_check("kept", "1 = 1")])  # type: ignore[operator]
    again = Say("", calls=[("find_incident_by_id", {"incident_id": "INC_001"})])
    with OpenAIServer(lambda _messages: again) as server:
        launch = Launch(
            sources=(source,), agent="react", llm=config(tmp_path, server), seed_root=builtin_root(), max_steps=3
        )
        [run_id] = engine.launch(launch).done.result(timeout=60)

    events = [event for head in store.steps(run_id) for event in store.events(run_id, head.number)]
    assert [(event.name, event.value) for event in events if isinstance(event, Limit)] == [("max_steps", 3)]
    assert sum(isinstance(event, ToolResult) for event in events) == 3


def test_a_refused_key_ends_the_run_with_words_and_without_the_key(
    engine: Engine, store: Store, tmp_path: Path, write_task: object
) -> None:
    source = write_task([call("unused")])  # type: ignore[operator]
    with OpenAIServer([Fail(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}})]) as server:
        launch = Launch(sources=(source,), agent="react", llm=config(tmp_path, server), seed_root=builtin_root())
        [run_id] = engine.launch(launch).done.result(timeout=60)

    row = store.run(run_id)
    assert row.status == "errored"
    assert "llm_api_key" in (row.error or "")
    assert all(KEY.encode() not in file.read_bytes() for file in tmp_path.glob("store.db*"))


def test_a_pause_between_a_silent_message_and_its_call_leaves_both_in_one_step(
    engine: Engine, store: Store, tmp_path: Path, write_task: object
) -> None:
    source = write_task([call("unused")], [count_check("kept", "1 = 1")])  # type: ignore[operator]
    replies = iter([Say("", calls=[("find_incident_by_id", {"incident_id": "INC_001"})]), Say("Done.")])

    def pausing(_messages: object) -> Say:
        engine.order(1, Pause(by="ada"))
        time.sleep(0.2)
        return next(replies)

    with OpenAIServer(pausing) as server:
        launch = Launch(sources=(source,), agent="react", llm=config(tmp_path, server), seed_root=builtin_root())
        launched = engine.launch(launch)
        while not launched.done.done():
            if store.run(1).status == "paused":
                engine.order(1, Resume(by="ada"))
            time.sleep(0.02)

    assert store.run(1).status == "passed"
    heads = store.steps(1)
    assert [head.number for head in heads] == list(range(len(heads)))
    [silent] = [head for head in heads if head.kind == "call"]
    assert silent.tokens_in > 0
    assert silent.ok is True


def test_a_closed_engine_leaves_nothing_of_the_models_client_behind(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with OpenAIServer([Say("Done."), Say("Done.")]) as server:
        launch = Launch(sources=("builtin:itsm/stolen-tablet",), agent="react", llm=config(tmp_path, server))
        for _ in range(2):  # the client lets go of its first loop when it meets the second
            with Engine(store) as engine:
                engine.launch(launch).done.result(timeout=60)
    gc.collect()

    assert "was destroyed but it is pending" not in caplog.text
