"""What a request says of who sends it, and what of that must never be repeated."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Iterator
from urllib.parse import unquote, urlsplit

from engine.gyms.remote.errors import GymError
from engine.tasks.models import GymConfig
from engine.trajectory.redaction import HIDDEN, is_secret

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, 5.6.2."""

_NO_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
"""Control characters except tab, and halves of characters."""

_LONG_ENOUGH = 4
"""Characters of a secret: what is shorter stands in any text by chance."""


def request_headers(gym: GymConfig) -> dict[str, str]:
    """The context of a task's gym, and how it wants to be authorised. Raises GymError for what no header can be."""
    headers = gym.headers
    if auth := gym.auth_config:
        headers[auth.header_name] = f"Bearer {auth.token}" if auth.type == "bearer" else auth.token
    where = f"{gym.mcp_server_name}:"
    for name, value in headers.items():  # the value is not told: it may be a secret
        if not _HEADER_NAME.fullmatch(name):
            raise GymError(where, f"{name!r}, of its context or auth_config, cannot name a header")
        if _NO_HEADER.search(value):
            raise GymError(where, f"what is to be sent as {name} holds a character that it must not")
    return headers


def secrets_of(gym: GymConfig) -> Iterator[str]:
    """What a task says in confidence: its token, and the values of its context that are none of names and ids."""
    if gym.auth_config:
        yield gym.auth_config.token
    for name, value in gym.headers.items():
        if is_secret(name, value):
            yield value
            yield value.rpartition(" ")[2]  # behind ``Bearer``


def secrets_in(url: str) -> Iterator[str]:
    """User name and password of an address, also as they are sent, and its query."""
    login = _login(url)
    if login:
        yield from (login, unquote(login), unquote(login).partition(":")[2], _encoded(login))
    yield url.partition("?")[2].partition("#")[0]


def hidden(text: str, secrets: Collection[str]) -> str:
    """A text without secrets, also as JSON spells them."""
    for secret in sorted(secrets, key=len, reverse=True):  # the longest first: one may be a part of another
        if len(secret) >= _LONG_ENOUGH:
            text = text.replace(secret, HIDDEN).replace(json.dumps(secret)[1:-1], HIDDEN)
    return text


def without_login(url: str) -> tuple[str, str | None]:
    """An address without user name and password, and those as the value of an ``Authorization`` header."""
    login = _login(url)
    if login is None:
        return url, None
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), f"Basic {_encoded(login)}"


def _login(url: str) -> str | None:
    try:
        login, at, _ = urlsplit(url).netloc.rpartition("@")
    except ValueError:  # told when it is used
        return None
    return login if at else None


def _encoded(login: str) -> str:
    return base64.b64encode(unquote(login).encode()).decode()
