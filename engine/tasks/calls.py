"""Call lists: what a scripted agent plays. ``NAME.gold.json`` beside a task is the list that solves it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.tasks.files import read_json, validate

_SUFFIX = re.compile(r"\.(gold|alt-[^.]+|wrong-[^.]+)\.json$")


class ListedCall(BaseModel):
    """One tool call of a list."""

    model_config = ConfigDict(extra="forbid")

    tool: str = Field(min_length=1)
    arguments: dict[str, Any] = Field(default_factory=dict)


class CallList(BaseModel):
    """Tool calls in order, and what the agent says in the end. A bare JSON list of calls is taken too."""

    model_config = ConfigDict(extra="forbid")

    calls: list[ListedCall]
    answer: str | None = None
    expected: Literal["pass", "fail"] | None = None
    note: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare_list(cls, data: Any) -> Any:
        return {"calls": data} if isinstance(data, list) else data

    @classmethod
    def read(cls, path: Path) -> CallList:
        """Read a call list from a file.

        Raises:
            TaskError: the file cannot be read or does not fit.
        """
        return validate(cls, read_json(path), path)


def is_call_list(path: Path) -> bool:
    """Whether a file's name says that it holds calls, not a task."""
    return _SUFFIX.search(path.name) is not None


def gold_path(task_source: str) -> Path:
    """Where the gold list of a task file is expected."""
    return Path(task_source).with_suffix(".gold.json")
