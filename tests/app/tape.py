"""Writing a run by hand, with verbs for what happens in one and a clock that only moves when told.

A test records with it what no real run would do on command: a rate limit, a half answered call, a broken verdict.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from unittest import mock

from engine.tasks.models import Task
from engine.trajectory.changes import Change
from engine.trajectory.events import (
    Database,
    Failure,
    GymUsed,
    Intervention,
    Limit,
    Message,
    Outcome,
    Plan,
    Proposal,
    RequestedCall,
    Retry,
    RunEnded,
    RunStarted,
    RunStatus,
    ToolCall,
    ToolResult,
    Usage,
    Verdict,
    Verdicts,
)
from engine.trajectory.store import NewRun, Store

GYM = "gym-itsm-mcp"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When the first run of the story begins."""

POLICY = """\
You work for the service desk of Harbor Freight Systems.

# Rules
1. Read a record before you change it.
2. A change is only scheduled once the CAB has approved it. Without an approval it stays `new`.
3. The impact of an incident follows from the number of people who cannot work: more than ten is `high`.
4. Never touch records of another organisation.

# Style
Answer in two sentences at most, with the numbers of the records that you changed.
"""


TOOLS = {
    "find_incident": "Find incidents by number, caller, status or words in the short description.",
    "get_incidents": "List incidents, a page at a time.",
    "update_incident": "Change columns of one incident.",
    "find_sla_definitions": "Find SLA definitions by what they apply to.",
    "link_new_incident_sla": "Attach an SLA definition to an incident and start its clock.",
    "get_change": "Read one change request.",
    "update_change": "Change columns of one change request.",
    "find_approvals": "Find the approvals of a record.",
    "create_notification": "Send a notification to a user.",
}
"""What the told agents are offered: name and description."""


@dataclass(frozen=True)
class Check:
    """A verifier of a told task."""

    name: str
    query: str
    expected: Any
    untouched: Outcome
    description: str = ""


class Tape:
    """Records one run, a second or so a step. Steps number themselves."""

    def __init__(
        self,
        store: Store,
        task: str,
        prompt: str,
        checks: Sequence[Check] = (),
        *,
        agent: str = "react",
        model: str | None = "gpt-5-mini",
        at: datetime = START,
        policy: str = POLICY,
        experiment: int | None = None,
        address: str | None = None,
        plan: str | None = None,
        domain: str = "itsm",
    ) -> None:
        self.at = at
        self._where = address or "embedded"
        self._model = model
        self._prompts = (policy, prompt)
        self._checks = checks
        self._calls = 0
        self._called = (0, "")
        self._delayed: int | None = None
        self._attempt = 0
        self._store = store
        new = NewRun(
            _task(task, policy, prompt, checks),
            task,
            domain,
            agent,
            model,
            gyms="remote" if address else "embedded",
            experiment_id=experiment,
            plan=plan,
        )
        with mock.patch("engine.trajectory.store.now", return_value=at):
            self.run_id = store.create_run(new)
        self._recorder = store.recorder(self.run_id)

    @property
    def next_step(self) -> int:
        """The number that the next step will have."""
        return self._recorder.last_step + 1 if self._delayed is None else self._delayed

    def start(self, *, peek: bool | None = None) -> Tape:
        """The gyms are seeded, the prompts are said; ``peek``: what a person who acts may see."""
        tools = [
            {"name": name, "description": words, "inputSchema": {"type": "object", "properties": {}}, "gym": GYM}
            for name, words in TOOLS.items()
        ]
        self._append(
            RunStarted,
            gyms=(GymUsed(name=GYM, domain="itsm", where=self._where, seed=self._store.put_text("-- seed")),),
            tools=self._store.put_text(json.dumps(tools)),
            tool_count=len(tools),
            untouched=tuple(check.untouched for check in self._checks),
            max_steps=50,
            peek=peek,
        )
        self._append(Message, 0, role="system", content=self._prompts[0])
        self._append(Message, 1, role="user", content=self._prompts[1])
        return self

    def ask_for_database(self) -> Tape:
        """The gym's server is asked to make a database."""
        self._append(Database, action="made", gym=GYM, where=self._where, database_id="db_1")
        return self

    def say(self, text: str, seconds: float = 1.4) -> Tape:
        """The model says something and calls nothing."""
        self._message(self.next_step, text, seconds)
        return self

    def call(
        self,
        tool: str,
        arguments: Mapping[str, Any],
        answer: Any = None,
        *,
        unanswered: bool = False,
        **result: Any,
    ) -> Tape:
        """The model calls a tool, which answers as ``answer`` takes it, unless it is left waiting."""
        step = self.next_step
        self._calls += 1
        self._called = (step, tool)
        call_id = f"call_{self._calls:04}"
        self._message(step, "", 0.9, (RequestedCall(id=call_id, tool=tool, arguments=arguments),))
        self._append(ToolCall, step, call_id=call_id, tool=tool, arguments=arguments, gym=GYM)
        return self if unanswered else self.answer(answer, **result)

    def propose(
        self, tool: str, arguments: Mapping[str, Any], *, beside: tuple[str, Mapping[str, Any]] | None = None
    ) -> Tape:
        """The model asks for a call, and maybe for another one ``beside`` it; the first waits for a person's word."""
        step = self.next_step
        self._calls += 1
        call_id = f"call_{self._calls:04}"
        calls = [RequestedCall(id=call_id, tool=tool, arguments=arguments)]
        calls += [RequestedCall(id=f"{call_id}b", tool=beside[0], arguments=beside[1])] if beside else []
        self._message(step, "", 0.9, tuple(calls))
        self._append(Proposal, step, call_id=call_id, tool=tool, arguments=arguments, gym=GYM, writes=True)
        self._recorder.set_status("waiting")
        return self

    def plan(self, text: str, *, waits: bool = False) -> Tape:
        """The planner writes a plan, which may wait for a person's word."""
        self.at += timedelta(seconds=4)
        self._append(Plan, self.next_step, text=text, model=self._model, waits=waits)
        if waits:
            self._recorder.set_status("waiting")
        return self

    def answer(
        self,
        answer: Any,
        *,
        changes: Sequence[Change] = (),
        verifiers: str | None = None,
        seconds: float = 0.012,
        refused: bool = False,
    ) -> Tape:
        """The called tool answers; ``verifiers`` are the outcomes after it, a letter each: ``pf``."""
        step, tool = self._called
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        block = {"type": "text", "text": text, "annotations": None, "meta": None}
        self.at += timedelta(seconds=seconds)
        self._append(
            ToolResult,
            step,
            call_id=f"call_{self._calls:04}",
            tool=tool,
            gym=GYM,
            is_error=refused,
            result={"meta": None, "content": [block], "structuredContent": None, "isError": refused},
            duration_s=seconds,
            changes=tuple(changes),
            verifiers=None if verifiers is None else outcomes(verifiers),
        )
        return self

    def retry(self, reason: str, wait_s: float = 2.0) -> Tape:
        """A model call fails; the next step is what it delays."""
        self._attempt = 1 if self._delayed is None else self._attempt + 1
        self._delayed = self.next_step
        self._append(Retry, self._delayed, attempt=self._attempt, reason=reason, wait_s=wait_s)
        self.at += timedelta(seconds=wait_s)
        return self

    def failure(self, where: str, message: str) -> Tape:
        """Something outside the agent's power fails."""
        self._append(Failure, self.next_step, where=where, message=message)
        return self

    def pause(self, by: str = "kim") -> Tape:
        """Someone lets the run wait."""
        self._append(Intervention, self.next_step, action="pause", by=by)
        self._recorder.set_status("paused")
        return self

    def limit(self, name: str, value: float) -> Tape:
        """A limit ends the loop."""
        self._append(Limit, self.next_step, name=name, value=value)
        return self

    def verdicts(self, found: str, actual: Sequence[Any] = (), reasons: Sequence[str] = ()) -> Tape:
        """The verifiers run on the final state; a letter each: ``pfe``."""
        self._append(
            Verdicts,
            self._recorder.last_step,
            verdicts=tuple(
                Verdict(
                    index=index,
                    name=check.name,
                    type="database_state",
                    description=check.description,
                    gym=GYM,
                    outcome=outcome,
                    untouched=check.untouched,
                    query=check.query,
                    comparison="equals",
                    expected=check.expected,
                    actual=actual[index] if index < len(actual) else check.expected,
                    reason=reasons[index] if index < len(reasons) else "",
                )
                for index, (check, outcome) in enumerate(zip(self._checks, outcomes(found), strict=True))
            ),
        )
        return self

    def end(self, status: RunStatus, answer: str = "", error: str | None = None) -> int:
        """The run is over; returns its id."""
        self._append(RunEnded, max(self._recorder.last_step, 0), status=status, answer=answer, error=error)
        return self.run_id

    def _message(self, step: int, text: str, seconds: float, calls: tuple[RequestedCall, ...] = ()) -> None:
        self.at += timedelta(seconds=seconds)
        usage = Usage(tokens_in=1_200 + 180 * step, tokens_out=24 + len(text) // 4, cost_usd=0.0006 + 0.0001 * step)
        self._append(
            Message,
            step,
            role="assistant",
            content=text,
            calls=calls,
            model=self._model,
            duration_s=seconds,
            usage=usage,
        )

    def _append(self, kind: type[Any], step: int = 0, **fields: Any) -> None:
        self._recorder.append(kind(at=self.at, step=step, **fields))
        if kind is not Retry:
            self._delayed = None


def outcomes(letters: str) -> tuple[Outcome, ...]:
    """``pfe`` in words."""
    words: dict[str, Literal["pass", "fail", "error"]] = {"p": "pass", "f": "fail", "e": "error"}
    return tuple(words[letter] for letter in letters)


def updated(table: str, key: str, value: str, **columns: tuple[Any, Any]) -> Change:
    """A row of which some columns went from one value to another."""
    before, after = ({name: pair[side] for name, pair in columns.items()} for side in (0, 1))
    return Change(gym=GYM, table=table, op="update", key={key: value}, before=before, after=after)


def inserted(table: str, key: str, value: str, **columns: Any) -> Change:
    """A new row."""
    return Change(gym=GYM, table=table, op="insert", key={key: value}, after={key: value} | columns)


def _task(name: str, policy: str, prompt: str, checks: Sequence[Check]) -> Task:
    verifiers = [
        {
            "verifier_type": "database_state",
            "name": check.name,
            "description": check.description,
            "gym_name": GYM,
            "validation_config": {
                "query": check.query,
                "expected_value": check.expected,
                "comparison_type": "equals",
            },
        }
        for check in checks
    ]
    return Task.model_validate(
        {
            "name": name,
            "source": "builtin:itsm",
            "system_prompt": policy,
            "user_prompt": prompt,
            "gym_servers_config": [{"mcp_server_name": GYM, "mcp_server_url": "http://localhost:8006"}],
            "selected_tools": list(TOOLS),
            "verifiers": verifiers,
        }
    )
