"""What a model is told of a run, kept up event by event.

One way for all: a run that goes on by itself, one in which a person acted in between, and one that was forked from
another's recorded steps give a model the same words for the same events.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

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


class Conversation:
    """The messages of a run so far."""

    def __init__(self) -> None:
        self._said: list[Said] = []
        self._results: dict[str, str] = {}
        self._ran: dict[str, ToolCall] = {}
        self._requested: set[str] = set()
        self._plan = ""

    def take(self, event: Event, raw: Mapping[str, Any] | None = None) -> None:
        """Take one more event in.

        Args:
            event: what happened.
            raw: a model's message as its service gave it, with what providers hide in it; it is not recorded, so a
                conversation from the store has none.
        """
        match event:
            case Message(role="assistant"):
                self._say(dict(raw) if raw is not None else _assistant(event))
            case Message():
                self._said.append({"role": event.role, "content": event.content})
            case Plan():
                self._plan = event.text
            case ToolCall():
                if event.call_id not in self._requested:  # a person or a script made it
                    self._say({"role": "assistant", "content": None, "tool_calls": [_call(event)]})
                self._ran[event.call_id] = event
            case ToolResult():
                self._results[event.call_id] = told(event.result, event.error)
            case Intervention(action="reject", call_id=str() as call_id):
                self._results[call_id] = rejection(event.text)

    def messages(self) -> list[Said]:
        """What to send: every call with its result right behind it, and no call that never came to one."""
        messages: list[Said] = []
        for said in self._said:
            calls = [self._as_ran(call) for call in said.get("tool_calls", ()) if call["id"] in self._results]
            if calls:
                messages.append({**said, "tool_calls": calls})
                messages += (
                    {"role": "tool", "tool_call_id": call["id"], "content": self._results[call["id"]]} for call in calls
                )
            elif said.get("content"):
                messages.append({name: value for name, value in said.items() if name != "tool_calls"})
        if self._plan:
            first = next((said for said in messages if said["role"] == "user"), None)
            if first is not None:
                messages[messages.index(first)] = first | {"content": with_plan(first["content"], self._plan)}
        return messages

    def _say(self, said: Said) -> None:
        self._said.append(said)
        self._requested.update(call["id"] for call in said.get("tool_calls", ()))

    def _as_ran(self, call: Said) -> Said:
        """The call with the arguments that it ran with: a person may have changed them."""
        ran = self._ran.get(call["id"])
        if ran is None or json.loads(call["function"]["arguments"] or "{}") == ran.arguments:
            return call
        return {**call, "function": {**call["function"], "arguments": json.dumps(ran.arguments)}}


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
