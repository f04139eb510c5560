"""An input of one line whose owner hears of each edit at once, so that a key and all that it brings are painted once.

Textual tells of an edit by a message, which comes when the letter is painted already; what the owner then changes has
to be painted by itself, and each painting costs as much as the rest of a key.
"""

from __future__ import annotations

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class LineInput(Input):
    """An input that calls ``edited`` for what is typed, pasted or deleted, and sends ``Changed`` for all else."""

    virtual_size = Reactive(Size(0, 0))
    """As every widget has it, but typing does not lay the whole screen out again: the field is always one line high."""

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace a part of the text, which every edit comes to."""
        before = self.value
        with self.prevent(Input.Changed):
            super().replace(text, start, end)
        if self.value != before:
            self.edited()

    def edited(self) -> None:
        """Follow an edit."""
        raise NotImplementedError
