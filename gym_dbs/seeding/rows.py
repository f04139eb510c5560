"""Rows of a seed under construction: named before they have ids, numbered in order, written as SQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

ID_FORMATS = {
    "organization": "ORG_{:03d}",
    "role": "ROLE_{:03d}",
    "permission": "PERM_{:03d}",
    "role_permission": "",
    "location": "LOC_{:03d}",
    "users": "USER_{:03d}",
    "user_role": "",
    "user_group": "GROUP_{:03d}",
    "user_group_member": "MEMBER_{:03d}",
    "service": "SVC_{:03d}",
    "service_offering": "SVCOFF_{:03d}",
    "configuration_item": "CI_{:03d}",
    "sla_definition": "SLA_{:03d}",
    "incident_template": "TMPL_{:03d}",
    "knowledge": "KB_{:03d}",
    "problem": "PRB_{:03d}",
    "change": "CHG_{:03d}",
    "incident": "INC_{:03d}",
    "child_incident": "CINC_{:03d}",
    "change_request_mapping": "CRM_{:03d}",
    "incident_affected_cis": "TASKCI_{:03d}",
    "incident_knowledge": "IKB_{:03d}",
    "incident_sla": "TSLA_{:03d}",
    "notification": "NOTIF_{:03d}",
}
"""Every table in the order in which it is written, with the form of its ids ("" = the key is made of others)."""

ID_COLUMNS = {
    "organization": "org_id",
    "permission": "perm_id",
    "users": "user_id",
    "user_group": "group_id",
    "user_group_member": "member_id",
    "sla_definition": "sla_def_id",
    "child_incident": "child_incident_mapping_id",
    "incident_knowledge": "incident_kb_id",
}
"""Where the id's column is not simply the table's name with "_id"."""

NUMBER_FORMATS = {
    "incident": ("number", "INC-{:06d}"),
    "change": ("number", "CHG{:07d}"),
    "problem": ("number", "PRB{:07d}"),
    "knowledge": ("kb_number", "KB{:07d}"),
}
"""The numbers that people say on the phone. They run through the whole seed, so each names one row."""


class Ref(NamedTuple):
    """A row that may not have its id yet."""

    table: str
    key: str


Row = dict[str, Any]


class Rows:
    """The rows of all tables; values may be :class:`Ref`, which become ids when the SQL is written."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, Row]] = {table: {} for table in ID_FORMATS}
        self._numbered: set[str] = set()

    def add(self, table: str, key: str, **columns: Any) -> Ref:
        """Add a row; ``key`` names it within its table and must be new there."""
        rows = self._tables[table]
        if key in rows:
            raise ValueError(f"{table}: two rows are called {key!r}")
        rows[key] = columns
        return Ref(table, key)

    def row(self, ref: Ref) -> Row:
        """The row that ``ref`` names; a KeyError says which name in a company's file is wrong."""
        return self._tables[ref.table][ref.key]

    def refs(self, table: str) -> list[Ref]:
        """All rows of a table, in order."""
        return [Ref(table, key) for key in self._tables[table]]

    def number(self, table: str, order: Callable[[Row], Any] | None = None) -> None:
        """Give the rows of ``table`` their ids and numbers, sorted by ``order`` if given."""
        rows = self._tables[table]
        if order:
            rows = dict(sorted(rows.items(), key=lambda item: order(item[1])))
        for count, key in enumerate(rows, start=1):
            ids = {}
            if ID_FORMATS[table]:
                ids[ID_COLUMNS.get(table, f"{table}_id")] = ID_FORMATS[table].format(count)
            if table in NUMBER_FORMATS:
                column, form = NUMBER_FORMATS[table]
                ids[column] = form.format(count)
            rows[key] = ids | rows[key]
        self._tables[table] = rows
        self._numbered.add(table)

    def number_rest(self) -> None:
        """Number every table that has not been numbered yet, in the order of adding."""
        for table in self._tables.keys() - self._numbered:
            self.number(table)

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))

    def sql(self, title: str) -> str:
        """INSERT statements for every table: one statement a table, one line a row."""
        parts = [f"-- {title}: {len(self)} rows, made by make_seeds.py; do not edit by hand.\n"]
        for table, rows in self._tables.items():
            columns = list(next(iter(rows.values())))
            lines = [f"({', '.join(self._literal(row[column]) for column in columns)})" for row in rows.values()]
            parts.append(
                f"-- {table} ({len(rows)})\n"
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES\n" + ",\n".join(lines) + ";\n"
            )
        return "\n".join(parts)

    def _literal(self, value: Any) -> str:
        if isinstance(value, Ref):
            return self._literal(next(iter(self.row(value).values())))
        if value is None or value == "":
            return "NULL"
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, int | float):
            return str(value)
        return "'" + str(value).replace("'", "''") + "'"


def text(moment: datetime) -> str:
    """A time as the benchmark's seeds write it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")
