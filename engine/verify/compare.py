"""How the benchmark reads a value out of rows and compares it with what was expected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


class VerifierError(Exception):
    """A verifier cannot run; the text is the reason."""


def extract(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Any:
    """The value of an answer: a cell, a row or a list of rows.

    One row of one column gives its cell, one row of more columns an object, more rows a list of objects, no row
    an empty list. Blobs become hexadecimal text, as the SQL runner writes them.
    """
    rows = [[cell.hex() if isinstance(cell, bytes) else cell for cell in row] for row in rows]
    if not rows:
        return []
    if len(rows) > 1:
        return [dict(zip(columns, row, strict=True)) for row in rows]
    if len(columns) == 1:
        return rows[0][0]
    return dict(zip(columns, rows[0], strict=True))


def _equals(actual: Any, expected: Any) -> bool:
    return bool(actual == expected)


def _greater_than(actual: Any, expected: Any) -> bool:
    return bool(actual > expected)


def _less_than(actual: Any, expected: Any) -> bool:
    return bool(actual < expected)


def _contains(actual: Any, expected: Any) -> bool:
    return expected in str(actual)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": _equals,
    "greater_than": _greater_than,
    "less_than": _less_than,
    "contains": _contains,
}


def compare(comparison: str, actual: Any, expected: Any) -> bool:
    """Whether ``actual`` satisfies the comparison: 1 equals 1.0 and true, the text "1" does not equal 1.

    Values that cannot be compared, such as a text and a number, do not satisfy it.

    Raises:
        VerifierError: there is no such comparison.
    """
    try:
        holds = _COMPARISONS[comparison]
    except KeyError:
        raise VerifierError(f"comparison_type {comparison!r} is not one of {', '.join(_COMPARISONS)}") from None
    try:
        return holds(actual, expected)
    except TypeError:
        return False
