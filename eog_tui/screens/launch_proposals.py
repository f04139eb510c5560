"""Ways to go on with what is typed in the fields of Launch and Fork: sources, configs, call lists, folders."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from engine.tasks.source import BUILTIN, builtin_domains, builtin_names
from eog_tui.completion import paths

CONFIG_FOLDERS = ("conf", "conf.example")
"""Where LLM configs are looked for, below the current folder."""
_MOST_CONFIGS = 100


def propose_sources(typed: str) -> list[str]:
    """Ways to go on with the name of a source of tasks."""
    domain, slash, _ = typed.removeprefix(BUILTIN).partition("/")
    if slash and typed.startswith(BUILTIN):
        return [name for name in builtin_names(domain) if name.startswith(typed) and name != typed]
    return paths(typed, suffix=".json", first=[f"{BUILTIN}{each}" for each in builtin_domains()])


def propose_configs(typed: str) -> list[str]:
    """Ways to go on with the path of an LLM config: first those that lie where configs are expected."""
    known = [
        str(path) for folder in CONFIG_FOLDERS for path in islice(sorted(Path(folder).rglob("*.json")), _MOST_CONFIGS)
    ]
    return list(dict.fromkeys([*(word for word in known if word.startswith(typed) and word != typed),
                               *paths(typed, suffix=".json")]))  # fmt: skip


def propose_scripts(typed: str) -> list[str]:
    """Ways to go on with the path of a call list."""
    return paths(typed, suffix=".json")


def propose_folders(typed: str) -> list[str]:
    """Ways to go on with the path of a folder."""
    return [path for path in paths(typed) if path.endswith("/")]
