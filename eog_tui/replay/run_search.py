"""A search through a run: which steps hold the phrase, and where among them one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RunSearch:
    """What was found."""

    needle: str = ""
    """The phrase; empty when nothing is searched."""
    hits: Sequence[int] = ()
    """Numbers of the steps that hold it, ascending."""

    def next(self, position: int, by: int) -> int | None:
        """The nearest step after (``by`` 1) or before (-1) ``position`` that holds it, around the end."""
        if not self.hits:
            return None
        ahead = [step for step in self.hits if (step > position if by > 0 else step < position)]
        return (ahead or self.hits)[0 if by > 0 else -1]

    def note(self, position: int, match: str = "") -> str:
        """Where one is: ``2 of 5 here · 3 of 41 steps``.

        Args:
            position: number of the step that is shown.
            match: which match in it, such as ``2 of 5``; empty when none can be seen in the text.
        """
        if not self.needle:
            return ""
        if not self.hits:
            return "not in this run"
        if position not in self.hits:
            return f"in {len(self.hits)} steps, not in this one"
        here = f"{match} here · " if match else ""
        return f"{here}{self.hits.index(position) + 1} of {len(self.hits)} steps"
