"""Servers in words: the address that may be shown and recorded, and why no connection came about or lasted."""

from __future__ import annotations

import os
import socket
import ssl
from urllib.parse import urlsplit


def shown_address(url: str) -> str:
    """An address without user name, password and query, any of which may be a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that do not close
        parts = urlsplit("")
    if not parts.netloc:
        return url.rpartition("@")[2].partition("?")[0]
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names of this machine, that only its own programs reach."""

LISTEN_SECONDS = 1.0


def silent(url: str) -> str | None:
    """Why nothing listens at an address (``Connection refused``); None when something does, or only a proxy can tell.

    Takes ``LISTEN_SECONDS`` at most for each of the host's addresses; sends nothing.
    """
    from urllib.request import getproxies  # brings all of http; the store, which records addresses, opens without

    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or {"https": 443}.get(parts.scheme, 80)
        if host not in LOOPBACK and getproxies().get(parts.scheme):
            return None
        socket.create_connection((host, port), LISTEN_SECONDS).close()
    except TimeoutError:
        return "no answer"
    except OSError as error:
        return why(error)
    except ValueError:  # urllib's; who checks addresses says more
        return "no such address"
    return None


def why(error: OSError) -> str:
    """What the system says about a failed connection, such as ``Connection refused``."""
    # The numbers of these two are not the system's; to all others Python adds words of its own.
    if not isinstance(error, (ssl.SSLError, socket.gaierror)) and error.errno:
        return os.strerror(error.errno)
    return error.strerror or str(error) or type(error).__name__
