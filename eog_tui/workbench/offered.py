"""The tools that a run offers, as they were kept when it began."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import mcp_types as types

from engine.gyms.registry import domain
from engine.gyms.remote.writing import may_write
from engine.gyms.session import ToolSpec
from engine.gyms.toolkit import Domain

if TYPE_CHECKING:
    from engine.trajectory.events import RunStarted
    from engine.trajectory.store import Store


def offered_tools(store: Store, started: RunStarted) -> tuple[ToolSpec, ...]:
    """The tools in the order in which the agent is told them; off the event loop.

    Raises:
        StoreError: the store does not have them.
    """
    domains = {gym.name: _domain(gym.domain) for gym in started.gyms}
    return tuple(_tool(item, domains) for item in json.loads(store.text(started.tools)))


def _tool(item: dict[str, object], domains: dict[str, Domain | None]) -> ToolSpec:
    told = types.Tool.model_validate({name: item[name] for name in ("name", "description", "inputSchema")})
    gym = str(item["gym"])
    writes = may_write(told, domains.get(gym))
    return ToolSpec(told.name, told.description or "", told.input_schema, gym, writes)


def _domain(name: str) -> Domain | None:
    try:
        return domain(name)
    except LookupError:
        return None
