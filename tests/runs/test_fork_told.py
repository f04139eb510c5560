"""What a model is told in a fork: what the parent's model had been told, up to the step and not a word more."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.llm.client import GO_ON
from engine.runs.engine import Engine
from engine.trajectory.events import Message, ToolCall
from engine.trajectory.store import Store
from tests.agents.openai_server import OpenAIServer, Say
from tests.runs.forking import ASKED_AFTER, LOOK, NOTE, OPEN, OTHER, TALK, config, fork, play
from tests.runs.material import call

Told = list[dict[str, Any]]


@pytest.fixture
def talked(engine: Engine, tmp_path: Path, write_task: Callable[..., str]) -> tuple[int, list[Told]]:
    """A run of four questions, and what its model was told each time."""
    with OpenAIServer(TALK) as server:
        run_id = play(engine, write_task([call("unused")]), agent="react", llm=config(tmp_path, server.url))
        return run_id, [request.body["messages"] for request in server.requests]


@pytest.fixture
def told(engine: Engine, tmp_path: Path) -> Callable[..., Told]:
    """Fork a run for another model, and return what that model is told first."""

    def ask(run_id: int, step: int, **edit: Any) -> Told:
        with OpenAIServer([Say("I see.")]) as server:
            other = config(tmp_path, server.url, "gpt-4o-mini")
            fork(engine, run_id, step, edit=edit, agent="react", llm=other)
            [request] = server.requests
            return request.body["messages"]

    return ask


def test_a_fork_at_any_step_is_told_what_the_parent_knew_then(talked, told):
    run_id, asked = talked
    whole = asked[-1]

    for step, times in ASKED_AFTER.items():
        assert told(run_id, step) == asked[times]
    assert told(run_id, 2) == [*asked[0], {"role": "assistant", "content": "I look first."}, GO_ON]
    one_of_two = whole[2] | {"tool_calls": whole[2]["tool_calls"][:1]}
    assert told(run_id, 3) == [*asked[0], one_of_two, whole[3]]
    silent = whole[5] | {"tool_calls": whole[5]["tool_calls"][:1]}
    assert told(run_id, 5) == [*asked[1], silent, whole[6]]
    assert told(run_id, 8) == [*whole, {"role": "assistant", "content": "All done."}, GO_ON]


def test_a_fork_before_the_prompts_are_over_has_both(talked, told):
    run_id, asked = talked

    assert told(run_id, 0) == asked[0]


def test_an_edited_prompt_stands_in_the_place_of_the_old_one_alone(talked, told, store):
    run_id, asked = talked
    system, user = asked[0]

    assert told(run_id, 0, message="Be brief.") == [system | {"content": "Be brief."}, user]
    brief = store.family(run_id)[-1].id
    assert told(run_id, 1, message="Do nothing.") == [system, user | {"content": "Do nothing."}]
    # A fork of a fork keeps what was edited before.
    assert told(brief, 1, message="Do nothing.") == [
        system | {"content": "Be brief."},
        user | {"content": "Do nothing."},
    ]


def test_an_edited_message_is_the_last_that_the_model_said(talked, told):
    run_id, asked = talked

    assert told(run_id, 2, message="I wait.") == [*asked[0], {"role": "assistant", "content": "I wait."}, GO_ON]


def arguments(message: dict[str, Any]) -> list[Any]:
    return [json.loads(each["function"]["arguments"]) for each in message["tool_calls"]]


def test_edited_arguments_of_a_messages_first_call_are_told_in_that_message(talked, told):
    run_id, asked = talked

    *before, message, result = told(run_id, 3, arguments=OTHER[1])

    assert before == asked[0]
    assert message["content"] == "I look first."
    assert arguments(message) == [OTHER[1]]
    assert result["content"] == asked[-1][4]["content"]  # what the parent was told of INC_002


def test_edited_arguments_of_a_messages_second_call_leave_the_first_as_it_was(talked, told):
    run_id, asked = talked

    *before, message, first, second = told(run_id, 4, arguments=LOOK[1])

    assert before == asked[0]
    assert arguments(message) == [LOOK[1], LOOK[1]]
    assert first["content"] == second["content"] == asked[-1][3]["content"]
    assert first["tool_call_id"] != second["tool_call_id"]


def test_edited_arguments_of_a_message_without_text_are_told_as_its_call(talked, told, store: Store):
    run_id, asked = talked
    changed = NOTE[1] | {"worknotes": "Not seen."}

    *before, message, result = told(run_id, 5, arguments=changed)

    assert before == asked[1]
    assert arguments(message) == [changed]
    assert json.loads(result["content"])["isError"] is False
    forked = store.family(run_id)[-1]
    assert (forked.interventions, forked.parent_step) == (1, 4)
    ran = [event for event in store.history(forked.id) if isinstance(event, ToolCall)][-1]
    assert (ran.by, ran.arguments) == ("kim", changed)


def test_edited_arguments_of_its_second_call_stand_behind_the_first(talked, told):
    run_id, asked = talked
    changed = OPEN[1] | {"message": "Hello."}

    *before, message, first, second = told(run_id, 6, arguments=changed)

    assert before == asked[1]
    assert arguments(message) == [NOTE[1], changed]
    assert first == asked[-1][6]
    assert "Hello." in second["content"]


def test_a_fork_goes_on_with_another_model_and_counts_only_its_own_questions(
    talked, engine: Engine, store: Store, tmp_path: Path
):
    run_id, _ = talked
    with OpenAIServer([Say("", calls=[OTHER]), Say("", calls=[OTHER]), Say("Never.")]) as server:
        other = config(tmp_path, server.url, "gpt-4o-mini")
        forked = store.run(fork(engine, run_id, 7, agent="react", llm=other, max_steps=2))

    assert (forked.model, forked.parent_id, forked.parent_step) == ("openai/gpt-4o-mini", run_id, 7)
    assert store.steps(forked.id)[-1].kind == "limit"
    answers = [event for event in store.history(forked.id) if isinstance(event, Message) and event.model]
    assert [event.model for event in answers] == ["openai/gpt-4o"] * 3 + ["openai/gpt-4o-mini"] * 2
