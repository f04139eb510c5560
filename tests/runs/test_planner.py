"""The planner_react agent against a real HTTP server: planning, a person's word about the plan, and the work."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.llm.config import ConfigError
from engine.runs.engine import Engine
from engine.runs.orders import AcceptPlan, Answer, ApproveCall, Call, HandBack, Order, OrderError, Stop, TakeOver
from engine.runs.preparing import prepare
from engine.runs.spec import Fork, Launch
from engine.trajectory.events import Intervention, Plan, Retry
from engine.trajectory.store import Store
from tests.agents.openai_server import Fail, OpenAIServer, Say
from tests.runs.people import until
from tests.runs.test_react import config

TASK = "builtin:itsm/stolen-tablet"
PLAN = "1. Call find_incident_by_id with INC_112.\n2. Say what it is."
LOOK = Say("", calls=[("find_incident_by_id", {"incident_id": "INC_112"})])


@pytest.fixture
def planned(engine: Engine, store: Store, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Start a run whose planner and model say what is given, and wait until it waits, or has ended."""
    servers: list[OpenAIServer] = []

    def start(*replies: Any, **options: Any) -> tuple[int, OpenAIServer]:
        server = OpenAIServer(list(replies)).__enter__()
        servers.append(server)
        launch = Launch(**{"sources": (TASK,), "agent": "planner_react", "llm": config(tmp_path, server)} | options)
        launched = engine.launch(launch)
        [run_id] = launched.run_ids
        until(lambda: store.run(run_id).status == "waiting" or launched.done.done())
        return run_id, server

    yield start
    for server in servers:
        server.__exit__(None)


def plans(store: Store, run_id: int) -> list[Plan]:
    return [event for event in store.history(run_id) if isinstance(event, Plan)]


def told(server: OpenAIServer, request: int) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = server.requests[request].body["messages"]
    return messages


@pytest.fixture
def order(engine: Engine, store: Store) -> Callable[[int, Order], None]:
    def give(run_id: int, order: Order) -> None:
        engine.order(run_id, order).result(timeout=30)

    return give


def ended(store: Store, run_id: int) -> str:
    until(lambda: not store.run(run_id).alive)
    return store.run(run_id).status


def test_the_planner_sees_policy_task_and_tools_and_the_agent_works_by_its_plan(
    planned: Callable[..., Any], store: Store
) -> None:
    run_id, server = planned(Say(PLAN, tokens=(700, 30)), LOOK, Say("Done."))

    task = store.task(run_id)
    first = server.requests[0].body
    assert "tools" not in first
    asked = first["messages"][-1]["content"]
    assert task.system_prompt in asked
    assert task.user_prompt in asked
    offered = json.loads(store.text(store.started(run_id).tools))  # type: ignore[union-attr]
    sent = json.loads(asked.partition("# Tools\n\n")[2])
    assert [(tool["name"], tool["inputSchema"]) for tool in sent] == [
        (tool["name"], tool["inputSchema"]) for tool in offered
    ]
    assert "umber the steps" in first["messages"][0]["content"]

    for request in (1, 2):
        assert told(server, request)[0] == {"role": "system", "content": task.system_prompt}
        assert told(server, request)[1]["content"].startswith(f"{task.user_prompt}\n\n# Plan\n\n{PLAN}\n\n")
        assert "tools" in server.requests[request].body
    assert [message["role"] for message in told(server, 2)] == ["system", "user", "assistant", "tool"]

    [event] = plans(store, run_id)
    assert (event.step, event.text, event.by, event.model, event.waits) == (2, PLAN, None, "openai/gpt-4o", False)
    assert event.usage is not None
    assert (event.usage.tokens_in, event.usage.tokens_out) == (700, 30)
    assert event.duration_s is not None
    row = store.run(run_id)
    assert (row.agent, row.plan, row.answer, row.tokens_in) == ("planner_react", None, "Done.", 900)
    assert store.steps(run_id)[2].ok is True


def test_another_model_can_plan(planned: Callable[..., Any], store: Store, tmp_path: Path) -> None:
    with OpenAIServer([Say(PLAN)]) as planner:
        (tmp_path / "planner").mkdir()
        other = config(tmp_path / "planner", planner)
        other.write_text(other.read_text().replace("gpt-4o", "gpt-4o-mini"))
        run_id, server = planned(Say("Done."), planner_llm=other)
        assert len(planner.requests) == 1

    assert len(server.requests) == 1
    assert plans(store, run_id)[0].model == "openai/gpt-4o-mini"
    assert store.run(run_id).model == "openai/gpt-4o"


def test_a_planner_that_stumbles_is_asked_again_and_its_retry_recorded(
    planned: Callable[..., Any], store: Store
) -> None:
    run_id, _ = planned(Fail(429), Say(PLAN), Say("Done."))

    assert [(event.step, event.attempt) for event in store.history(run_id) if isinstance(event, Retry)] == [(2, 1)]
    assert store.steps(run_id)[2].retries == 1
    assert store.steps(run_id)[2].kind == "plan"


@pytest.mark.parametrize(("reply", "why"), [(Say("  "), "without a text"), (Fail(401), "llm_api_key")])
def test_without_a_plan_the_run_ends_with_the_reason(
    planned: Callable[..., Any], store: Store, reply: Any, why: str
) -> None:
    run_id, server = planned(reply)

    assert ended(store, run_id) == "errored"
    assert "no plan" in (store.run(run_id).error or "")
    assert why in (store.run(run_id).error or "")
    assert len(server.requests) == 1


def test_an_accepted_plan_is_worked_by_and_the_acceptance_recorded(
    planned: Callable[..., Any], store: Store, order: Callable[[int, Order], None]
) -> None:
    run_id, server = planned(Say(PLAN), Say("Done."), review_plan=True)

    assert plans(store, run_id)[0].waits is True
    assert store.steps(run_id)[-1].ok is None
    assert len(server.requests) == 1
    order(run_id, AcceptPlan(by="ada"))
    ended(store, run_id)

    assert PLAN in told(server, 1)[1]["content"]
    [word] = [event for event in store.history(run_id) if isinstance(event, Intervention)]
    assert (word.step, word.action, word.by) == (2, "approve", "ada")
    row = store.run(run_id)
    assert row.interventions == 0
    assert store.steps(run_id)[2].ok is True
    assert store.steps(run_id)[2].kind == "plan"


def test_a_changed_plan_is_a_second_event_with_old_and_new(
    planned: Callable[..., Any], store: Store, order: Callable[[int, Order], None]
) -> None:
    run_id, server = planned(Say(PLAN, tokens=(700, 30)), Say("Done."), review_plan=True)
    with pytest.raises(OrderError, match="needs a text"):
        order(run_id, AcceptPlan(by="ada", text=" \n"))
    with pytest.raises(OrderError, match="about its plan"):
        order(run_id, ApproveCall(by="ada", call_id="x"))

    order(run_id, AcceptPlan(by="ada", text="1. Only answer.\n"))
    ended(store, run_id)

    assert "1. Only answer.\n\n" in told(server, 1)[1]["content"]
    assert PLAN not in told(server, 1)[1]["content"]
    first, second = plans(store, run_id)
    assert (first.waits, second.waits) == (True, False)
    assert (second.step, second.text, second.by, second.before) == (2, "1. Only answer.", "ada", PLAN)
    assert store.run(run_id).interventions == 1
    head = store.steps(run_id)[2]
    assert (head.ok, head.tokens_in, head.tokens_out) == (True, 700, 30)


def test_a_person_can_answer_instead_of_accepting(
    planned: Callable[..., Any], store: Store, order: Callable[[int, Order], None]
) -> None:
    run_id, server = planned(Say(PLAN), review_plan=True)

    order(run_id, Answer(by="ada", text="I did it myself."))

    assert ended(store, run_id) == "failed"
    assert store.run(run_id).answer == "I did it myself."
    assert store.steps(run_id)[2].ok is False
    assert len(server.requests) == 1


def test_a_run_whose_plan_waits_can_be_stopped(
    planned: Callable[..., Any], store: Store, order: Callable[[int, Order], None]
) -> None:
    run_id, _ = planned(Say(PLAN), review_plan=True)

    order(run_id, Stop(by="ada"))

    assert ended(store, run_id) == "stopped"
    words = [(event.step, event.action) for event in store.history(run_id) if isinstance(event, Intervention)]
    assert words == [(2, "stop")]


def test_a_person_can_take_over_from_a_plan_and_hand_back_without_planning_again(
    planned: Callable[..., Any], store: Store, order: Callable[[int, Order], None]
) -> None:
    run_id, server = planned(Say(PLAN), Say("Done."), review_plan=True)

    order(run_id, TakeOver(by="ada"))
    order(run_id, Call(by="ada", tool="find_incident_by_id", arguments={"incident_id": "INC_112"}))
    order(run_id, HandBack(by="ada"))
    ended(store, run_id)

    assert len(server.requests) == 2
    assert PLAN in told(server, 1)[1]["content"]
    assert told(server, 1)[-1]["role"] == "tool"
    assert store.run(run_id).answer == "Done."
    assert [head.kind for head in store.steps(run_id)[:4]] == ["system", "user", "plan", "call"]


def test_a_fork_behind_the_plan_does_not_plan_again_and_one_before_it_does(
    planned: Callable[..., Any], store: Store
) -> None:
    parent, _ = planned(Say(PLAN), LOOK, Say("Done."))
    behind, server = planned(Say("Done."), sources=(), fork=Fork(run_id=parent, step=3, by="ada"))
    assert len(server.requests) == 1
    assert PLAN in told(server, 0)[1]["content"]

    before, server = planned(Say("1. New."), Say("Done."), sources=(), fork=Fork(run_id=parent, step=1, by="ada"))
    assert "1. New." in told(server, 1)[1]["content"]
    assert [len(plans(store, run_id)) for run_id in (behind, before)] == [1, 1]


def test_a_fork_in_the_middle_is_planned_with_what_was_done(planned: Callable[..., Any], store: Store) -> None:
    parent, _ = planned(LOOK, Say("Done."), agent="react")
    fork, server = planned(Say("1. Go on."), Say("Done."), sources=(), fork=Fork(run_id=parent, step=2, by="ada"))

    order, asked = (said["content"] for said in told(server, 0))
    assert "Plan only what is left" in order
    opening, _, rest = asked.partition("# Done so far\n\n")
    assert store.task(parent).user_prompt in opening
    done = json.loads(rest)
    assert [said["role"] for said in done] == ["assistant", "tool"]
    assert "INC_112" in done[1]["content"]
    assert told(server, 1)[1]["content"].startswith(f"{store.task(parent).user_prompt}\n\n# Plan\n\n1. Go on.")
    assert (store.run(fork).agent, store.steps(fork)[4].kind) == ("planner_react", "plan")


def test_a_fork_that_keeps_a_plan_refuses_what_only_a_planner_could_follow(
    planned: Callable[..., Any], store: Store, engine: Engine, tmp_path: Path
) -> None:
    parent, _ = planned(Say(PLAN), LOOK, Say("Done."))
    fork = Fork(run_id=parent, step=3, by="ada")
    for flag in ({"review_plan": True}, {"planner_llm": tmp_path / "llm.json"}):
        launch = Launch(fork=fork, agent="planner_react", llm=tmp_path / "llm.json", **flag)
        with pytest.raises(ConfigError, match="goes on by the plan that steps 0 to 3"):
            engine.launch(launch)


def test_options_of_the_planner_are_refused_where_nobody_plans(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--review-plan is for --agent planner_react"):
        prepare(Launch(sources=(TASK,), review_plan=True))
    with pytest.raises(ConfigError, match="--planner-llm is for"):
        prepare(Launch(sources=(TASK,), planner_llm=tmp_path / "x.json"))
    with pytest.raises(ConfigError, match="planner_react agent needs a model"):
        prepare(Launch(sources=(TASK,), agent="planner_react"))
