"""Shortens names to a width without making two of them alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import count

from rich.cells import cell_len, set_cell_size

from eog_tui.literal import line

LEAST_WIDTH = 8
"""Cells below which there is no room for what tells names apart."""


def told_apart(names: Iterable[str], width: int) -> dict[str, str]:
    """How each name is shown in ``width`` cells, literal and in one line, no two the same.

    A name that fits stays. Others lose their end, those that then look alike their middle, and those that still do get
    a number.
    """
    width = max(width, LEAST_WIDTH)
    names = list(dict.fromkeys(names))
    ways: list[Callable[[str], str]] = [partial(_without_end, width), partial(_without_middle, width)]
    shown: dict[str, str] = {}
    left = names
    for way in ways:
        cut = {name: way(line(name)).rstrip() for name in left}  # nobody sees a blank at the end
        often = Counter([*cut.values(), *shown.values()])
        shown |= {name: text for name, text in cut.items() if often[text] == 1}
        left = [name for name in names if name not in shown]
    taken = set(shown.values())
    for name in left:
        text = next(text for number in count(1) if (text := _numbered(line(name), width, number)) not in taken)
        taken.add(text)
        shown[name] = text
    return {name: shown[name] for name in names}


def _without_end(width: int, name: str) -> str:
    return name if cell_len(name) <= width else _first(name, width - 1) + "…"


def _without_middle(width: int, name: str) -> str:
    if cell_len(name) <= width:
        return name
    behind = (width - 1) // 2
    return _first(name, width - 1 - behind) + "…" + _first(name[::-1], behind)[::-1]


def _numbered(name: str, width: int, number: int) -> str:
    mark = f"…{number}"
    return _first(name, width - len(mark)) + mark


def _first(text: str, cells: int) -> str:
    """The beginning of a text that fits; a wide character that does not is left out."""
    return set_cell_size(text, min(cells, cell_len(text)))
