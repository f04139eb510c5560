"""Finds tools by what is typed of their names and descriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.gyms.session import ToolSpec
from eog_tui.workbench.matching import LETTERS, Wanted


class ToolSearch:
    """Tools in the order in which they fit: by name first, then by description."""

    def __init__(self, tools: Sequence[ToolSpec]) -> None:
        self.tools = tuple(tools)
        self._names = [tool.name.casefold() for tool in tools]
        self._descriptions = [tool.description.casefold() for tool in tools]

    def find(self, typed: str, used: Mapping[str, int] | None = None) -> list[ToolSpec]:
        """Tools that fit ``typed``; of equals the more ``used``, then the shorter name first."""
        wanted, used = Wanted(typed), used or {}
        found = []
        for place, tool in enumerate(self.tools):
            rank = wanted.fits(self._names[place])
            if rank is None or rank == LETTERS:
                # A few letters in their order are found in any long text: a description has to hold the words.
                told = wanted.fits(self._descriptions[place])
                if told is not None and told != LETTERS:
                    rank = LETTERS + 1 + told if rank is None else rank
            if rank is not None:
                found.append((rank, -used.get(tool.name, 0), len(tool.name) if wanted else 0, place))
        return [self.tools[place] for *_, place in sorted(found)]


def first_sentence(description: str) -> str:
    """What stands beside a tool's name: its description up to the first sentence's end, in one line."""
    words = " ".join(description.split())
    end = words.find(". ")
    return words[:end] if end > 0 else words.removesuffix(".")
