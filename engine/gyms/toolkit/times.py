"""The types of arguments that hold a time or a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_TEXT = WithJsonSchema({"type": "string"})


def naive_utc(moment: datetime) -> datetime:
    """Return a time without its offset, moved to UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _moment(text: object) -> object:
    try:
        return naive_utc(datetime.fromisoformat(text.strip())) if isinstance(text, str) else text
    except ValueError:
        raise PydanticCustomError(
            "datetime_parsing",
            "Input should be a time in ISO 8601 format, such as 2025-03-31T08:30:00Z",
            {"error_code": "INVALID_DATE_FORMAT"},
        ) from None


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise PydanticCustomError(
            "date_parsing", "Input should be a date, such as 2025-03-31", {"error_code": "INVALID_DATE_FORMAT"}
        ) from None


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    _TEXT,
    "Time in ISO 8601, such as 2025-03-31T08:30:00Z; without an offset it is UTC.",
]

MomentOrBlank = Annotated[
    datetime | None,
    BeforeValidator(lambda text: None if text == "" else _moment(text)),
    _TEXT,
    "Time in ISO 8601, UTC.",
]
"""A time, or "" for none."""

Day = Annotated[str, AfterValidator(_day), _TEXT, "Day, as 2025-03-31."]
"""A day; the tool gets it as text, as tables hold it."""
