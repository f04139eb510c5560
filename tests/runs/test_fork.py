"""A fork has the parent's state exactly, is a run of its own, and leaves the parent as it was."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.gyms.registry import domain
from engine.gyms.server import build_app
from engine.runs.engine import Engine
from engine.runs.orders import Answer, Call, Pause, Resume, Stop
from engine.runs.seeds import Seeds
from engine.runs.spec import Fork, Launch
from engine.tasks import TaskError, builtin_root
from engine.trajectory.events import Forked, Message, RunStarted, ToolCall
from engine.trajectory.store import NewRun, Store
from tests.agents.openai_server import OpenAIServer
from tests.gyms.builtin import GYM_DBS
from tests.gyms.serving import Served
from tests.runs.forking import (
    LOOK,
    NOTE,
    OPEN,
    RAISE,
    TALK,
    config,
    fork,
    hashes,
    play,
    results,
    rows_of,
    said,
    script,
    texts_of,
)
from tests.runs.material import call
from tests.runs.stepping import AnyCall, Stepped, seed_of, step_through, task_at

CALLS = [LOOK, NOTE, OPEN, OPEN, RAISE, LOOK]
"""The parent's: steps 2 to 7; its answer is step 8."""

WriteTask = Callable[..., str]


@pytest.fixture
def parent(engine: Engine, store: Store, write_task: WriteTask) -> int:
    """A scripted run with frozen clocks, which passes; it changes and inserts rows."""
    run_id = play(engine, write_task([call(tool, **arguments) for tool, arguments in CALLS]))
    assert [head.writes for head in store.steps(run_id)] == [0, 0, 0, 1, 1, 1, 1, 0, 0]
    return run_id


def test_no_byte_of_the_parent_changes(engine, store: Store, parent: int, tmp_path: Path):
    file = tmp_path / "store.db"
    before, texts = rows_of(file, parent), texts_of(file)
    assert all(before[table] for table in ("run", "step", "event", "change"))

    for step in range(9):
        fork(engine, parent, step, agent="scripted", script=script(tmp_path, [NOTE]))
    fork(engine, parent, 3, edit={"arguments": LOOK[1]}, agent="scripted", script=script(tmp_path, []))
    fork(engine, parent, 1, edit={"message": "Stop."}, agent="scripted", script=script(tmp_path, []))

    assert rows_of(file, parent) == before
    assert texts <= texts_of(file)


def test_a_fork_at_any_step_goes_on_as_the_parent_did(engine, store: Store, parent: int, tmp_path: Path):
    """Same rows, same next ids, and the frozen clock goes on from where it stood."""
    end = hashes(store, parent, 8)
    for step in range(9):
        rest = CALLS[max(step - 1, 0) :]

        forked = fork(engine, parent, step, agent="scripted", script=script(tmp_path, rest))

        kept = max(step, 1)
        assert hashes(store, forked, kept + 1) == hashes(store, parent, kept)
        assert results(store, forked) == results(store, parent)
        assert hashes(store, forked, store.run(forked).steps - 1) == end
        assert store.run(forked).status == "passed"
        assert store.verdicts(forked) == store.verdicts(parent)


def test_a_fork_says_what_it_is_and_what_was_restored(engine, store: Store, parent: int, tmp_path: Path):
    forked = store.run(fork(engine, parent, 5, agent="scripted", script=script(tmp_path, [])))

    assert (forked.parent_id, forked.parent_step, forked.interventions, forked.status) == (parent, 5, 0, "failed")
    [event] = [event for event in store.events(forked.id, 6) if isinstance(event, Forked)]
    assert (event.parent, event.parent_step, event.by, event.edited) == (parent, 5, "kim", None)
    assert event.restored == ("conversation", "tables", "id counters", "clock")
    own = [head.kind for head in store.steps(forked.id, 6)]
    assert own == ["control", "say"]
    begun = [(head.kind, head.title, head.verifiers) for head in store.steps(forked.id)][:6]
    assert begun == [(head.kind, head.title, head.verifiers) for head in store.steps(parent)][:6]


def test_a_fork_of_a_fork_has_the_past_of_both(engine, store: Store, parent: int, tmp_path: Path):
    child = fork(engine, parent, 4, agent="scripted", script=script(tmp_path, [NOTE, OPEN]))
    grandchild = fork(engine, child, 6, agent="scripted", script=script(tmp_path, [OPEN, RAISE]))

    first, second = results(store, parent), results(store, grandchild)
    assert second[:3] == first[:3]
    assert [event.tool for event in store.history(grandchild) if isinstance(event, ToolCall)] == [
        tool for tool, _ in [*CALLS[:3], NOTE, OPEN, RAISE]
    ]
    assert hashes(store, grandchild, 6) == hashes(store, child, 6)
    assert [row.id for row in store.family(child)] == [parent, child, grandchild]


def test_edited_arguments_run_first_and_the_rest_follows(engine, store: Store, parent: int, tmp_path: Path):
    low = RAISE[1] | {"impact": "low"}

    forked = fork(engine, parent, 6, edit={"arguments": low}, agent="scripted", script=script(tmp_path, [LOOK]))

    row = store.run(forked)
    assert (row.parent_step, row.interventions, row.status) == (5, 1, "failed")
    [event] = [event for event in store.events(forked, 6) if isinstance(event, Forked)]
    assert (event.edited, event.before, event.after) == ("arguments", RAISE[1], low)
    assert [(head.kind, head.tool) for head in store.steps(forked, 6)] == [
        ("control", None), ("call", "update_incident"), ("call", "find_incident_by_id"), ("say", None)
    ]  # fmt: skip


@pytest.mark.parametrize("step", [1, 3])
def test_an_edit_that_changes_nothing_is_none(engine, store: Store, parent: int, tmp_path: Path, step: int):
    [was] = [event for event in store.events(parent, step) if isinstance(event, Message | ToolCall)][-1:]
    edit = {"message": was.content} if isinstance(was, Message) else {"arguments": dict(was.arguments)}
    made = fork(engine, parent, step, edit=edit, agent="scripted", script=script(tmp_path, []))

    [forked] = [event for event in store.history(made) if isinstance(event, Forked)]
    assert (forked.edited, forked.parent_step) == (None, step)
    assert store.run(made).interventions == store.run(parent).interventions


def test_a_truth_value_in_place_of_a_number_is_an_edit(engine, store: Store, write_task: WriteTask, tmp_path: Path):
    parent = play(engine, write_task([call(LOOK[0], incident_id=1)]))
    edit = {"arguments": {"incident_id": True}}
    made = fork(engine, parent, 2, edit=edit, agent="scripted", script=script(tmp_path, []))

    [ran] = [event for event in store.history(made) if isinstance(event, ToolCall)]
    assert ran.arguments["incident_id"] is True
    assert store.run(made).interventions == 1


def test_edited_prompts_begin_at_the_seeds(engine, store: Store, parent: int, tmp_path: Path):
    forked = fork(engine, parent, 1, edit={"message": "Only look."}, agent="scripted", script=script(tmp_path, [LOOK]))

    assert said(store, forked)[:2] == [(0, "system", "Follow the policy."), (1, "user", "Only look.")]
    assert hashes(store, forked, 3) == hashes(store, parent, 1)
    [event] = [event for event in store.events(forked, 2) if isinstance(event, Forked)]
    assert event.restored == ("tables", "id counters", "clock")
    assert store.run(forked).interventions == 1


def test_several_forks_start_together(engine, store: Store, parent: int, tmp_path: Path):
    launched = engine.launch(
        Launch(
            fork=Fork(run_id=parent, step=5, by="kim"),
            agent="scripted",
            script=script(tmp_path, [RAISE]),
            repeat=3,
        )
    )

    assert set(launched.done.result(timeout=60).values()) == {"passed"}
    assert len(launched.run_ids) == 3


@pytest.mark.parametrize(
    ("step", "edit", "why"),
    [
        (9, {}, "no step 9"),
        (2, {"message": "What?"}, "no message"),
        (8, {"arguments": {}}, "no call"),
        (1, {"arguments": {}}, "no call"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_starts(engine, store, parent, tmp_path, step, edit, why):
    with pytest.raises(TaskError, match=why):
        fork(engine, parent, step, edit=edit, agent="scripted", script=script(tmp_path, []))
    assert store.count() == 1


def test_a_message_and_arguments_cannot_both_be_edited():
    with pytest.raises(ValueError, match="not both"):
        Fork(run_id=1, step=2, by="kim", message="", arguments={})


def test_a_scripted_fork_needs_its_calls(engine, parent):
    with pytest.raises(TaskError, match="--script"):
        fork(engine, parent, 2, agent="scripted")


async def test_gyms_of_no_built_in_domain_cannot_be_restored(engine, store: Store, seeds: Seeds, tmp_path: Path):
    task = task_at(GYM_DBS / "itsm/tasks/stolen-tablet.json")
    stepped = await step_through(store, seeds, task, [], frozen=True)
    moon = task.model_copy(
        update={"gym_servers_config": [task.gym_servers_config[0].model_copy(update={"mcp_server_name": "moon"})]}
    )
    run_id = store.create_run(NewRun(task=moon, task_name="moon", domain="moon", agent="react", gyms="remote"))
    recorder = store.recorder(run_id)
    for event in store.history(stepped.run_id):
        recorder.append(event)

    with pytest.raises(TaskError, match="only gyms of built-in domains can be restored, not moon"):
        fork(engine, run_id, 1, agent="scripted", script=script(tmp_path, []))


def test_a_live_run_is_forked_at_what_it_has_committed(engine, store: Store, write_task: WriteTask, tmp_path: Path):
    launched = engine.launch(
        Launch(sources=(write_task([]),), agent="human", seed_root=builtin_root(), frozen_clock=True)
    )
    [live] = launched.run_ids
    for tool, arguments in (NOTE, OPEN):
        engine.order(live, Call(by="ann", tool=tool, arguments=arguments)).result(timeout=30)

    forked = fork(engine, live, 3, agent="scripted", script=script(tmp_path, [RAISE]))
    with pytest.raises(TaskError, match="no step 4"):
        fork(engine, live, 4, agent="scripted", script=script(tmp_path, []))
    engine.order(live, Call(by="ann", tool=OPEN[0], arguments=OPEN[1])).result(timeout=30)
    engine.order(live, Answer(by="ann", text="Enough.")).result(timeout=30)
    launched.done.result(timeout=30)

    assert store.run(forked).status == "passed"
    assert store.run(live).status == "failed"
    assert [head.title for head in store.steps(forked)][:4] == [head.title for head in store.steps(live)][:4]


def test_a_step_under_way_is_not_forked(engine, store: Store, write_task: WriteTask, tmp_path: Path):
    with OpenAIServer(TALK) as server:
        launched = engine.launch(
            Launch(
                sources=(write_task([]),),
                agent="react",
                llm=config(tmp_path, server.url),
                seed_root=builtin_root(),
                approve="every",
            )
        )
        [waiting] = launched.run_ids
        while store.run(waiting).status != "waiting":
            assert store.run(waiting).alive
        for edit in ({}, {"arguments": {}}):
            with pytest.raises(TaskError, match="still under way"):
                fork(engine, waiting, 3, edit=edit, agent="scripted", script=script(tmp_path, []))
        forked = fork(engine, waiting, 2, agent="scripted", script=script(tmp_path, [RAISE]))
        engine.order(waiting, Stop(by="ada"))
        launched.done.result(timeout=30)

    assert store.run(forked).status == "passed"


def test_a_run_on_a_server_is_forked_into_this_process(engine, store: Store, write_task: WriteTask, tmp_path: Path):
    served = Served(build_app(domain("itsm")))
    try:
        gym = {
            "mcp_server_name": "gym-itsm-mcp",
            "mcp_server_url": served.url,
            "seed_database_file": "itsm/dbs/harbor_small.sql",
        }
        source = write_task([call(tool, **arguments) for tool, arguments in CALLS], gym_servers_config=[gym])
        remote = play(engine, source, gyms="remote", frozen_clock=False)
    finally:
        served.stop()
    assert (store.run(remote).gyms, store.run(remote).status) == ("remote", "passed")

    forked = fork(engine, remote, 5, agent="scripted", script=script(tmp_path, [RAISE]))

    assert (store.run(forked).gyms, store.run(forked).status) == ("embedded", "passed")
    assert hashes(store, forked, 6) == hashes(store, remote, 5)
    [event] = [event for event in store.events(forked, 6) if isinstance(event, Forked)]
    assert event.restored == ("conversation", "tables", "id counters")  # a wall clock cannot be
    started = store.started(forked)
    assert isinstance(started, RunStarted)
    assert [gym.where for gym in started.gyms] == ["embedded"]


def test_what_the_parent_cost_is_not_counted_again(engine, store: Store, write_task: WriteTask, tmp_path: Path):
    with OpenAIServer(TALK) as server:
        talked = play(engine, write_task([]), agent="react", llm=config(tmp_path, server.url))
    spent = store.spent()
    assert spent

    forked = store.run(fork(engine, talked, 8, agent="scripted", script=script(tmp_path, [RAISE])))

    assert store.spent() == spent
    assert (forked.tokens_in, forked.tokens_out, forked.cost_usd) == (0, 0, None)
    assert sum(head.tokens_in for head in store.steps(forked.id)) == store.run(talked).tokens_in


def test_deleting_the_parent_leaves_the_fork_whole(engine, store: Store, parent: int, tmp_path: Path):
    forked = fork(engine, parent, 5, agent="scripted", script=script(tmp_path, [RAISE]))
    before, last = rows_of(tmp_path / "store.db", forked), store.run(forked).steps - 1
    end = hashes(store, forked, last)

    store.delete_run(parent)

    assert rows_of(tmp_path / "store.db", forked) == before
    assert hashes(store, forked, last) == end
    assert [row.id for row in store.family(forked)] == [forked]
    again = fork(engine, forked, 5, agent="scripted", script=script(tmp_path, [RAISE]))
    assert store.run(again).status == "passed"


def test_a_person_goes_on_and_leaves_it_open_and_comes_back(store: Store, engine, parent: int):
    with Engine(store) as first:
        [forked] = first.launch(Launch(fork=Fork(run_id=parent, step=3, by="kim"), agent="human")).run_ids
        first.order(forked, Call(by="kim", tool=OPEN[0], arguments=OPEN[1])).result(timeout=30)
    assert store.run(forked).status == "waiting"

    with Engine(store) as second:
        second.reopen(forked)
        for order in (Pause(by="kim"), Resume(by="kim"), Call(by="kim", tool=RAISE[0], arguments=RAISE[1])):
            second.order(forked, order).result(timeout=30)
        second.order(forked, Answer(by="kim", text="Raised.")).result(timeout=30)
    row = store.run(forked)
    assert (row.status, row.answer, row.interventions) == ("passed", "Raised.", 0)
    assert results(store, forked)[2] == results(store, parent)[2]  # the notification has the id that it had there


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["itsm/tasks/disk-firmware-change.json", "csm/tasks/agent-leaves.json"])
async def test_random_forks_of_random_runs_replay_to_the_same_hash(
    engine, store: Store, seeds: Seeds, name: str, seed: int
):
    chance = random.Random(f"{name} {seed}")
    task = task_at(GYM_DBS / name, selected_tools=None, restricted_tools=None)
    any_call = AnyCall(seed_of(task, seeds), chance)
    stepped = await step_through(store, seeds, task, [any_call] * 25, frozen=True)
    last = len(stepped.looks) - 1
    for step in chance.sample(range(1, last + 1), 3):
        rest = [done for at, (done, _) in stepped.calls.items() if at > step]
        forked = await asyncio.to_thread(by_hand, engine, stepped.run_id, step, rest)
        middle = chance.randrange(step, last + 1)
        assert hashes(store, forked, step + 1) == wanted(stepped, step)
        assert hashes(store, forked, middle + 1) == wanted(stepped, middle)
        assert hashes(store, forked, last + 1) == wanted(stepped, last)
        assert results(store, forked) == results(store, stepped.run_id)


def by_hand(engine: Engine, run_id: int, step: int, calls: Sequence[tuple[str, Mapping[str, Any]]]) -> int:
    """Fork a run and let a person make the calls; returns the fork's number."""
    launched = engine.launch(Launch(fork=Fork(run_id=run_id, step=step, by="kim"), agent="human"))
    [forked] = launched.run_ids
    for tool, arguments in calls:
        engine.order(forked, Call(by="kim", tool=tool, arguments=arguments)).result(timeout=30)
    engine.order(forked, Answer(by="kim", text="Done.")).result(timeout=30)
    launched.done.result(timeout=30)
    return forked


def wanted(stepped: Stepped, step: int) -> dict[str, str]:
    """The hash of the run's own database after a step."""
    return {stepped.task.gym_servers_config[0].mcp_server_name: stepped.looks[step].hash}


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return Seeds()
