"""The rules of approval: which hold in a run, what people type, and what they keep for later launches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError

from engine.runs.rules import Rules
from engine.trajectory.events import Intervention
from eog_tui.settings import recall, remember

if TYPE_CHECKING:
    from engine.trajectory.store import Store

SAVED = "allow rules"
"""The name under which rules are remembered."""

_PATTERN = re.compile(r"[\w.*-]+")


def patterns(typed: str) -> tuple[str, ...]:
    """The patterns that someone typed, blanks between them: ``find_* list_*``.

    Raises:
        ValueError: one of them can be no tool's name; the text says which.
    """
    words = tuple(dict.fromkeys(typed.replace(",", " ").split()))
    for word in words:
        if not _PATTERN.fullmatch(word):
            raise ValueError(f"{word} is no name of a tool; * stands for any characters, as in find_*")
    return words


def saved_rules() -> list[str]:
    """Patterns that are kept for later launches, in the order in which they were kept."""
    known = recall(SAVED)
    return [rule for rule in known if isinstance(rule, str)] if isinstance(known, list) else []


def save_rule(pattern: str) -> None:
    """Keep a pattern. Raises OSError."""
    remember(SAVED, list(dict.fromkeys([*saved_rules(), pattern])))


def forget_rule(pattern: str) -> None:
    """Keep a pattern no longer. Raises OSError."""
    remember(SAVED, [rule for rule in saved_rules() if rule != pattern])


def with_saved(allow: str) -> str:
    """What stands in a field of patterns, and behind it the saved ones that it lacks."""
    return " ".join(dict.fromkeys([*allow.split(), *saved_rules()]))


class RulesInForce:
    """Which rules hold in runs; those that were ordered count before their run had a chance to record them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recorded: dict[int, int] = {}
        self._ordered: dict[int, tuple[int, Rules]] = {}

    def of(self, run_id: int) -> Rules:
        """The rules of a run; reads all that happened in it, so call it in a thread.

        Raises:
            StoreError: the store cannot be read.
        """
        history = self._store.history(run_id)
        changed = [event for event in history if isinstance(event, Intervention) and event.action == "supervise"]
        self._recorded[run_id] = len(changed)
        recorded, rules = self._ordered.get(run_id, (-1, Rules()))
        if recorded == len(changed):
            return rules
        said = changed[-1].after if changed else self._store.settings(run_id)
        known = {name: said[name] for name in Rules.model_fields if isinstance(said, dict) and name in said}
        try:
            return Rules.model_validate(known)
        except ValidationError:  # a store from a stranger
            return Rules()

    def ordered(self, run_id: int, rules: Rules) -> None:
        """Note that other rules were ordered after ``of`` was asked."""
        self._ordered[run_id] = self._recorded.get(run_id, 0), rules
