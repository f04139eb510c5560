"""The log file: what the program and its libraries warn of while the app has the terminal.

Without a handler of ours, Python would print it on standard error, across the screen or into the void.
"""

from __future__ import annotations

import logging
import logging.handlers
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_state_path

KEPT_BYTES = 1_000_000
"""When the file is longer, it becomes ``eog-tui.log.1`` and a new one begins."""


def log_path() -> Path:
    """Where the log file is: in the user's state directory."""
    return user_state_path("eog-tui", appauthor=False) / "eog-tui.log"


@contextmanager
def logged() -> Iterator[None]:
    """Let warnings and errors go to the log file; nowhere, if it cannot be written."""
    handler = _handler()
    root = logging.getLogger()
    root.addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        root.removeHandler(handler)
        handler.close()


def _handler() -> logging.Handler:
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=KEPT_BYTES, backupCount=1, encoding="utf-8")
    except OSError:
        return logging.NullHandler()
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler
