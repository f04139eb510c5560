"""Runs that are given a plan: what the model is told, what is recorded, and which plans are refused."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.runs.engine import Engine
from engine.runs.orders import Answer
from engine.runs.preparing import prepare
from engine.runs.spec import Fork, Launch
from engine.tasks import builtin_root
from engine.tasks.files import TaskError
from engine.tasks.source import read_tasks
from engine.trajectory.events import Forked, Plan
from engine.trajectory.plan_exchange import export_plan
from engine.trajectory.store import RunRow, Store, StoreError
from tests.agents.openai_server import OpenAIServer, Say
from tests.runs.material import call, count_check
from tests.runs.people import until
from tests.runs.test_react import config

TASK = "builtin:itsm/stolen-tablet"
PLAN = "1. Find the ticket.\n2. Correct it."

Run = Callable[..., RunRow]


def write_plan(store: Store, task: str = "stolen-tablet", title: str = "First", text: str = PLAN) -> int:
    return store.plans.create(task, "itsm", title, "ada", text)


def plans(store: Store, run_id: int) -> list[Plan]:
    return [event for event in store.history(run_id) if isinstance(event, Plan)]


def test_the_model_is_told_task_plan_and_instruction_in_every_request(
    engine: Engine, store: Store, tmp_path: Path
) -> None:
    plan_id = write_plan(store)
    store.plans.save(plan_id, "bob", "1. Something else.")
    replies = [Say("", calls=[("find_incident_by_id", {"incident_id": "INC_112"})]), Say("Done.")]
    with OpenAIServer(replies) as server:
        launch = Launch(sources=(TASK,), agent="react", llm=config(tmp_path, server), plan=f"{plan_id}.1")
        [run_id] = engine.launch(launch).done.result(timeout=60)
        requests = [request.body["messages"] for request in server.requests]

    task = store.task(run_id)
    assert len(requests) == 2
    for messages in requests:
        assert [message["role"] for message in messages[:2]] == ["system", "user"]
        assert messages[0]["content"] == task.system_prompt
        told = messages[1]["content"]
        assert told.startswith(f"{task.user_prompt}\n\n# Plan\n\n{PLAN}\n\n")
        assert "step by step" in told.removeprefix(f"{task.user_prompt}\n\n# Plan\n\n{PLAN}")
    assert store.run(run_id).plan == f"{plan_id} v1"
    [event] = plans(store, run_id)
    assert (event.step, event.text, event.plan_id, event.version, event.by) == (2, PLAN, plan_id, 1, "ada")
    assert [head.kind for head in store.steps(run_id)[:3]] == ["system", "user", "plan"]
    assert store.events(run_id, 1)[0].content == task.user_prompt  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["Fix  the printer", "x" * 230])
def test_a_plan_is_found_for_its_task_whatever_the_file_is_called(
    store: Store, tmp_path: Path, write_task: Callable[..., str], name: str
) -> None:
    path = Path(write_task([])).rename(tmp_path / f"{name}.json")
    [task] = read_tasks(str(path)).require()
    plan_id = write_plan(store, task.name, f"Plan for {task.name}")
    file = tmp_path / "plan.md"
    file.write_text(export_plan(store, plan_id).dump())

    assert [plan.id for plan in store.plans.list(task=task.name)] == [plan_id]
    for choice in (str(plan_id), "library", str(file)):
        launch = Launch(sources=(str(path),), seed_root=builtin_root(), agent="human", plan=choice)
        [planned] = prepare(launch, store).runs
        assert planned.plan is not None
        assert planned.plan.text == PLAN


def test_a_run_without_a_plan_is_told_the_bare_task(engine: Engine, store: Store, tmp_path: Path) -> None:
    with OpenAIServer([Say("Done.")]) as server:
        launch = Launch(sources=(TASK,), agent="react", llm=config(tmp_path, server))
        [run_id] = engine.launch(launch).done.result(timeout=60)
        told = server.requests[0].body["messages"][1]["content"]

    assert told == store.task(run_id).user_prompt
    assert store.run(run_id).plan is None
    assert plans(store, run_id) == []


def test_a_plan_can_be_a_file_with_or_without_front_matter(run: Run, store: Store, tmp_path: Path) -> None:
    bare, full = tmp_path / "bare.md", tmp_path / "full.md"
    bare.write_text(PLAN)
    full.write_text(f"---\nauthor: grace\ntask: stolen-tablet\nid: 99\nversion: 7\n---\n\n{PLAN}\n")

    first, second = run(TASK, plan=str(bare)), run(TASK, plan=str(full))

    assert (first.plan, second.plan) == ("bare.md", "full.md")
    events = plans(store, first.id) + plans(store, second.id)
    assert [(event.text, event.by, event.plan_id) for event in events] == [
        (PLAN, getpass.getuser(), None),
        (PLAN, "grace", None),
    ]
    assert first.status == "passed"


def test_the_latest_version_is_meant_where_none_is_named(run: Run, store: Store) -> None:
    plan_id = write_plan(store)
    store.plans.save(plan_id, "bob", "1. Better.")

    row = run(TASK, plan=str(plan_id))

    assert row.plan == f"{plan_id} v2"
    assert plans(store, row.id)[0].by == "bob"


def test_library_gives_each_task_its_newest_plan_and_skips_the_others(engine: Engine, store: Store) -> None:
    write_plan(store)
    newest = write_plan(store, title="Second", text="1. The newer one.")
    other = write_plan(store, task="gate-3-duplicates")
    store.plans.create("stolen-tablet", "csm", "Of another domain", "ada", "1. No.")

    launched = engine.launch(Launch(sources=("builtin:itsm",), plan="library"))
    launched.done.result(timeout=60)

    rows = [store.run(run_id) for run_id in launched.run_ids]
    assert {row.task: row.plan for row in rows} == {
        "stolen-tablet": f"{newest} v1",
        "gate-3-duplicates": f"{other} v1",
    }
    assert "printer-impact-and-sla" in launched.unplanned
    assert len(launched.unplanned) + len(rows) == 13


def refusal(store: Store, *sources: str, **options: Any) -> str:
    with pytest.raises((TaskError, StoreError)) as caught:
        prepare(Launch(sources=sources or (TASK,), **options), store)
    return str(caught.value)


def test_plans_that_do_not_fit_are_refused_before_anything_starts(store: Store, tmp_path: Path) -> None:
    plan_id = write_plan(store)
    stranger = tmp_path / "stranger.md"
    stranger.write_text(f"---\ntask: gate-3-duplicates\n---\n{PLAN}")

    assert "for the task stolen-tablet, not for gate-3-duplicates" in refusal(
        store, "builtin:itsm/gate-3-duplicates", plan=str(plan_id)
    )
    assert "belongs to one task, and there are 13" in refusal(store, "builtin:itsm", plan=str(plan_id))
    assert "for the task gate-3-duplicates" in refusal(store, plan=str(stranger))
    assert "There is no plan 4711" in refusal(store, plan="4711")
    assert "has no version 3; it has 1 to 1" in refusal(store, plan=f"{plan_id}.3")
    assert "no such file" in refusal(store, plan=str(tmp_path / "none.md"))
    assert "the library has no plan for gate-3-duplicates" in refusal(
        store, "builtin:itsm/gate-3-duplicates", plan="library"
    )
    assert store.count() == 0


def test_a_fork_with_a_plan_works_by_it_from_there_on(engine: Engine, store: Store, tmp_path: Path, run: Run) -> None:
    parent = run(TASK, plan=str(write_plan(store)))
    better = store.plans.save(1, "bob", "1. Better.")
    with OpenAIServer([Say("Done.")]) as server:
        launch = Launch(
            fork=Fork(run_id=parent.id, step=4, by="ada"), agent="react", llm=config(tmp_path, server), plan="1"
        )
        [run_id] = engine.launch(launch).done.result(timeout=60)
        told = server.requests[0].body["messages"][1]["content"]

    assert "1. Better." in told
    assert PLAN not in told
    assert store.run(run_id).plan == f"1 v{better}"
    later = [event for event in store.history(run_id) if event.step > 4 and isinstance(event, Forked | Plan)]
    assert [(event.kind, event.step) for event in later] == [("forked", 5), ("plan", 6)]
    assert [event.text for event in plans(store, parent.id)] == [PLAN]


def test_a_deleted_plan_leaves_the_record_of_its_runs_whole(run: Run, store: Store) -> None:
    plan_id = write_plan(store)
    row = run(TASK, plan=str(plan_id))
    store.plans.delete(plan_id)

    assert store.run(row.id).plan == f"{plan_id} v1"
    assert plans(store, row.id)[0].text == PLAN


def test_the_command_line_of_a_launch_names_its_plan(store: Store, write_task: Callable[..., str]) -> None:
    source = write_task([call("unused")], [count_check("kept", "1 = 1")])
    launch = Launch(
        sources=(source,),
        agent="planner_react",
        llm=Path("a.json"),
        planner_llm=Path("b.json"),
        review_plan=True,
        seed_root=builtin_root(),
    )

    assert "--planner-llm b.json" in launch.command()
    assert "--review-plan" in launch.command()
    assert "--plan 12.3" in Launch(sources=(source,), plan="12.3").command()


def test_a_person_has_the_plan_before_them_and_still_once_when_they_come_back(store: Store) -> None:
    plan_id = write_plan(store)
    with Engine(store) as first:
        [run_id] = first.launch(Launch(sources=(TASK,), agent="human", plan=str(plan_id))).run_ids
        until(lambda: store.run(run_id).status == "waiting")
    with Engine(store) as second:
        second.reopen(run_id)
        second.order(run_id, Answer(by="ada", text="Done.")).result(timeout=30)
        until(lambda: not store.run(run_id).alive)

    assert [(event.step, event.text) for event in plans(store, run_id)] == [(2, PLAN)]
    assert store.run(run_id).plan == f"{plan_id} v1"


def test_a_planner_that_is_given_a_plan_asks_for_none(engine: Engine, store: Store, tmp_path: Path) -> None:
    with OpenAIServer([Say("Done.")]) as server:
        launch = Launch(
            sources=(TASK,), agent="planner_react", llm=config(tmp_path, server), plan=str(write_plan(store))
        )
        [run_id] = engine.launch(launch).done.result(timeout=60)

    assert len(server.requests) == 1
    assert [event.text for event in plans(store, run_id)] == [PLAN]
