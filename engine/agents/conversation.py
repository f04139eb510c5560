"""What a model is told of a run, kept up event by event.

One way for all: a run that goes on by itself, one in which a person acted in between, and one that was forked from
another's recorded steps give a model the same words for the same events.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.tasks.files import same_json
from engine.trajectory.events import Event, Intervention, Message, Plan, ToolCall, ToolResult

Said = dict[str, Any]
"""A message as OpenAI's protocol has it."""


def with_plan(task: str, plan: str) -> str:
    """The user's message of an agent that works by a plan: task, plan, and what to do with it.

    As the benchmark's planner hands over what it generated, in words of our own.
    """
    return (
        f"{task}\n\n# Plan\n\n{plan}\n\n"
        "Carry out this plan step by step with the tools that you have. Use only ids and values that the task or a "
        "tool gave you, and depart from the plan only where a result or the policy demands it."
    )


TAKEN_OVER = "This call did not run: a person took over."
"""What the model reads of a call that waited, or was still to come, when a person took its place."""


@dataclass
class _Turn:
    """One message, and what came of the calls that it asks for. Services may use an id again in a later message."""

    said: Said
    results: dict[str, str] = field(default_factory=dict)
    ran: dict[str, ToolCall] = field(default_factory=dict)

    @property
    def calls(self) -> list[Said]:
        """The calls that it asks for."""
        return list(self.said.get("tool_calls", ()))

    def messages(self) -> Iterator[Said]:
        """The message, its calls as they ran, and their results right behind it."""
        calls = [self._as_ran(call) for call in self.calls if call["id"] in self.results]
        if calls:
            yield {**self.said, "tool_calls": calls}
            for call in calls:
                yield {"role": "tool", "tool_call_id": call["id"], "content": self.results[call["id"]]}
        elif self.said.get("content"):
            yield {name: value for name, value in self.said.items() if name != "tool_calls"}

    def _as_ran(self, call: Said) -> Said:
        """The call with the arguments that it ran with: a person may have changed them."""
        ran = self.ran.get(call["id"])
        if ran is None or same_json(json.loads(call["function"]["arguments"] or "{}"), ran.arguments):
            return call
        return {**call, "function": {**call["function"], "arguments": json.dumps(ran.arguments)}}


class Conversation:
    """The messages of a run so far."""

    def __init__(self) -> None:
        self._unread: list[tuple[Event, Mapping[str, Any] | None]] = []
        """What was taken in since somebody last asked: a run without a model never does."""
        self._turns: list[_Turn] = []
        self._asking: dict[str, _Turn] = {}
        """The latest message that asks for a call of this id."""
        self._plan = ""

    def take(self, event: Event, raw: Mapping[str, Any] | None = None) -> None:
        """Take one more event in.

        Args:
            event: what happened.
            raw: a model's message as its service gave it, with what providers hide in it; it is not recorded, so a
                conversation from the store has none.
        """
        self._unread.append((event, raw))

    def _read(self) -> None:
        for event, raw in self._unread:
            self._tell(event, raw)
        self._unread.clear()

    def _tell(self, event: Event, raw: Mapping[str, Any] | None) -> None:
        match event:
            case Message(role="assistant"):
                self._say(dict(raw) if raw is not None else _assistant(event))
            case Message():
                self._say({"role": event.role, "content": event.content})
            case Plan():
                self._plan = event.text
            case ToolCall():
                if event.call_id not in self._asking:  # a person or a script made it
                    self._say({"role": "assistant", "content": None, "tool_calls": [_call(event)]})
                self._asking[event.call_id].ran[event.call_id] = event
            case ToolResult():
                self._came_to(event.call_id, told(event.result, event.error))
            case Intervention(action="reject", call_id=str() as call_id):
                self._came_to(call_id, rejection(event.text))
            case Intervention(action="take_over") if self._turns:
                latest = self._turns[-1]
                latest.results = {call["id"]: TAKEN_OVER for call in latest.calls} | latest.results

    @property
    def plan(self) -> str:
        """The latest plan; empty when there is none."""
        self._read()
        return self._plan

    def messages(self) -> list[Said]:
        """What to send: every call with its result right behind it, and no call that never came to one."""
        self._read()
        messages = [message for turn in self._turns for message in turn.messages()]
        if self._plan:
            first = next((said for said in messages if said["role"] == "user"), None)
            if first is not None:
                messages[messages.index(first)] = first | {"content": with_plan(first["content"], self._plan)}
        return messages

    def _came_to(self, call_id: str, text: str) -> None:
        if (turn := self._asking.get(call_id)) is not None:
            turn.results[call_id] = text

    def _say(self, said: Said) -> None:
        turn = _Turn(said)
        self._turns.append(turn)
        self._asking |= {call["id"]: turn for call in turn.calls}


def told(result: Mapping[str, Any] | None, error: str | None) -> str:
    """What the model reads of a call: the whole MCP result, as the benchmark gives it, or why there is none."""
    return json.dumps(result) if result is not None else error or ""


def rejection(reason: str) -> str:
    """What the model reads of a call that a person did not allow."""
    return "A person did not allow this call." + (f" Their reason: {reason}" if reason else "")


def _assistant(event: Message) -> Said:
    said: Said = {"role": "assistant", "content": event.content or None}
    if event.calls:
        said["tool_calls"] = [_call(call) for call in event.calls]
    return said


def _call(call: Any) -> Said:
    return {
        "id": call.call_id if isinstance(call, ToolCall) else call.id,
        "type": "function",
        "function": {"name": call.tool, "arguments": json.dumps(call.arguments)},
    }
