"""A domain: its tables, its policy, its tools, and how a call is carried out."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import apsw
from pydantic import ValidationError

from engine.gyms.toolkit.arguments import Arguments
from engine.gyms.toolkit.clock import Clock
from engine.gyms.toolkit.gym import Gym
from engine.gyms.toolkit.refusals import Refusal, UnknownTool
from engine.gyms.toolkit.tables import Row, Table, bind

Function = TypeVar("Function", bound=Callable[..., object])


@dataclass(frozen=True)
class Answer:
    """What a call gives back: JSON text (the body of the error, if it is one)."""

    text: str
    is_error: bool


@dataclass(frozen=True)
class Tool:
    """A function that agents may call."""

    function: Callable[..., object]
    writes: bool
    box: Toolbox
    any_of: tuple[str, ...]

    @cached_property
    def arguments(self) -> Arguments:
        """The tool's arguments, read from its signature once."""
        return Arguments(self.function, closed=self.box.closed, any_of=self.any_of, absent=self.box.absent)

    def listing(self) -> dict[str, Any]:
        """Return the tool as every server's tools/list shows it."""
        return {
            "name": self.function.__name__,
            "description": inspect.getdoc(self.function),
            "inputSchema": self.arguments.schema,
        }


class Toolbox:
    """The tools of one subject.

    `closed` ones refuse arguments that they do not know. Optional arguments with a value in `absent` were not given.
    """

    def __init__(self, *, closed: bool = False, absent: tuple[object, ...] = (None,)) -> None:
        self.closed = closed
        self.absent = absent
        self.tools: list[Tool] = []

    def read(self, function: Function) -> Function:
        """Make a tool that changes nothing."""
        return self._add(function, writes=False)

    def write(self, function: Function) -> Function:
        """Make a tool that may change the database."""
        return self._add(function, writes=True)

    def write_any_of(self, *names: str) -> Callable[[Function], Function]:
        """Make a writing tool that needs at least one of these arguments."""
        return lambda function: self._add(function, writes=True, any_of=names)

    def _add(self, function: Function, *, writes: bool, any_of: tuple[str, ...] = ()) -> Function:
        self.tools.append(Tool(function, writes, self, any_of))
        return function


class Domain:
    """One simulated system: what a gym server serves, whatever transport carries the calls.

    Tools are listed as `order` says, those it leaves out behind them in the order of the toolboxes.
    """

    def __init__(
        self,
        name: str,
        server_name: str,
        folder: Path,
        gym: type[Gym],
        tables: tuple[Table, ...],
        toolboxes: tuple[Toolbox, ...],
        listed_as_null: tuple[str, ...] = (),
        order: tuple[str, ...] = (),
        service: str = "",
    ) -> None:
        self.name = name
        self.server_name = server_name
        self.service = service or f"{name}-api"
        """What its server calls itself in /health."""
        self._folder = folder
        self._gym = gym
        self._specs = tables
        self._nulls = dict.fromkeys(listed_as_null)
        found = {tool.function.__name__: tool for box in toolboxes for tool in box.tools}
        self._tools = {name: found[name] for name in order} | found

    @cached_property
    def schema_sql(self) -> str:
        """The statements that make the empty tables."""
        return (self._folder / "schema.sql").read_text(encoding="utf-8")

    @cached_property
    def policy(self) -> str:
        """The rules that an agent of this domain is given."""
        return (self._folder / "policy.md").read_text(encoding="utf-8")

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The tables that tools use, by name."""
        return bind(self._specs, self.schema_sql)

    def tool_list(self) -> list[dict[str, Any]]:
        """Return the tools as tools/list shows them, with the keys that this server writes out as null."""
        return [tool.listing() | self._nulls for tool in self._tools.values()]

    def writes(self, tool: str) -> bool:
        """Say whether a tool may change the database."""
        return self._tool(tool).writes

    def call(
        self,
        connection: apsw.Connection,
        tool: str,
        arguments: Mapping[str, object],
        headers: Mapping[str, str],
        clock: Clock,
    ) -> Answer:
        """Carry out one call. A call that fails leaves nothing written.

        Raises UnknownTool when the domain has no such tool; everything else that is wrong is an answer.
        """
        spec = self._tool(tool)
        gym = self._gym(connection, self.tables, tool, headers, clock)
        try:
            gym.enter()
            checked = spec.arguments.check(_whole(arguments))
            if spec.any_of and not any(checked.get(name) not in (None, "") for name in spec.any_of):
                raise gym.nothing_given(spec.any_of)
            # A savepoint takes along what a failing call has written.
            with connection if spec.writes else nullcontext():
                value = spec.function(gym, **checked)
            return Answer(json.dumps(_plain(value, gym), ensure_ascii=False), is_error=False)
        except Refusal as refusal:
            return Answer(gym.refused(refusal), is_error=True)
        except ValidationError as error:
            return Answer(gym.malformed(error), is_error=True)
        except (apsw.ConstraintError, OverflowError) as error:
            return Answer(gym.refused(gym.broken(error)), is_error=True)

    def _tool(self, name: str) -> Tool:
        if name not in self._tools:
            raise UnknownTool(name)
        return self._tools[name]


def _whole(value: Any) -> Any:
    """Mend texts with halves of surrogate pairs, which models do write and neither SQLite nor UTF-8 can hold."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {_whole(key): _whole(part) for key, part in value.items()}
    return [_whole(part) for part in value] if isinstance(value, list) else value


def _plain(value: Any, gym: Gym) -> Any:
    if isinstance(value, Row):
        return gym.shown(value)
    if isinstance(value, dict):
        return {key: _plain(part, gym) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part, gym) for part in value]
    return value
