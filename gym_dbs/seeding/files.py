"""Made files: written where they differ from what they should be, or only compared."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def bring_up_to_date(files: Iterable[tuple[Path, str]], script: str, *, check: bool) -> int:
    """Write each text to its path; with ``check`` only compare, and return 1 if a file is not what it should be.

    ``script`` is what a person has to run then.
    """
    stale = 0
    for path, wanted in files:
        if path.exists() and path.read_text("utf-8") == wanted:
            continue
        if check:
            print(f"{path.name} is out of date: run {script}")
            stale = 1
        else:
            path.write_text(wanted, "utf-8")
            print(f"wrote {path.name}")
    return stale
