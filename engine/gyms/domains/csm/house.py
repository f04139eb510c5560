"""CSM's house style: who acts, how lists and misses read, and how a refusal reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from engine.gyms.toolkit import INCLUSIVE, Gym, Reference, Refusal, Row, Table, Unique

Fields = Mapping[str, object]

_HEADER = "HEADER"
"""Code of the refusals that are about the caller, not about the tool."""


class Csm(Gym):
    """One call's view of the CSM gym."""

    actor_header = "x-user-email"
    bounds = INCLUSIVE
    order = "{key}"

    def enter(self) -> None:
        """Refuse a caller who is no user. Neither role nor `active` is looked at, and nothing records who acted."""
        if not self.credential:
            raise Refusal(_HEADER, "x-user-email header is required for user identification")
        self.lookup("user", email=self.credential, otherwise=Refusal(_HEADER, "User not found for given email"))

    # Reading

    def one(self, table: str, columns: Iterable[str], **where: object) -> Row | dict[str, object]:
        """Answer a finder: these columns of the first row with these values, or {}."""
        row = self.find(table, **where)
        return row.only(columns) if row else {}

    def listing(
        self, table: str, filters: Fields, columns: Iterable[str] = (), *, contains: tuple[str, ...] = ()
    ) -> list[Row]:
        """Answer a list: these columns (all, if none are named) of the rows that pass all filters, by id."""
        rows = self.select(table, filters, contains=contains)
        return [row.only(columns) for row in rows] if columns else rows

    def groups(
        self, table: str, column: str, filters: Fields, amount: str = "count", measure: str = "count(*)"
    ) -> list[dict[str, Any]]:
        """Answer a measure per value of a column that occurs among the rows that pass all filters."""
        return [
            {column: value, amount: found} for value, found in self.per(table, column, filters, measure=measure).items()
        ]

    # Writing

    def update(self, row: Row, changes: Fields, *, always: Sequence[str] = (), touch: bool = True) -> Row:
        """Write changes into a row, also those that it holds already; refuse when there are none."""
        return super().update(row, changes, always=(*always, *changes), touch=touch)

    def delete_matching(self, table: str, filters: Fields, **how: Any) -> list[Row]:
        """Delete the rows that pass all filters and return them; refuse when no filter is given."""
        if not any(value not in (None, "") for value in filters.values()):
            raise Refusal("NO_FILTER", "At least one filter is required")
        rows = self.select(table, filters, **how)
        for row in rows:
            self.delete(row)
        return rows

    def stored(self, value: object) -> Any:
        """Return a value as tables hold it: times to the second."""
        return value.isoformat(sep=" ", timespec="seconds") if isinstance(value, datetime) else super().stored(value)

    # Answers

    def shown(self, row: Row) -> dict[str, Any]:
        """Return a row just as it is stored: booleans are 1 and 0, times have a blank."""
        return dict(row)

    def missing(self, table: Table, where: Fields) -> Refusal:
        """Word the refusal for a row that is not there."""
        return Refusal(table.missing, f"{table.noun} not found")

    def unknown(self, reference: Reference, value: object) -> Refusal:
        """Word the refusal for a reference to a row that does not exist."""
        return Refusal(reference.code, f"Invalid {reference.column}")

    def taken(self, unique: Unique, twin: Row) -> Refusal:
        """Word the refusal for values that another row already holds."""
        return Refusal(unique.code, f"{twin.table.noun} with this {' and '.join(unique.columns)} already exists")

    def unchanged(self, row: Row, changes: Fields) -> Refusal:
        """Word the refusal for an update that names nothing to update."""
        return Refusal(row.table.unchanged, "No fields to update")

    def refused(self, refusal: Refusal) -> str:
        """Return the server's plain line."""
        return f"Error: {refusal.message}" if refusal.code == _HEADER else self._failed(refusal.message)

    def malformed(self, error: ValidationError) -> str:
        """Return FastAPI's list as Python prints it."""
        return self._failed(str(self.faults(error)))

    def _failed(self, detail: str) -> str:
        return f"API Error [{self.tool}]: {detail}"
