"""Keys and passwords never reach the store."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "•••"

_SECRET_NAME = re.compile(r"key$|token|secret|passw|passphrase|credential|authorization|bearer|cookie", re.IGNORECASE)
_SECRET_TEXT = re.compile(r"(?<=://)[^/@\s]+(?=@)|(?<=Bearer )\S+|\bsk-[\w-]{16,}")


def redacted(settings: Any) -> Any:
    """A copy of JSON-like settings without secrets.

    Whatever stands under a name such as ``api_key`` or ``Authorization`` is hidden, except numbers and truth values
    (``max_tokens``), and so are user and password of URLs and bearer tokens inside other texts.
    """
    match settings:
        case Mapping():
            return {
                name: HIDDEN if _is_secret(str(name), value) else redacted(value) for name, value in settings.items()
            }
        case list() | tuple():
            return [redacted(value) for value in settings]
        case str():
            return _SECRET_TEXT.sub(HIDDEN, settings)
    return settings


def _is_secret(name: str, value: Any) -> bool:
    return bool(value) and not isinstance(value, int | float) and bool(_SECRET_NAME.search(name))
