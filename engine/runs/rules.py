"""Which calls of an agent wait for a person's word."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

from pydantic import BaseModel, ConfigDict

Approve = Literal["none", "writing", "every"]
"""Which calls are asked about."""


class Rules(BaseModel):
    """What a person wants to be asked about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    approve: Approve = "none"
    allow: tuple[str, ...] = ()
    """Names of tools that run unasked, with ``*`` for any characters: ``find_*``."""

    def asks(self, tool: str, writes: bool) -> bool:
        """Whether a call waits."""
        if self.approve == "none" or (self.approve == "writing" and not writes):
            return False
        return not any(fnmatchcase(tool, pattern) for pattern in self.allow)
