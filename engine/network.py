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
        return url.rpartition("@")[2].partition("?")[0]
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def why(error: OSError) -> str:
    """What the system says about a failed connection, such as ``Connection refused``."""
    # The numbers of these two are not the system's; to all others Python adds words of its own.
    if not isinstance(error, (ssl.SSLError, socket.gaierror)) and error.errno:
        return os.strerror(error.errno)
    return error.strerror or str(error) or type(error).__name__
