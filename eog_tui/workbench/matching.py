"""How well a text fits what was typed, at a cost that grows with its length only.

``textual.fuzzy`` tries every way in which the letters can be found, which takes 100 ms for the descriptions of 93 tools
and has no bound for a description that a stranger wrote. Here a text is looked through a few times at most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")

_WORD = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")

EXACT, START, WORD_STARTS, WITHIN, LETTERS = range(5)
"""How well a text fits, the best first; ``LETTERS`` is all typed letters in their order, from the start of a word."""


class Wanted:
    """What was typed, ready to be compared with many texts."""

    def __init__(self, typed: str) -> None:
        self.text = typed.strip().casefold()
        self._words = _WORD.findall(self.text)
        self._letters = "".join(self._words)
        self._first = re.compile(rf"(?<![a-z0-9]){self._letters[:1]}")

    def __bool__(self) -> bool:
        return bool(self.text)

    def fits(self, text: str) -> int | None:
        """How well ``text`` fits; None when it does not. Nothing typed fits everything. Case does not count."""
        text = text.casefold()
        if text.startswith(self.text):
            return EXACT if len(text) == len(self.text) else START
        if not self._words:
            return WITHIN if self.text in text else None
        for word in self._words:  # a plain loop: most texts of many leave it at the first word
            if word not in text:
                return LETTERS if self._letters_in(text) else None
        starts = _WORD.findall(text)
        begun = all(any(start.startswith(word) for start in starts) for word in self._words)
        return WORD_STARTS if begun else WITHIN

    def narrows(self, earlier: Wanted) -> bool:
        """Whether all that fits this fits ``earlier`` too, because it only goes on with it."""
        return bool(earlier._letters) and self.text.startswith(earlier.text)

    def best_first(self, items: Iterable[Item], text: Callable[[Item], str]) -> list[Item]:
        """Those whose ``text`` fits, the best first, else in the order that they have."""
        ranked = [
            (rank, place, item) for place, item in enumerate(items) if (rank := self.fits(text(item))) is not None
        ]
        return [item for *_, item in sorted(ranked, key=lambda each: each[:2])]

    def _letters_in(self, text: str) -> bool:
        first = self._first.search(text) if len(self._letters) > 1 else None
        if first is None:
            return False
        at = first.end()
        for letter in self._letters[1:]:
            at = text.find(letter, at) + 1
            if not at:
                return False
        return True
