"""A row change: what one tool call did to one row of a gym's database."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer


def _decode(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"$bytes"}:
        return base64.b64decode(value["$bytes"])
    return value


def _encode(value: Any) -> Any:
    return {"$bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


Value = Annotated[Any, BeforeValidator(_decode), PlainSerializer(_encode)]
"""A SQLite value: None, int, float, str or bytes; bytes travel through JSON as ``{"$bytes": base64}``."""


class Change(BaseModel):
    """One row inserted, updated or deleted.

    An insert carries the whole row in ``after``, a delete the whole row in ``before``. An update carries
    only the columns that changed, in both.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gym: str
    """Name of the gym's server as the task gives it, such as ``gym-itsm-mcp``."""
    table: str
    op: Literal["insert", "update", "delete"]
    key: Mapping[str, Value]
    """Primary key columns and their values (after the change for an insert, before it otherwise)."""
    before: Mapping[str, Value] | None = None
    after: Mapping[str, Value] | None = None

    @property
    def key_text(self) -> str:
        """The primary key as a person writes it: ``INC_003``, or ``USER_001 ROLE_002`` for a joint key."""
        return " ".join(str(value) for value in self.key.values())
