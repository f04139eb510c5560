"""Keys and passwords never reach the store."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.network import shown_address
from engine.tasks.models import GymConfig, Task

HIDDEN = "•••"

_SECRET_NAME = re.compile(r"key$|token|secret|passw|passphrase|credential|authorization|bearer|cookie", re.IGNORECASE)
_SECRET_TEXT = re.compile(r"(?<=://)[^/@\s]+(?=@)|(?<=Bearer )\S+|\bsk-[\w-]{16,}")
_CREDENTIALS = ("authorization", "proxy-authorization", "cookie", "x-api-key")
"""Headers that never say who acts."""


def redacted(settings: Any) -> Any:
    """A copy of JSON-like settings without secrets.

    Whatever stands under a name such as ``api_key`` or ``Authorization`` is hidden, except numbers and truth values
    (``max_tokens``), and so are user and password of URLs and bearer tokens inside other texts.
    """
    match settings:
        case Mapping():
            return {
                name: HIDDEN if is_secret(str(name), value) else redacted(value) for name, value in settings.items()
            }
        case list() | tuple():
            return [redacted(value) for value in settings]
        case str():
            return _SECRET_TEXT.sub(HIDDEN, settings)
    return settings


def without_secrets(task: Task) -> Task:
    """The task as it may be recorded: no token, and addresses without user, password and query.

    Of ``context`` only the headers that HTTP itself has for credentials are hidden: the others say in whose name the
    agent acts, which forks and rebuilt states need.
    """
    return task.model_copy(update={"gym_servers_config": [_without_secrets(gym) for gym in task.gym_servers_config]})


def _without_secrets(gym: GymConfig) -> GymConfig:
    hidden: dict[str, Any] = {"mcp_server_url": shown_address(gym.mcp_server_url)}
    if credentials := {name: HIDDEN for name in gym.context if name.lower() in _CREDENTIALS}:
        hidden["context"] = gym.context | credentials
    if gym.auth_config is not None:
        hidden["auth_config"] = gym.auth_config.model_copy(update={"token": HIDDEN})
    return gym.model_copy(update=hidden)


def is_secret(name: str, value: Any) -> bool:
    """Whether what stands under a name, such as ``api_key`` or ``Authorization``, is nobody's business."""
    return bool(value) and not isinstance(value, int | float) and bool(_SECRET_NAME.search(name))
