"""Who sits at this machine, as records name them."""

from __future__ import annotations

import getpass
import os


def me() -> str:
    """The name of the user; ``uid 12345`` for one whom the system has no name for, as in many a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # which of them depends on Python and the system
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "somebody"
