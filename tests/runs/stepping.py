"""Runs made call by call, with real gyms and the real recorder, and looked at after every step."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.gyms.database import Database
from engine.gyms.session import CallOutcome, EmbeddedGym
from engine.gyms.toolkit import Clock, FrozenClock, WallClock
from engine.runs.opening import EMBEDDED, FROZEN_START
from engine.runs.rebuild import State
from engine.runs.run import offered_tools, tool_as_json
from engine.runs.seeds import Seed, Seeds
from engine.tasks import builtin_root
from engine.tasks.models import Task
from engine.trajectory.changes import Change
from engine.trajectory.events import GymUsed, Message, RunStarted, ToolCall, ToolResult
from engine.trajectory.store import NewRun, Store

Call = tuple[str, Mapping[str, Any]]
Chooser = Callable[[Database], Call]


@dataclass(frozen=True)
class Look:
    """All that can be told apart of a gym at one moment."""

    hash: str
    tables: Mapping[str, str]
    """A digest of each table's rows in the order in which a query without ORDER BY gives them."""
    counters: Mapping[str, int]
    """What ids count on from, by AUTOINCREMENT table."""
    clock: str | None

    @classmethod
    def at(cls, database: Database, clock: Clock) -> Look:
        tables = {table.name: f'SELECT * FROM "{table.name}"' for table in database.tables()}
        digests = {
            name: hashlib.sha256(repr(database.connection.execute(sql).fetchall()).encode()).hexdigest()
            for name, sql in tables.items()
        }
        counted = database.connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").get
        counters = dict(database.connection.execute("SELECT name, seq FROM sqlite_sequence")) if counted else {}
        return cls(database.hash(), digests, counters, clock.state)


@dataclass
class Stepped:
    """A recorded run and what its gym was after each of its steps."""

    run_id: int
    task: Task
    looks: list[Look] = field(default_factory=list)
    """One a step, from 0."""
    calls: dict[int, tuple[Call, CallOutcome]] = field(default_factory=dict)
    """By step."""

    def wrote(self, op: str) -> int:
        """How many rows its calls have inserted, updated or deleted."""
        return sum(change.op == op for _, outcome in self.calls.values() for change in outcome.changes)


def task_at(path: Path, **changes: Any) -> Task:
    """A task from its file."""
    read = json.loads(path.read_text("utf-8")) | {"name": path.stem, "source": str(path)}
    return Task.model_validate(read | changes)


def look(state: State) -> Look:
    """What a rebuilt state of one gym looks like."""
    (gym,) = state.gyms.values()
    return Look.at(gym.database, gym.clock)


def touched(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    """Which rows changed how."""
    return [(change.op, change.table, change.key_text) for change in changes]


def seed_of(task: Task, seeds: Seeds) -> Seed:
    return seeds.of(task.gym_servers_config[0], builtin_root())


async def step_through(
    store: Store,
    seeds: Seeds,
    task: Task,
    choices: Iterable[Chooser | Call | str],
    *,
    frozen: bool,
    looking: bool = True,
) -> Stepped:
    """Make the calls and say the words, recording each as a run does, and look at the gym after each."""
    config, seed = task.gym_servers_config[0], seed_of(task, seeds)
    run_id = store.create_run(NewRun(task=task, task_name=task.name, domain=seed.domain.name, agent="test"))
    recorder, stepped = store.recorder(run_id), Stepped(run_id, task)
    clock: Clock = FrozenClock(FROZEN_START) if frozen else WallClock()
    async with EmbeddedGym.open(config, seed.template, seed.domain, clock) as gym:
        used = GymUsed(
            name=gym.name,
            domain=gym.domain,
            where=EMBEDDED,
            seed=store.put_text(seed.text),
            clock=FROZEN_START if frozen else None,
        )
        tools = [tool_as_json(tool) for tool in await offered_tools(task, {gym.name: gym})]
        recorder.append(
            RunStarted(
                gyms=(used,),
                tools=store.put_text(json.dumps(tools)),
                tool_count=len(tools),
                untouched=("fail",) * len(task.verifiers),
                max_steps=1000,
            )
        )
        recorder.append(Message(step=0, role="system", content=task.system_prompt))
        recorder.append(Message(step=1, role="user", content=task.user_prompt))
        stepped.looks += [Look.at(gym.database, clock)] * 2
        for step, choice in enumerate(choices, 2):
            if isinstance(choice, str):
                recorder.append(Message(step=step, role="assistant", content=choice))
            else:
                tool, arguments = choice if isinstance(choice, tuple) else choice(gym.database)
                call: dict[str, Any] = {"step": step, "call_id": f"call_{step}", "tool": tool, "gym": gym.name}
                recorder.append(ToolCall(**call, arguments=arguments))
                outcome = await gym.call(tool, arguments)
                recorder.append(
                    ToolResult(
                        **call,
                        is_error=outcome.is_error,
                        result=outcome.result,
                        error=outcome.error,
                        duration_s=outcome.duration_s,
                        changes=outcome.changes,
                        clock=outcome.clock,
                    )
                )
                stepped.calls[step] = (tool, arguments), outcome
            if looking:
                stepped.looks.append(Look.at(gym.database, clock))
    return stepped


WORDS = ["", "Harbour light", "it's; -- done", "Zürich 🛟", "half a \ud83d", "1e400", "\n", "x" * 300]


class AnyCall:
    """Calls by chance: of writing tools mostly, with values that the gym holds, and now and then with nonsense."""

    def __init__(self, seed: Seed, chance: random.Random) -> None:
        self._chance = chance
        self._tools = [tool for tool in seed.domain.tool_list() if seed.domain.writes(tool["name"])]
        removing = [tool for tool in self._tools if tool["name"].startswith(("delete", "remove"))]
        adding = [tool for tool in self._tools if not tool["name"].startswith(("delete", "remove", "update"))]
        self._tools += 2 * adding + 4 * removing + seed.domain.tool_list()[:3]

    def __call__(self, database: Database) -> Call:
        tool = self._chance.choice(self._tools)
        schema = tool["inputSchema"]
        required = schema.get("required", [])
        optional = [name for name in schema["properties"] if name not in required]
        picked = self._chance.sample(optional, min(len(optional), self._chance.choice([1, 1, 2, 4])))
        row = self._row(database, [*required, *picked])
        return tool["name"], {name: self._value(row, name, schema["properties"][name]) for name in [*required, *picked]}

    def _row(self, database: Database, names: Sequence[str]) -> dict[str, list[Any]]:
        """A few values for each column that is named like an argument, those of one row first."""
        found: dict[str, list[Any]] = {}
        tables = sorted(database.tables(), key=lambda table: len(set(table.columns) & set(names)), reverse=True)
        for table in tables:
            order = f'"{self._chance.choice(table.columns)}" {self._chance.choice(["ASC", "DESC"])}'
            some = database.connection.execute(f'SELECT * FROM "{table.name}" ORDER BY {order} LIMIT 3').fetchall()
            for column, *values in zip(table.columns, *some, strict=True):
                found.setdefault(column, []).extend(values)
        return found

    def _value(self, row: Mapping[str, list[Any]], name: str, schema: Mapping[str, Any]) -> Any:
        if self._chance.random() < 0.03:
            return self._chance.choice([None, -1, [], *WORDS])
        kind = schema.get("type", "string")
        kind = kind if isinstance(kind, str) else kind[0]
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        if kind == "boolean":
            return self._chance.random() < 0.5
        if kind == "array":
            singular = dict(schema["items"])
            return [self._value(row, "incident_id", singular) for _ in range(self._chance.randrange(1, 5))]
        if kind == "object":
            return {each: self._value(row, each, part) for each, part in schema["properties"].items() if "enum" in part}
        if kind == "number" or schema.get("minimum") is not None:
            return self._chance.randrange(1, 100)
        near = [column for column in row if column == name] or [
            column for column in row if column.endswith("_id") and name.endswith(column)
        ]
        held = [value for column in near for value in row[column] if value is not None]
        if held and (name.endswith("_id") or kind == "integer" or self._chance.random() < 0.6):
            return held[0] if self._chance.random() < 0.8 else self._chance.choice(held)
        if kind == "integer":
            return self._chance.randrange(1, 200)
        if "email" in name:
            return f"person{self._chance.randrange(100_000)}@example.com"
        return f"{self._chance.choice(WORDS)} {self._chance.randrange(1000)}"
