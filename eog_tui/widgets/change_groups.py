"""What several changes did to each row in the end."""

from __future__ import annotations

from collections.abc import Iterable

from engine.trajectory.changes import Change


def net_changes(changes: Iterable[Change]) -> list[Change]:
    """Fold changes, oldest first, into one a row: its values before the first and after the last.

    A row that came and went again, or has its old values back, is left out.
    """
    rows: dict[tuple[str, str, tuple[object, ...]], Change] = {}
    for change in changes:
        place = (change.gym, change.table, tuple(change.key.values()))
        first = rows.pop(place, None)
        merged = change if first is None else _merged(first, change)
        if merged is not None:
            rows[place] = merged
    return list(rows.values())


def _merged(first: Change, then: Change) -> Change | None:
    before, after = dict(first.before or {}), dict(then.after or {})
    match first.op, then.op:
        case "insert", "delete":
            return None
        case "insert", _:
            return first.model_copy(update={"after": {**(first.after or {}), **after}})
        case "update", "delete":
            return then.model_copy(update={"before": {**(then.before or {}), **before}})
        case "delete", _:
            op = "update"
        case _:
            op = "update"
            before = {**(then.before or {}), **before}
            after = {**(first.after or {}), **after}
    changed = [name for name in after if before.get(name) != after[name]]
    if not changed:
        return None
    return then.model_copy(
        update={
            "op": op,
            "before": {name: before.get(name) for name in changed},
            "after": {name: after[name] for name in changed},
        }
    )
