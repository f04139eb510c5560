"""The way back from a text as an editor shows it, every control a visible sign, to the text as it is.

An editor can only hold what may be shown. Whoever changes one line of a stranger's text has not changed the others, so
each line that stands there as it was shown is given back byte for byte.
"""

from __future__ import annotations

from collections import defaultdict

from eog_tui.literal import is_literal, literal


class ShownText:
    """Remembers what was shown, line by line; lines that hold nothing but visible signs cost nothing."""

    def __init__(self) -> None:
        self._meant: dict[str, list[str]] = {}
        """What a line that was shown is: in a list, since different lines may look alike, in their order."""

    def show(self, text: str) -> str:
        """The text as an editor may hold it; what was shown before is remembered, too, for it can be undone."""
        shown = literal(text)
        if not is_literal(text):
            meant = defaultdict(list)
            for seen, line in zip(shown.split("\n"), text.split("\n"), strict=True):
                meant[seen].append(line)
            self._meant |= {seen: lines for seen, lines in meant.items() if lines != [seen] * len(lines)}
        return shown

    def original(self, shown: str) -> str:
        """An editor's text with every line that was shown like this as it is."""
        if not self._meant:
            return shown
        used: dict[str, int] = defaultdict(int)
        lines = []
        for seen in shown.split("\n"):
            meant = self._meant.get(seen, [seen])
            lines.append(meant[min(used[seen], len(meant) - 1)])
            used[seen] += 1
        return "\n".join(lines)
