"""Filters of a tool as an SQL condition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.gyms.toolkit.tables import Table, quoted

STRICT, HALF_OPEN, INCLUSIVE = (">", "<"), (">", "<="), (">=", "<=")
"""How filters such as `created_after` and `created_before` treat the bound itself."""

_BOUNDS = ("_after", "_before", "_range_start", "_range_end")


def condition(
    table: Table,
    filters: Mapping[str, object],
    contains: tuple[str, ...] = (),
    *,
    bounds: tuple[str, str],
) -> tuple[str, list[object]]:
    """Return the condition that rows must meet to pass all filters, and the values for its marks.

    A filter of None, "" or [] is not applied. Columns match exactly, those in `contains` as a substring in any case; a
    list fits any of its values. ``COLUMN_after`` and ``COLUMN_before`` are compared with the column as `bounds` says
    (``created_...`` with the time of creation); ``COLUMN_range_start`` and ``COLUMN_range_end`` include the bound.
    """
    terms, values = ["1"], list[object]()
    operators = dict(zip(_BOUNDS, (*bounds, *INCLUSIVE), strict=True))
    for name, value in filters.items():
        if value is None or value in ("", []):
            continue
        suffix = next((suffix for suffix in _BOUNDS if name.endswith(suffix)), "")
        bare, operator = name.removesuffix(suffix), operators.get(suffix, "=")
        column = quoted(table.created if suffix and bare == "created" else bare)
        if isinstance(value, list):
            terms.append(f"{column} IN ({', '.join('?' * len(value))})")
            values += value
        elif name in contains:
            terms.append(f"instr(lower({column}), lower(?)) > 0")
            values.append(value)
        elif isinstance(value, datetime):  # seeds store whole seconds, some tools microseconds
            terms.append(f"substr({column} || '.000000', 1, 26) {operator} ?")
            values.append(value.isoformat(sep=" ", timespec="microseconds"))
        else:
            terms.append(f"{column} {operator} ?")
            values.append(value)
    return " AND ".join(terms), values
