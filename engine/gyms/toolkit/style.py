"""The decisions that make a domain's house style: who may enter, how values are written, and how a refusal reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import apsw
from pydantic import ValidationError

from engine.gyms.toolkit.filters import HALF_OPEN
from engine.gyms.toolkit.refusals import Refusal
from engine.gyms.toolkit.tables import Reference, Row, Rule, Table, Unique


class HouseStyle:
    """What a domain words in its own way. The two last methods have no default: every server has its own envelope."""

    tables: Mapping[str, Table]

    bounds = HALF_OPEN
    """How filters by time treat the bound itself."""

    order = "{created} DESC, {key} DESC"
    """The order of lists; placeholders stand for the time of creation (the key, where there is none) and the key."""

    def enter(self) -> None:
        """Refuse a caller before the tool runs."""

    def stored(self, value: object) -> Any:
        """Return a value as tables hold it: times as text with a blank and microseconds, booleans as 1 and 0."""
        if isinstance(value, datetime):
            return value.isoformat(sep=" ", timespec="microseconds")
        return int(value) if isinstance(value, bool) else value

    def shown(self, row: Row) -> dict[str, Any]:
        """Return a row as answers show it."""
        return row.table.present(row)

    def missing(self, table: Table, where: Mapping[str, object]) -> Refusal:
        """Word the refusal for a row that was asked for by these values and is not there."""
        field, value = next(iter(where.items()))
        identifier = " ".join(map(str, where.values()))
        return Refusal(table.missing, f"{table.noun} not found with identifier '{identifier}'", field, value)

    def unknown(self, reference: Reference, value: object) -> Refusal:
        """Word the refusal for a reference to a row that does not exist."""
        noun = self.tables[reference.table].noun
        return Refusal(reference.code, f"{noun} '{value}' not found", reference.column, value)

    def taken(self, unique: Unique, twin: Row) -> Refusal:
        """Word the refusal for values that another row already holds."""
        held = " and ".join(f"{column} '{twin[column]}'" for column in unique.columns)
        field = unique.columns[0]
        return Refusal(unique.code, f"{twin.table.noun} with {held} already exists", field, twin[field])

    def against(self, rule: Rule, new: Mapping[str, Any]) -> Refusal:
        """Word the refusal for a row that breaks a rule of its table."""
        return Refusal(rule.code, rule.message.format_map(new), rule.columns[0], new[rule.columns[0]])

    def gathered(self, refusals: list[Refusal]) -> Refusal:
        """Make one refusal of all that is wrong with a row."""
        message = "; ".join(refusal.message for refusal in refusals)
        return Refusal("VALIDATION_ERROR", message, causes=tuple(refusals))

    def unchanged(self, row: Row, changes: Mapping[str, object]) -> Refusal:
        """Word the refusal for an update whose fields all hold their value already."""
        held = ", ".join(f"{field} (already {row[field]})" for field in changes) or "no fields given"
        return Refusal(row.table.unchanged, f"No changes detected for {row.table.noun} '{row.id}': {held}")

    def nothing_given(self, names: tuple[str, ...]) -> Refusal:
        """Word the refusal for a call that gives none of the arguments of which it needs one."""
        return Refusal("VALIDATION_ERROR", f"At least one of {', '.join(names)} is required")

    def broken(self, error: apsw.ConstraintError | OverflowError) -> Refusal:
        """Word the refusal for a row or a value that the database itself does not take."""
        return Refusal("CONSTRAINT_VIOLATION", str(error))

    def faults(self, error: ValidationError) -> list[dict[str, Any]]:
        """List what is wrong with the arguments as FastAPI does, on which the live servers stand."""
        return [
            {
                **fault,
                "type": "enum" if fault["type"] == "literal_error" else fault["type"],
                "loc": ["body", *fault["loc"]],
            }
            for fault in error.errors(include_url=False)
        ]

    def refused(self, refusal: Refusal) -> str:
        """Return a refusal as the answer's text."""
        raise NotImplementedError

    def malformed(self, error: ValidationError) -> str:
        """Return what is wrong with the arguments as the answer's text."""
        raise NotImplementedError
