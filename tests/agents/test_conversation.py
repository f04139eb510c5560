"""What a model is told of what happened, whoever did it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.agents.conversation import TAKEN_OVER, Conversation, rejection
from engine.trajectory.events import Intervention, Message, Note, Plan, Proposal, RequestedCall, ToolCall, ToolResult
from tests.runs.people import assert_valid


def asks(*calls: tuple[str, dict[str, Any]], text: str = "") -> Message:
    wanted = tuple(RequestedCall(id=name, tool="look", arguments=arguments) for name, arguments in calls)
    return Message(role="assistant", content=text, calls=wanted)


def ran(call_id: str, text: str = "found", arguments: dict[str, Any] | None = None, **fields: Any) -> list[Any]:
    call = ToolCall(call_id=call_id, tool="look", arguments=arguments or {}, gym="g", **fields)
    result = {"content": [{"type": "text", "text": text}], "isError": False}
    done = ToolResult(call_id=call_id, tool="look", gym="g", is_error=False, result=result, duration_s=0.1)
    return [call, done]


def after(*events: Any) -> list[dict[str, Any]]:
    conversation = Conversation()
    for event in (Message(role="system", content="Policy."), Message(role="user", content="Task."), *events):
        conversation.take(event)
    messages = conversation.messages()
    assert_valid(messages)
    return messages[2:]


def contents(messages: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(message["role"], message.get("content")) for message in messages]


def test_each_result_stands_behind_its_call_in_the_order_of_the_message() -> None:
    said = after(asks(("a", {}), ("b", {})), *ran("b", "second"), *ran("a", "first"))
    assert [message.get("tool_call_id") for message in said] == [None, "a", "b"]
    assert "first" in said[1]["content"]


def test_a_message_of_a_person_in_the_middle_of_calls_stands_behind_their_results() -> None:
    said = after(asks(("a", {}), ("b", {})), *ran("a"), Message(role="user", content="Careful.", by="ada"), *ran("b"))
    assert [message["role"] for message in said] == ["assistant", "tool", "tool", "user"]


def test_calls_that_came_to_nothing_are_left_out_and_so_is_a_message_of_nothing_else() -> None:
    assert after(asks(("a", {}))) == []
    assert contents(after(asks(("a", {}), text="I look."))) == [("assistant", "I look.")]
    [message, _result] = after(asks(("a", {}), ("b", {})), *ran("a"))
    assert [call["id"] for call in message["tool_calls"]] == ["a"]


def test_who_takes_over_gives_the_calls_still_to_come_a_result_that_says_so() -> None:
    said = after(asks(("a", {}), ("b", {})), *ran("a"), Intervention(action="take_over", by="ada", call_id="b"))
    assert said[-1] == {"role": "tool", "tool_call_id": "b", "content": TAKEN_OVER}
    assert "found" in said[-2]["content"]


def test_a_call_is_told_as_it_ran() -> None:
    message, _ = after(asks(("a", {"id": 1})), *ran("a", arguments={"id": 2}))
    assert message["tool_calls"][0]["function"]["arguments"] == '{"id": 2}'


def test_a_call_of_a_person_reads_like_one_of_the_model() -> None:
    message, result = after(*ran("p", arguments={"id": 2}, by="ada"))
    assert message["tool_calls"][0]["function"] == {"name": "look", "arguments": '{"id": 2}'}
    assert result["tool_call_id"] == "p"


@pytest.mark.parametrize("reason", ["", "Not now."])
def test_a_rejected_call_has_the_reason_as_its_result(reason: str) -> None:
    proposal = Proposal(call_id="a", tool="look", arguments={}, gym="g", writes=False)
    word = Intervention(action="reject", by="ada", call_id="a", text=reason)
    _, result = after(asks(("a", {})), proposal, word)
    assert result["content"] == rejection(reason)
    assert reason in result["content"]


def test_ids_may_come_back_in_later_messages() -> None:
    said = after(asks(("a", {"n": 1})), *ran("a", "one", {"n": 1}), asks(("a", {"n": 2})), *ran("a", "two", {"n": 2}))
    assert ["one" in said[1]["content"], "two" in said[3]["content"]] == [True, True]
    assert [message["tool_calls"][0]["function"]["arguments"] for message in said[::2]] == ['{"n": 1}', '{"n": 2}']


def test_notes_are_nobodys_business_and_a_plan_stands_with_the_task() -> None:
    conversation = Conversation()
    for event in (
        Message(role="user", content="Task."),
        Note(by="ada", text="Secret."),
        Plan(text="Old."),
        Plan(text="New.", by="ada", before="Old."),
    ):
        conversation.take(event)
    [message] = conversation.messages()
    assert message["content"].startswith("Task.")
    assert "New." in message["content"]
    assert "Old." not in message["content"]
    assert "Secret." not in message["content"]


def test_a_result_without_its_call_as_a_damaged_store_may_have_it_is_left_out() -> None:
    assert after(ran("a")[1], Intervention(action="reject", by="ada", call_id="b")) == []


def test_what_a_service_hides_in_its_message_goes_back_to_it() -> None:
    conversation = Conversation()
    raw = {"role": "assistant", "content": "Hm.", "thinking_blocks": [{"signature": "x"}]}
    conversation.take(Message(role="assistant", content="Hm."), raw)
    assert conversation.messages() == [raw]
