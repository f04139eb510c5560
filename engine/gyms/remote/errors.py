"""What can go wrong with a gym elsewhere, in words for the person who has to mend it."""

from __future__ import annotations

from collections.abc import Iterator

import aiohttp
from pydantic_core import from_json

from engine.gyms.session import GymError
from engine.network import shown_address, why

__all__ = ["GymError", "from_status", "from_transport", "leaves", "not_json", "not_mcp", "redirect", "short"]

_NETWORK = (aiohttp.ClientError, TimeoutError)

SHOWN = 300
"""Characters of a server's own words that an error repeats."""


def from_transport(where: str, error: BaseException, seconds: float) -> GymError:
    """The error behind a failed request, which the SDK wraps in groups of groups.

    ``seconds`` is how long the request was allowed to take.
    """
    found = [*leaves(error)]
    cause = next((leaf for leaf in found if isinstance(leaf, _NETWORK)), found[0])
    match cause:
        case aiohttp.ClientConnectorError():
            return GymError(where, f"cannot be reached: {why(cause.os_error)}", passing=True, sent=False)
        case aiohttp.ConnectionTimeoutError():
            return GymError(where, "cannot be reached: no connection in time", passing=True, sent=False)
        case TimeoutError():
            return GymError(where, f"did not answer within {seconds:g} s")
        case aiohttp.ClientPayloadError():
            return GymError(where, "dropped the connection in the middle of its answer", passing=True)
        case aiohttp.ClientConnectionError():
            return GymError(where, f"dropped the connection: {cause}", passing=True)
        case _:
            # An address that cannot be one, or text that cannot be encoded, goes nowhere.
            sent = not isinstance(cause, aiohttp.InvalidURL | UnicodeError)
            return GymError(where, f"could not be asked: {type(cause).__name__}: {short(str(cause))}", sent=sent)


def from_status(where: str, status: int, phrase: str, body: str) -> GymError:
    """The error of an HTTP answer that is none of success."""
    page = body.lstrip().startswith("<")  # made for browsers: its markup would bury the status
    words = f": {short(body)}" if body.strip() and not page else ""
    passing = status >= 500 or status in (408, 429)
    return GymError(where, f"answered HTTP {status} {phrase}{words}".rstrip(), passing=passing, status=status)


def not_json(where: str, status: int, body: str, content_type: str = "") -> GymError:
    """The error of an answer that should have been JSON: a page made for browsers, nothing at all, anything."""
    text = body.lstrip()
    if not text:
        return GymError(where, f"answered HTTP {status} without a word", status=status)
    if text.startswith("<") or "html" in content_type:
        return GymError(where, f"answered with a page for browsers (HTTP {status}), as a proxy may do", status=status)
    return GymError(where, f"answered no JSON object: {short(text)}", status=status)


def not_mcp(where: str, status: int, body: str, content_type: str = "") -> GymError:
    """The error of an answer that should have been a message of MCP."""
    try:
        from_json(body)
    except ValueError:
        return not_json(where, status, body, content_type)
    return GymError(where, f"answered what is no MCP message: {short(body)}", status=status)


def redirect(where: str, status: int, target: str) -> GymError:
    """The error of an answer that sends somewhere else, where neither databases nor tokens are taken."""
    from_here = f": give the address {shown_address(target)} itself" if target else ""
    return GymError(where, f"answered HTTP {status}, which leads elsewhere{from_here}", status=status)


def short(text: str) -> str:
    """A server's own words on one line, not too many of them."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def leaves(error: BaseException) -> Iterator[BaseException]:
    """The exceptions in a group and in the groups within, or the one that is none."""
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from leaves(part)
    else:
        yield error
