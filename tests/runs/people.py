"""People at work in runs: verbs for what tests have them do, and what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from engine.runs.engine import Engine
from engine.runs.orders import ApproveCall, Call, Order, OrderError
from engine.runs.spec import Launch
from engine.tasks import builtin_root
from engine.trajectory.events import Event, Proposal, ToolCall
from engine.trajectory.store import RunRow, Store
from eog_tui.live.waiting import awaited
from tests.agents.openai_server import OpenAIServer

ADA = "ada"
LOOK = ("find_incident_by_id", {"incident_id": "INC_001"})
NOTED = ("update_incident", {"incident_id": "INC_001", "worknotes": "noted"})


def until(holds: Callable[[], Any], seconds: float = 60) -> Any:
    """What ``holds`` gives, once it gives something."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)
    return found


def act(tool: tuple[str, dict[str, Any]], by: str = ADA, **changes: Any) -> Call:
    """A person's call."""
    name, arguments = tool
    return Call(by=by, tool=name, arguments={**arguments, **changes})


class Bench:
    """An engine and a store, as somebody uses them who runs things with people in them."""

    def __init__(self, engine: Engine, store: Store) -> None:
        self.engine = engine
        self.store = store

    def launch(self, source: str, **options: Any) -> int:
        """Start one run."""
        launch = Launch(sources=(source,), **{"seed_root": builtin_root(), "frozen_clock": True} | options)
        [run_id] = self.engine.launch(launch).run_ids
        return run_id

    def give(self, run_id: int, *orders: Order) -> None:
        """Give orders, and wait until each is carried out."""
        for done in [self.engine.order(run_id, order) for order in orders]:
            done.result(timeout=60)

    def refusal(self, run_id: int, order: Order) -> str:
        """Why an order is refused."""
        with pytest.raises(OrderError) as refused:
            self.engine.order(run_id, order).result(timeout=60)
        return str(refused.value)

    def waiting(self, run_id: int) -> Proposal:
        """The call that waits for a word, once one does."""

        def proposed() -> Proposal | None:
            if self.store.run(run_id).status != "waiting":
                return None
            asked = awaited(self.store, self.store.run(run_id))
            return asked if isinstance(asked, Proposal) else None

        found: Proposal = until(proposed)
        return found

    def approve(self, run_id: int, **changed: Any) -> Proposal:
        """Let the call that waits run, maybe with other arguments; returns what was proposed."""
        proposal = self.waiting(run_id)
        arguments = {**proposal.arguments, **changed} if changed else None
        self.give(run_id, ApproveCall(by=ADA, call_id=proposal.call_id, arguments=arguments))
        return proposal

    def ended(self, run_id: int) -> RunRow:
        """The run, once it has ended."""
        until(lambda: not self.store.run(run_id).alive and not self.engine.owns(run_id))
        return self.store.run(run_id)

    def events(self, run_id: int, *kinds: type[Event]) -> list[Any]:
        """What happened, of some kinds or all."""
        return [event for event in self.store.history(run_id) if not kinds or isinstance(event, kinds)]

    def steps(self, run_id: int) -> list[tuple[str, str | None, bool | None]]:
        """Kind, tool and success of every step behind the prompts."""
        return [(head.kind, head.tool, head.ok) for head in self.store.steps(run_id, 2)]

    def ran(self, run_id: int) -> list[tuple[str, str | None]]:
        """Every call that came to run: the tool, and who made it."""
        return [(event.tool, event.by) for event in self.events(run_id, ToolCall)]


def asked(server: OpenAIServer) -> list[dict[str, Any]]:
    """The messages of the latest request, proved to be a conversation that services take."""
    messages: list[dict[str, Any]] = server.requests[-1].body["messages"]
    assert_valid(messages)
    return messages


def assert_valid(messages: Sequence[dict[str, Any]]) -> None:
    """Every call has its result directly behind the message that asks for it, and no result is without its call."""
    rest: Iterator[dict[str, Any]] = iter(messages)
    for message in rest:
        assert message["role"] in ("system", "user", "assistant")
        assert message.get("content") or message.get("tool_calls")
        for call in message.get("tool_calls", ()):
            result = next(rest)
            assert (result["role"], result["tool_call_id"]) == ("tool", call["id"])
            assert isinstance(result["content"], str)
