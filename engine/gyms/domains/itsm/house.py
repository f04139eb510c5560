"""ITSM's house style: who acts, what belongs to which organisation, and how a refusal reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import apsw
from pydantic import ValidationError

from engine.gyms.toolkit import Gym, Refusal, Row

Fields = Mapping[str, object]


class Itsm(Gym):
    """One call's view of the ITSM gym."""

    actor_header = "x-itsm-user-token"

    def enter(self) -> None:
        """Refuse a token that belongs to nobody."""
        if self.credential:
            _ = self.actor

    @cached_property
    def actor(self) -> Row:
        """The user on whose behalf the call is made: the token's owner, without a token the first user."""
        if not self.credential:
            first = self.rows("users", "ORDER BY user_id LIMIT 1")
            if not first:
                raise Refusal("UNAUTHORIZED", "The database has no users")
            return first[0]
        nobody = Refusal("UNAUTHORIZED", "Invalid user token in x-itsm-user-token")
        return self.lookup("users", static_token=self.credential, otherwise=nobody)

    @property
    def org_id(self) -> str:
        """The acting user's organisation."""
        return str(self.actor["org_id"])

    def insert(self, table: str, /, **values: object) -> Row:
        """Add a row; it belongs to the acting user's organisation unless the values say otherwise."""
        if "org_id" in self.tables[table].columns and "org_id" not in values:
            values["org_id"] = self.org_id
        return super().insert(table, **values)

    def listing(self, table: str, filters: Fields, **how: Any) -> dict[str, object]:
        """Answer a list: the rows under the table's plural, and their number."""
        rows = self.select(table, filters, **how)
        return {self.tables[table].plural: rows, "total_count": len(rows)}

    def metrics(
        self, table: str, column: str, listed: Sequence[str] | None, measure: str = "count(*)"
    ) -> dict[str, Any]:
        """Answer a measure per value of a column; the values are shown in upper case."""
        measured = self.per(table, column, listed=listed, measure=measure)
        return {"metrics": {value.upper(): amount for value, amount in measured.items()}}

    def must_give(self, changes: Fields) -> None:
        """Refuse an update that names nothing to update."""
        if not changes:
            raise Refusal("VALIDATION_ERROR", "No fields provided for update")

    # Refusals

    def gathered(self, refusals: list[Refusal]) -> Refusal:
        """Let a single fault keep its code where the fault has one of its own."""
        if len(refusals) == 1:
            return refusals[0]
        return super().gathered(refusals)

    def broken(self, error: apsw.ConstraintError | OverflowError) -> Refusal:
        """Report a value that must not be empty as the server does: as a fault of its own."""
        return Refusal("INTERNAL_ERROR", str(error)) if "NOT NULL" in str(error) else super().broken(error)

    def refused(self, refusal: Refusal) -> str:
        """Return the server's error envelope."""
        detail = {
            "error": True,
            "error_code": refusal.code,
            "message": refusal.message,
            "details": [_fault(cause) for cause in refusal.causes],
            "request_id": None,
            "timestamp": f"{self.now.isoformat(timespec='microseconds')}Z",
        }
        return json.dumps({"detail": detail}, ensure_ascii=False)

    def malformed(self, error: ValidationError) -> str:
        """Return the list that FastAPI answers a malformed body with."""
        return json.dumps({"detail": self.faults(error)}, ensure_ascii=False, default=str)


def _fault(cause: Refusal) -> dict[str, object]:
    context = {} if cause.value is None else {"value": cause.value}
    return {"field": cause.field, "code": cause.code, "message": cause.message, "context": context}
