"""A sequence whose entries are made one by one as they are looked at: of 500 completions only a few ever are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

Item = TypeVar("Item")
Made = TypeVar("Made")


class OnDemand(Sequence[Made]):
    """What ``make`` makes of each of ``items``, as often as it is looked at."""

    def __init__(self, items: Sequence[Item], make: Callable[[Item], Made]) -> None:
        self._count = len(items)
        self._made: Callable[[int], Made] = lambda place: make(items[place])

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Made: ...
    @overload
    def __getitem__(self, place: slice) -> list[Made]: ...
    def __getitem__(self, place: int | slice) -> Made | list[Made]:
        if isinstance(place, slice):
            return [self._made(each) for each in range(*place.indices(self._count))]
        return self._made(place)
