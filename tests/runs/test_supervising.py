"""A person beside a model: what waits for their word, what becomes of it, and what the model is told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.agents.conversation import TAKEN_OVER
from engine.runs.orders import (
    Answer,
    ApproveCall,
    Come,
    HandBack,
    Pause,
    Reject,
    Resume,
    Say,
    Step,
    Stop,
    Supervise,
    TakeOver,
    WriteNote,
)
from engine.runs.spec import Launch
from engine.tasks import builtin_root
from engine.trajectory.events import (
    Attendance,
    Intervention,
    Limit,
    Message,
    Note,
    Proposal,
    RunEnded,
    ToolCall,
    ToolResult,
)
from engine.trajectory.store import RunQuery
from tests.agents import openai_server as model
from tests.agents.openai_server import Hang, Messages, OpenAIServer, Reply, playing
from tests.runs.material import call, count_check
from tests.runs.people import ADA, LOOK, NOTED, Bench, act, asked, assert_valid, until

WriteTask = Callable[..., str]
WriteLLM = Callable[[OpenAIServer], Path]

Play = Callable[..., int]


@pytest.fixture
def source(write_task: WriteTask) -> str:
    return write_task([call("unused")], [count_check("noted", "worknotes = 'noted'")])


@pytest.fixture
def play(bench: Bench, source: str, write_llm: WriteLLM) -> Play:
    """Start a run of the model that a server plays."""
    return lambda server, **options: bench.launch(source, agent="react", llm=write_llm(server), **options)


def say(text: str = "", *calls: tuple[str, Any], ids: Sequence[str] | None = None) -> model.Say:
    return model.Say(text, calls=calls, ids=ids)


def told(server: OpenAIServer, index: int = -1) -> dict[str, Any]:
    """One message of the latest request."""
    return asked(server)[index]


@pytest.mark.parametrize(
    ("rules", "waits"),
    [
        ({"approve": "every"}, ["find_incident_by_id", "update_incident"]),
        ({"approve": "writing"}, ["update_incident"]),
        ({"approve": "none"}, []),
        ({"approve": "every", "allow": ("find_*",)}, ["update_incident"]),
        ({"approve": "every", "allow": ("find_*", "update_incident")}, []),
        ({"approve": "every", "allow": ("FIND_*", "*_by_id_")}, ["find_incident_by_id", "update_incident"]),
    ],
)
def test_the_calls_that_the_rules_name_wait_for_a_word(bench: Bench, play: Play, rules: Any, waits: list[str]) -> None:
    with OpenAIServer(playing([LOOK, NOTED], "Done.")) as server:
        run_id = play(server, **rules)
        proposed = [bench.approve(run_id).tool for _ in waits]
        row = bench.ended(run_id)

    assert proposed == waits
    assert (row.status, row.interventions) == ("passed", 0)
    assert [event.tool for event in bench.events(run_id, Proposal)] == waits
    assert [(event.action, event.by) for event in bench.events(run_id, Intervention)] == [("approve", ADA)] * len(waits)
    assert bench.ran(run_id) == [("find_incident_by_id", None), ("update_incident", None)]
    assert [ok for _, _, ok in bench.steps(run_id)] == [True, True, True]
    assert bench.store.count(RunQuery.parse("intervened:no")) == 1


def test_nothing_runs_before_it_is_approved(bench: Bench, play: Play) -> None:
    with OpenAIServer(playing([NOTED], "Done.")) as server:
        run_id = play(server, approve="writing")
        proposal = bench.waiting(run_id)
        time.sleep(0.2)
        assert bench.events(run_id, ToolCall) == []
        assert bench.store.changes(run_id) == []
        [head] = bench.store.steps(run_id, 2)
        assert (head.kind, head.tool, head.ok, head.number) == ("call", "update_incident", None, proposal.step)
        assert (proposal.writes, dict(proposal.arguments)) == (True, NOTED[1])
        assert bench.store.runs(RunQuery.parse("status:waiting"))[0].id == run_id
        bench.approve(run_id)
        assert bench.ended(run_id).status == "passed"


def test_a_call_runs_with_the_arguments_that_a_person_gave_it_and_the_model_is_told(bench: Bench, play: Play) -> None:
    wrong = ("update_incident", {"incident_id": "INC_002", "worknotes": "noted"})
    with OpenAIServer(playing([wrong], "Done.")) as server:
        run_id = play(server, approve="every")
        bench.approve(run_id, incident_id="INC_001")
        row = bench.ended(run_id)
        request, result = asked(server)[-2:]

    assert (row.status, row.interventions) == ("passed", 1)
    [edit] = bench.events(run_id, Intervention)
    assert (edit.action, edit.by) == ("edit", ADA)
    assert (edit.before, edit.after) == (wrong[1], NOTED[1])
    assert json.loads(request["tool_calls"][0]["function"]["arguments"]) == NOTED[1]
    assert '\\"INC_001\\"' in result["content"]
    [ran] = bench.events(run_id, ToolCall)
    assert dict(ran.arguments) == NOTED[1]
    assert bench.store.count(RunQuery.parse("intervened:yes")) == 1


def test_arguments_that_a_person_spoils_are_a_result_for_the_model(bench: Bench, play: Play) -> None:
    with OpenAIServer(playing([NOTED, NOTED], "Done.")) as server:
        run_id = play(server, approve="every")
        bench.approve(run_id, incident_id=["no", "id"])
        bench.approve(run_id)
        assert bench.ended(run_id).status == "passed"
    assert [event.is_error for event in bench.events(run_id, ToolResult)] == [True, False]


def test_the_same_arguments_given_back_are_no_edit(bench: Bench, play: Play) -> None:
    with OpenAIServer(playing([NOTED], "Done.")) as server:
        run_id = play(server, approve="every")
        bench.approve(run_id, worknotes="noted")
        assert bench.ended(run_id).interventions == 0


def test_a_truth_value_in_place_of_a_number_is_an_edit_of_which_the_model_is_told(bench: Bench, play: Play) -> None:
    numbered = (LOOK[0], {"incident_id": 1})
    with OpenAIServer(playing([numbered], "Done.")) as server:
        run_id = play(server, approve="every")
        bench.approve(run_id, incident_id=True)
        assert bench.ended(run_id).interventions == 1
        request = told(server, -2)
    [edit] = bench.events(run_id, Intervention)
    assert (edit.action, edit.after) == ("edit", {"incident_id": True})
    assert json.loads(request["tool_calls"][0]["function"]["arguments"])["incident_id"] is True


def test_a_rejected_call_does_not_run_and_the_model_reads_why(bench: Bench, play: Play) -> None:
    with OpenAIServer([say("", NOTED), say("Then not.")]) as server:
        run_id = play(server, approve="every")
        proposal = bench.waiting(run_id)
        bench.give(run_id, Reject(by=ADA, call_id=proposal.call_id, reason="Wrong incident."))
        row = bench.ended(run_id)
        result = told(server)

    assert (row.status, row.answer, row.interventions) == ("failed", "Then not.", 1)
    assert result["role"] == "tool"
    assert "Wrong incident." in result["content"]
    assert bench.events(run_id, ToolCall, ToolResult) == []
    assert bench.store.changes(run_id) == []
    head = bench.store.steps(run_id, proposal.step)[0]
    assert (head.kind, head.ok, head.shape) == ("call", False, "rejected by ada: Wrong incident.")
    assert proposal.step in bench.store.search(run_id, "wrong incident")


def test_a_call_can_be_rejected_without_a_reason(bench: Bench, play: Play) -> None:
    with OpenAIServer([say("", NOTED), say("Then not.")]) as server:
        run_id = play(server, approve="every")
        bench.give(run_id, Reject(by=ADA, call_id=bench.waiting(run_id).call_id))
        bench.ended(run_id)
        assert told(server)["content"] == "A person did not allow this call."


def test_an_answer_in_the_models_place_ends_the_run(bench: Bench, play: Play) -> None:
    with OpenAIServer([say("", NOTED), say("", NOTED)]) as server:
        run_id = play(server, approve="every")
        bench.approve(run_id)
        proposal = bench.waiting(run_id)
        bench.give(run_id, Answer(by=ADA, text="It is done already."))
        row = bench.ended(run_id)

    assert (row.status, row.answer, row.interventions) == ("passed", "It is done already.", 1)
    assert bench.store.verdicts(run_id)
    kinds = bench.steps(run_id)
    assert kinds == [("call", "update_incident", True), ("call", "update_incident", False), ("say", None, True)]
    assert bench.store.steps(run_id, proposal.step)[0].shape == "answered in its place by ada"


def test_an_answer_in_the_models_place_can_refuse_the_task(bench: Bench, play: Play) -> None:
    with OpenAIServer([say("", NOTED)]) as server:
        run_id = play(server, approve="every")
        bench.waiting(run_id)
        bench.give(run_id, Answer(by=ADA, text="Not allowed.", refused=True))
        bench.ended(run_id)
    assert bench.events(run_id, RunEnded)[0].refused


# Taking over and handing back.


def test_a_person_takes_over_while_a_call_waits_and_hands_back(bench: Bench, play: Play) -> None:
    with OpenAIServer([say("I will note it.", NOTED), say("Thank you.")]) as server:
        run_id = play(server, approve="every")
        proposal = bench.waiting(run_id)
        bench.give(run_id, TakeOver(by=ADA))
        assert bench.store.run(run_id).status == "waiting"
        bench.give(run_id, act(LOOK), act(NOTED), WriteNote(by=ADA, text="By hand."))
        bench.give(run_id, HandBack(by=ADA))
        row = bench.ended(run_id)
        messages = asked(server)

    assert (row.status, row.answer, row.interventions) == ("passed", "Thank you.", 1)
    given_up, look, noted = [message for message in messages if message["role"] == "tool"]
    assert given_up["content"] == TAKEN_OVER
    assert "INC_001" in look["content"]
    assert '"isError": false' in noted["content"]
    assert bench.ran(run_id) == [("find_incident_by_id", ADA), ("update_incident", ADA)]
    assert [event.action for event in bench.events(run_id, Intervention)] == ["take_over", "hand_back"]
    assert [event.action for event in bench.events(run_id, Attendance)] == ["came", "left"]
    assert bench.steps(run_id) == [
        ("say", None, True),
        ("call", "update_incident", False),
        ("call", "find_incident_by_id", True),
        ("call", "update_incident", True),
        ("note", None, True),
        ("control", None, True),
        ("say", None, True),
    ]
    assert bench.store.steps(run_id, proposal.step)[0].shape == "taken over by ada"
    assert "By hand." not in json.dumps(messages)


def test_a_person_who_took_over_can_finish(bench: Bench, play: Play) -> None:
    with OpenAIServer([say("", LOOK)]) as server:
        run_id = play(server, approve="every")
        bench.waiting(run_id)
        bench.give(
            run_id,
            TakeOver(by=ADA),
        )
        bench.give(run_id, act(NOTED), Answer(by=ADA, text="Noted by hand."))
        assert bench.ended(run_id).status == "passed"
        assert len(server.requests) == 1


def test_what_the_model_is_thinking_about_is_given_up_at_once(bench: Bench, play: Play) -> None:
    replies: list[Reply] = [Hang(30), say("After all.")]
    with OpenAIServer(replies) as server:
        run_id = play(server)
        until(lambda: server.requests)
        started = time.monotonic()
        bench.give(run_id, TakeOver(by=ADA))
        assert time.monotonic() - started < 10
        until(lambda: server.given_up == 1, 15)
        bench.give(run_id, act(NOTED), HandBack(by=ADA))
        row = bench.ended(run_id)
        assert_valid(asked(server))
        assert [message["role"] for message in asked(server)] == ["system", "user", "assistant", "tool"]

    assert (row.status, row.answer, row.interventions) == ("passed", "After all.", 1)


def test_a_person_takes_over_while_the_run_is_paused(bench: Bench, play: Play) -> None:
    with OpenAIServer(playing([LOOK], "Done.")) as server:
        run_id = play(server, approve="every")
        bench.waiting(run_id)
        bench.give(run_id, Pause(by=ADA))
        bench.approve(run_id)
        until(lambda: bench.store.run(run_id).status == "paused")
        bench.give(run_id, TakeOver(by=ADA))
        assert bench.store.run(run_id).status == "waiting"
        bench.give(run_id, act(NOTED), HandBack(by=ADA))
        assert bench.ended(run_id).status == "passed"
        assert_valid(asked(server))
    actions = [event.action for event in bench.events(run_id, Intervention)]
    assert actions == ["pause", "approve", "take_over", "hand_back"]


@pytest.mark.parametrize("text", ["", "Three calls."])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_person_takes_over_in_the_middle_of_several_calls(bench: Bench, play: Play, after: int, text: str) -> None:
    three = say(text, LOOK, LOOK, LOOK, ids=["a", "b", "c"])
    with OpenAIServer([three, say("Done.")]) as server:
        run_id = play(server, approve="every")
        for _ in range(after):
            bench.approve(run_id)
        bench.waiting(run_id)
        bench.give(run_id, TakeOver(by=ADA))
        bench.give(run_id, HandBack(by=ADA))
        bench.ended(run_id)
        results = [message for message in asked(server) if message["role"] == "tool"]

    assert [result["tool_call_id"] for result in results] == ["a", "b", "c"]
    assert [result["content"] == TAKEN_OVER for result in results] == [index >= after for index in range(3)]
    numbers = [head.number for head in bench.store.steps(run_id)]
    assert numbers == list(range(len(numbers)))
    assert all(head.ok is not None for head in bench.store.steps(run_id))


def test_a_person_who_takes_over_before_the_run_begins_acts_first(bench: Bench, play: Play) -> None:
    with OpenAIServer([say("Done.")]) as server:
        run_id = play(server)
        bench.give(run_id, TakeOver(by=ADA))
        bench.give(run_id, act(NOTED), HandBack(by=ADA))
        assert bench.ended(run_id).status == "passed"


def test_only_one_person_takes_over(bench: Bench, play: Play) -> None:
    with OpenAIServer([say("", LOOK), say("Done.")]) as server:
        run_id = play(server, approve="every")
        bench.waiting(run_id)
        bench.give(run_id, TakeOver(by=ADA))
        assert bench.refusal(run_id, TakeOver(by="bob"))
        bench.give(run_id, HandBack(by=ADA))
        bench.ended(run_id)


def test_orders_behind_a_hand_back_go_to_the_agents_run(bench: Bench, play: Play) -> None:
    with OpenAIServer([say("", LOOK), say("Done.")]) as server:
        run_id = play(server, approve="every")
        bench.waiting(run_id)
        bench.give(run_id, TakeOver(by=ADA))
        back, called, paused = (
            bench.engine.order(run_id, order) for order in (HandBack(by=ADA), act(LOOK), Pause(by=ADA))
        )
        back.result(timeout=60)
        paused.result(timeout=60)
        assert "take over first" in str(called.exception(timeout=60))
        until(lambda: bench.store.run(run_id).status == "paused")
        bench.give(run_id, Resume(by=ADA))
        bench.ended(run_id)


def test_the_agents_asks_are_counted_over_all_its_turns(bench: Bench, play: Play) -> None:
    with OpenAIServer(lambda _messages: say("", LOOK)) as server:
        run_id = play(server, approve="every", max_steps=3)
        bench.approve(run_id)
        bench.waiting(run_id)
        bench.give(run_id, TakeOver(by=ADA))
        bench.give(run_id, act(NOTED), HandBack(by=ADA))
        bench.approve(run_id)
        bench.ended(run_id)
        assert len(server.requests) == 3
    assert [event.value for event in bench.events(run_id, Limit)] == [3]


# Speaking, noting, pausing, stepping, stopping.


def test_what_is_said_reaches_the_model_before_its_next_answer(bench: Bench, play: Play) -> None:
    with OpenAIServer(playing([LOOK, NOTED], "Done.")) as server:
        run_id = play(server, approve="every")
        bench.waiting(run_id)
        bench.give(run_id, Say(by=ADA, text="Mind the policy."))
        bench.approve(run_id)
        bench.approve(run_id)
        row = bench.ended(run_id)
        second = server.requests[1].body["messages"]
        assert_valid(second)
    assert second[-1] == {"role": "user", "content": "Mind the policy."}
    assert row.interventions == 1
    [spoken] = [event for event in bench.events(run_id, Message) if event.by]
    assert (spoken.role, spoken.by) == ("user", ADA)
    assert bench.store.search(run_id, "mind the policy") == [spoken.step]


def test_what_is_said_before_the_run_begins_stands_behind_the_task(bench: Bench, play: Play) -> None:
    with OpenAIServer([say("Done.")]) as server:
        run_id = play(server)
        bench.give(run_id, Say(by=ADA, text="Hurry."))
        bench.ended(run_id)
        assert told(server) == {"role": "user", "content": "Hurry."}


def test_a_model_that_gave_its_last_answer_is_asked_again_when_somebody_spoke(bench: Bench, play: Play) -> None:
    replies = iter([say("Done."), say("Now really done.")])

    def reply(_messages: Messages) -> Reply:
        if len(server.requests) == 1:
            bench.give(1, Say(by=ADA, text="Are you sure?"))
        return next(replies)

    with OpenAIServer(reply) as server:
        run_id = play(server)
        assert bench.ended(run_id).answer == "Now really done."
        assert [message["content"] for message in asked(server)[-2:]] == ["Done.", "Are you sure?"]


def test_what_is_said_and_noted_too_late_is_recorded_all_the_same(bench: Bench, play: Play) -> None:
    with OpenAIServer([Hang(30)]) as server:
        run_id = play(server)
        until(lambda: server.requests)
        bench.give(run_id, Say(by=ADA, text="Hello?"), WriteNote(by=ADA, text="It hangs."))
        bench.give(run_id, Supervise(by=ADA, approve="every"))
        bench.give(run_id, Stop(by=ADA))
        bench.ended(run_id)
    assert [event.text for event in bench.events(run_id, Note)] == ["It hangs."]
    assert [event.content for event in bench.events(run_id, Message) if event.by] == ["Hello?"]
    assert [event.action for event in bench.events(run_id, Intervention)] == ["stop", "supervise"]


def test_single_steps_make_one_call_each(bench: Bench, play: Play) -> None:
    with OpenAIServer(playing([LOOK, LOOK, NOTED], "Done.")) as server:
        run_id = play(server, approve="every")
        bench.waiting(run_id)
        bench.give(run_id, Pause(by=ADA), Supervise(by=ADA, approve="none"))  # which lets the call go that waits
        # Model and tool by turns, one a step.
        for requests, calls in ((2, 1), (2, 2), (3, 2), (3, 3)):
            until(lambda: bench.store.run(run_id).status == "paused")
            bench.give(run_id, Step(by=ADA))
            until(lambda wanted=(requests, calls): (len(server.requests), len(bench.ran(run_id))) == wanted)
        until(lambda: bench.store.run(run_id).status == "paused")
        bench.give(run_id, Resume(by=ADA))
        assert bench.ended(run_id).status == "passed"
    actions = [event.action for event in bench.events(run_id, Intervention)]
    assert actions == ["pause", "supervise", "approve", *["step"] * 4, "resume"]


def test_a_paused_run_can_be_stopped(bench: Bench, play: Play) -> None:
    with OpenAIServer(playing([LOOK], "Done.")) as server:
        run_id = play(server, approve="every")
        bench.waiting(run_id)
        bench.give(run_id, Pause(by=ADA))
        bench.approve(run_id)
        until(lambda: bench.store.run(run_id).status == "paused")
        bench.give(run_id, Stop(by="bob"))
        row = bench.ended(run_id)
    assert (row.status, row.error) == ("stopped", "stopped by bob")
    assert [event.action for event in bench.events(run_id, Intervention)] == ["pause", "approve", "stop"]


def test_a_run_that_is_stopped_while_a_call_waits_leaves_no_step_open(bench: Bench, play: Play) -> None:
    with OpenAIServer([say("", NOTED)]) as server:
        run_id = play(server, approve="every")
        proposal = bench.waiting(run_id)
        bench.give(run_id, Stop(by=ADA))
        row = bench.ended(run_id)
    assert (row.status, row.interventions) == ("stopped", 0)
    head = bench.store.steps(run_id)[-1]
    assert (head.number, head.kind, head.ok, head.shape) == (proposal.step, "call", False, "stopped by ada")
    assert bench.store.verdicts(run_id)


# Rules.


def test_other_rules_hold_at_once_and_are_recorded(bench: Bench, play: Play) -> None:
    with OpenAIServer(playing([NOTED, LOOK, NOTED], "Done.")) as server:
        run_id = play(server, approve="every")
        bench.waiting(run_id)
        bench.give(run_id, Supervise(by=ADA, allow=("find_*",)), Supervise(by="bob", approve="writing"))
        bench.approve(run_id)
        assert bench.approve(run_id).tool == "update_incident"
        assert bench.ended(run_id).interventions == 0
    first, second = [event for event in bench.events(run_id, Intervention) if event.action == "supervise"]
    assert (first.by, first.before, first.after) == (
        ADA,
        {"approve": "every", "allow": []},
        {"approve": "every", "allow": ["find_*"]},
    )
    assert (second.by, second.before, second.after) == (
        "bob",
        {"approve": "every", "allow": ["find_*"]},
        {"approve": "writing", "allow": ["find_*"]},
    )


def test_a_call_that_other_rules_do_not_ask_about_runs_as_approved_by_who_gave_them(bench: Bench, play: Play) -> None:
    with OpenAIServer(playing([NOTED], "Done.")) as server:
        run_id = play(server, approve="every")
        proposal = bench.waiting(run_id)
        bench.give(run_id, Supervise(by=ADA, allow=("find_*",)))
        assert bench.waiting(run_id) == proposal
        bench.give(run_id, Supervise(by="bob", allow=("update_incident",)))
        row = bench.ended(run_id)
    assert (row.status, row.interventions) == ("passed", 0)
    words = [(event.action, event.by, event.step, event.call_id) for event in bench.events(run_id, Intervention)]
    about = (proposal.step, proposal.call_id)
    assert words == [("supervise", ADA, *about), ("supervise", "bob", *about), ("approve", "bob", *about)]
    assert bench.steps(run_id) == [("call", "update_incident", True), ("say", None, True)]


def test_what_is_ordered_while_a_call_waits_is_recorded_then_and_the_call_waits_on(bench: Bench, play: Play) -> None:
    with OpenAIServer(playing([NOTED], "Done.")) as server:
        run_id = play(server, approve="every")
        proposal = bench.waiting(run_id)
        before = datetime.now(UTC)
        bench.give(run_id, Pause(by=ADA), Step(by=ADA), Resume(by="bob"), WriteNote(by=ADA, text="Hm."))
        given = bench.events(run_id)[-4:]
        assert [(event.kind, event.by, event.step) for event in given] == [
            ("intervention", ADA, proposal.step),
            ("intervention", ADA, proposal.step),
            ("intervention", "bob", proposal.step),
            ("note", ADA, proposal.step),
        ]
        assert [event.action for event in given[:3]] == ["pause", "step", "resume"]
        assert all(before <= event.at <= datetime.now(UTC) for event in given)
        assert bench.steps(run_id) == [("call", "update_incident", None)]
        assert bench.waiting(run_id) == proposal
        bench.approve(run_id)
        assert bench.ended(run_id).status == "passed"
    assert bench.steps(run_id) == [("call", "update_incident", True), ("say", None, True)]
    assert bench.store.search(run_id, "Hm.") == [proposal.step]


def test_what_is_ordered_while_the_model_thinks_is_recorded_with_that_time(bench: Bench, play: Play) -> None:
    with OpenAIServer([Hang(30)]) as server:
        run_id = play(server)
        until(lambda: server.requests)
        bench.give(run_id, Pause(by=ADA), Resume(by=ADA), WriteNote(by=ADA, text="It hangs."))
        ordered = datetime.now(UTC)
        time.sleep(0.2)
        bench.give(run_id, Stop(by=ADA))
        bench.ended(run_id)
    late = [event for event in bench.events(run_id, Intervention, Note) if getattr(event, "action", "") != "stop"]
    assert [getattr(event, "action", "note") for event in late] == ["pause", "resume", "note"]
    assert all(event.at <= ordered for event in late)


def test_a_paused_run_records_what_is_ordered_at_once(bench: Bench, play: Play) -> None:
    with OpenAIServer(playing([NOTED], "Done.")) as server:
        run_id = play(server, approve="every")
        bench.waiting(run_id)
        bench.give(run_id, Pause(by=ADA))
        bench.approve(run_id)
        until(lambda: bench.store.run(run_id).status == "paused")
        bench.give(run_id, WriteNote(by=ADA, text="A break."))
        until(lambda: bench.events(run_id, Note))
        assert bench.store.run(run_id).status == "paused"
        bench.give(run_id, Resume(by=ADA))
        assert bench.ended(run_id).status == "passed"


def test_rules_given_by_the_person_who_acts_hold_for_the_agent_afterwards(bench: Bench, play: Play) -> None:
    with OpenAIServer(playing([LOOK, NOTED], "Done.")) as server:
        run_id = play(server, approve="every")
        bench.waiting(run_id)
        bench.give(run_id, TakeOver(by=ADA))
        bench.give(run_id, Supervise(by=ADA, approve="none"), HandBack(by=ADA))
        assert bench.ended(run_id).status == "passed"
    assert "supervise" in [event.action for event in bench.events(run_id, Intervention)]


def test_nobody_is_asked_about_calls_that_cannot_run(bench: Bench, play: Play) -> None:
    broken = say("", ("make_coffee", {}), ("update_incident", "{oh no"))
    with OpenAIServer([broken, say("Done.")]) as server:
        run_id = play(server, approve="every")
        bench.ended(run_id)
        assert_valid(asked(server))
    assert bench.events(run_id, Proposal) == []
    assert [event.is_error for event in bench.events(run_id, ToolResult)] == [True, True]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (ApproveCall(by=ADA, call_id="other"), "another call"),
        (Reject(by=ADA, call_id="other"), "another call"),
        (HandBack(by=ADA), "."),
        (act(LOOK), "take over first"),
    ],
)
def test_what_is_not_about_the_waiting_call_is_refused(bench: Bench, play: Play, order: Any, words: str) -> None:
    with OpenAIServer(playing([NOTED], "Done.")) as server:
        run_id = play(server, approve="every")
        bench.waiting(run_id)
        assert words in bench.refusal(run_id, order)
        bench.approve(run_id)
        assert bench.ended(run_id).status == "passed"


def test_a_call_is_approved_once(bench: Bench, play: Play) -> None:
    with OpenAIServer([say("", NOTED), Hang(1), say("Done.")]) as server:
        run_id = play(server, approve="every")
        call_id = bench.waiting(run_id).call_id
        first, second = (bench.engine.order(run_id, ApproveCall(by=by, call_id=call_id)) for by in (ADA, "bob"))
        first.result(timeout=60)
        assert second.exception(timeout=60)
        bench.give(run_id, Stop(by=ADA))
        bench.ended(run_id)


def test_ids_that_a_service_uses_again_stay_apart(bench: Bench, play: Play) -> None:
    replies = [say("", LOOK, ids=["call_0"]), say("", NOTED, ids=["call_0"]), say("Done.")]
    with OpenAIServer(replies) as server:
        run_id = play(server, approve="every")
        bench.give(run_id, Reject(by=ADA, call_id=bench.waiting(run_id).call_id, reason="First no."))
        bench.approve(run_id)
        assert bench.ended(run_id).status == "passed"
        first, second = [message["content"] for message in asked(server) if message["role"] == "tool"]
    assert "First no." in first
    assert '"isError": false' in second


def test_a_late_word_is_not_taken_for_a_later_call_to_which_a_service_gave_the_same_id(
    bench: Bench, play: Play
) -> None:
    unseen = ("update_incident", {"incident_id": "INC_001", "worknotes": "unseen"})
    with OpenAIServer([say("", NOTED, ids=["call_0"]), say("", unseen, ids=["call_0"]), say("Done.")]) as server:
        run_id = play(server, approve="every")
        proposal = bench.approve(run_id)
        late = ApproveCall(by="bob", call_id=proposal.call_id)
        bench.waiting(run_id)
        assert "another call" in bench.refusal(run_id, late)
        bench.give(run_id, Reject(by=ADA, call_id=bench.waiting(run_id).call_id))
        bench.ended(run_id)
        assert_valid(asked(server))
    assert [dict(event.arguments) for event in bench.events(run_id, ToolCall)] == [NOTED[1]]


# Other agents, and many at once.


def test_a_scripted_agent_is_supervised_too(bench: Bench, write_task: WriteTask) -> None:
    calls = [call(*(LOOK[0],), **LOOK[1]), call(NOTED[0], **NOTED[1]), call(NOTED[0], **NOTED[1])]
    source = write_task(calls, [count_check("noted", "worknotes = 'noted'")])
    run_id = bench.launch(source, approve="every", allow=("find_*",))
    bench.give(run_id, Reject(by=ADA, call_id=bench.waiting(run_id).call_id))
    bench.waiting(run_id)
    assert "No model" in bench.refusal(run_id, Say(by=ADA, text="Hello?"))
    bench.give(run_id, TakeOver(by=ADA))
    bench.give(run_id, act(LOOK), HandBack(by=ADA))
    bench.approve(run_id)  # the call that it did not come to

    row = bench.ended(run_id)
    assert (row.status, row.answer, row.interventions) == ("passed", "Done.", 2)
    assert bench.ran(run_id) == [
        ("find_incident_by_id", None),
        ("find_incident_by_id", ADA),
        ("update_incident", None),
    ]


def test_a_scripted_agent_gives_way_at_once_and_misses_no_call(bench: Bench, write_task: WriteTask) -> None:
    source = write_task([call(NOTED[0], **NOTED[1])], [count_check("noted", "worknotes = 'noted'")])
    run_id = bench.launch(source, pause_s=3)
    until(lambda: bench.store.run(run_id).steps == 2)
    started = time.monotonic()
    bench.give(run_id, TakeOver(by=ADA))
    assert time.monotonic() - started < 2
    bench.give(run_id, HandBack(by=ADA))
    assert bench.ended(run_id).status == "passed"
    assert bench.ran(run_id) == [("update_incident", None)]


def test_fifty_runs_wait_at_once_and_each_gets_its_word(bench: Bench, write_task: WriteTask) -> None:
    source = write_task([call(NOTED[0], **NOTED[1])], [count_check("noted", "worknotes = 'noted'")])
    launch = Launch(sources=(source,), seed_root=builtin_root(), approve="every", repeat=50, concurrency=50)
    run_ids = bench.engine.launch(launch).run_ids
    until(lambda: bench.store.counts()["waiting"] == 50, 60)

    with ThreadPoolExecutor(8) as people:
        list(people.map(bench.approve, run_ids))

    assert {bench.ended(run_id).status for run_id in run_ids} == {"passed"}
    assert all(len(bench.events(run_id, Intervention)) == 1 for run_id in run_ids)


def test_who_only_looks_on_leaves_no_trace(bench: Bench, play: Play) -> None:
    with OpenAIServer(playing([NOTED], "Done.")) as server:
        run_id = play(server, approve="every")
        bench.waiting(run_id)
        bench.give(run_id, Come(by=ADA))
        bench.approve(run_id)
        bench.ended(run_id)
    assert bench.events(run_id, Attendance) == []
