"""Real tools, and what real calls on a real gym have shown."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.gyms.database import Template
from engine.gyms.registry import domain
from engine.gyms.session import ToolSpec, frame, text_block
from engine.gyms.toolkit import FrozenClock
from eog_tui.workbench.seen import Seen

GYM_DBS = Path(__file__).resolve().parents[2] / "gym_dbs"
TASK = GYM_DBS / "itsm" / "tasks" / "disk-firmware-change.json"


@lru_cache
def tools(name: str = "itsm") -> dict[str, ToolSpec]:
    found = domain(name)
    return {
        item["name"]: ToolSpec(
            item["name"], item["description"], item["inputSchema"], found.server_name, found.writes(item["name"])
        )
        for item in found.tool_list()
    }


@lru_cache
def results() -> tuple[tuple[str, str], ...]:
    """The first calls of a task and their MCP results, as JSON texts."""
    gym = domain("itsm")
    task = json.loads(TASK.read_text("utf-8"))
    config = task["gym_servers_config"][0]
    seed = GYM_DBS / config["seed_database_file"]
    database = Template.parse(gym.schema_sql, seed.read_text("utf-8"), source=seed.name).clone()
    calls: list[tuple[str, dict[str, Any]]] = [
        ("list_problems", {"assigned_to": "USER_025", "status": "root_cause"}),
        ("list_incidents", {"problem": "PRB_009"}),
        ("find_group_by_name", {"name": "Control Systems Operations"}),
        ("get_user_using_email", {"email": "ivo.marinov@solvane.example"}),
    ]
    found = []
    for tool, arguments in calls:
        answer = gym.call(database.connection, tool, arguments, config["context"], FrozenClock())
        assert not answer.is_error, answer.text
        found.append((tool, json.dumps(frame([text_block(answer.text)], is_error=False))))
    database.close()
    return tuple(found)


def seen() -> Seen:
    """What the task's prompt and those calls showed, at steps 0 and 1 to 4."""
    memory = Seen()
    memory.take_text(0, json.loads(TASK.read_text("utf-8"))["user_prompt"])
    for step, (tool, result) in enumerate(results(), 1):
        memory.take_result(step, tool, result)
    return memory


def tool(properties: dict[str, Any], *, required: tuple[str, ...] = (), name: str = "tool", **more: Any) -> ToolSpec:
    """A tool with these arguments."""
    schema = {"type": "object", "properties": properties, "required": list(required), **more}
    return ToolSpec(name, f"What {name} does.", schema, "gym-test", writes=False)


EVERY_KIND = {
    "incident_id": {"type": "string", "description": "Incident id, such as INC_003.", "pattern": r"^INC_\d+$"},
    "title": {"type": "string", "description": "What it is about.", "minLength": 3, "maxLength": 64},
    "impact": {"type": "string", "enum": ["high", "medium", "low"], "description": "How much of the business."},
    "state": {"anyOf": [{"type": "string", "enum": ["open", "closed"]}, {"type": "null"}], "default": "open"},
    "reason": {"enum": ["leaver", "mistake", None], "description": "Why; null when nobody knows."},
    "active": {"type": "boolean", "description": "Whether it counts."},
    "notify": {"type": ["boolean", "null"], "default": True},
    "count": {"type": "integer", "minimum": 1, "maximum": 20},
    "hours": {"type": ["number", "null"]},
    "due": {"type": "string", "format": "date", "description": "The last day."},
    "starts": {"type": "string", "format": "date-time", "description": "When it begins."},
    "email": {"type": "string", "format": "email", "description": "Whom to write to."},
    "severities": {"type": "array", "items": {"type": "string", "enum": ["critical", "high", "low"]}},
    "attendees": {
        "type": "array",
        "description": "Who comes.",
        "items": {
            "type": "object",
            "properties": {"email": {"type": "string", "format": "email"}, "optional": {"type": "boolean"}},
            "required": ["email"],
            "additionalProperties": False,
        },
    },
    "settings": {"$ref": "#/$defs/Settings"},
    "extra": {"description": "Anything."},
}
DEFS = {
    "Settings": {
        "type": "object",
        "properties": {"zone": {"type": "string"}, "depth": {"type": "integer", "maximum": 5}},
        "required": ["zone"],
    }
}


def every_kind() -> ToolSpec:
    """A tool with a field of every kind."""
    return tool(EVERY_KIND, required=("title", "impact", "active"), name="plan_everything", **{"$defs": DEFS})
