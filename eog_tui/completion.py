"""What a field proposes while someone types: paths that exist, and words such as ``status:failed``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from engine.tasks.files import TaskError, typed_path

MOST = 200
"""Entries of a folder that are looked at; a field shows far fewer."""


def paths(typed: str, *, suffix: str = "", first: Sequence[str] = ()) -> list[str]:
    """Ways to go on with a path that is being typed: folders end with ``/``.

    Args:
        typed: what stands in the field; ``~`` is understood and kept.
        suffix: files are only proposed when they end so.
        first: words that are proposed before paths, such as ``builtin:itsm``.
    """
    found = [word for word in first if word.startswith(typed) and word != typed]
    folder, slash, begun = typed.rpartition("/")
    entries = []
    try:
        with os.scandir(typed_path(folder + slash or ".")) as scan:
            for entry in scan:
                if not entry.name.startswith(begun) or (entry.name.startswith(".") and not begun):
                    continue
                is_folder = entry.is_dir()
                if is_folder or entry.name.endswith(suffix):
                    entries.append((not is_folder, entry.name + "/" * is_folder))
                if len(entries) == MOST:
                    break
    except (OSError, TaskError):
        return found
    return found + [folder + slash + name for _, name in sorted(entries) if folder + slash + name != typed]


def filters(typed: str, values: Mapping[str, Sequence[str]]) -> list[str]:
    """Ways to go on with the last word of a filter: first its key, then one of the key's values.

    Args:
        typed: everything in the field.
        values: keys, each with the values that are known for it, in lower case and without blanks; or none.
    """
    before, _, word = typed.rpartition(" ")
    before = f"{before} " if before else ""
    key, colon, begun = word.partition(":")
    if not colon:
        return [f"{before}{name}:" for name in values if word and name.startswith(word.lower())]
    known = (value for value in values.get(key, ()) if value.startswith(begun.lower()) and value != begun)
    return [f"{before}{key}:{value}" for value in known]
