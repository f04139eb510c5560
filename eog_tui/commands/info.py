"""``eog-tui info``: what a bug report needs to say, and where things are."""

from __future__ import annotations

from eog_tui.commands.options import JsonOption, StoreOption
from eog_tui.commands.output import say, say_json


def info(store: StoreOption = None, json_: JsonOption = False) -> None:
    """Show versions, paths, terminal and clipboard."""
    facts = collect(store)
    if json_:
        say_json(facts)
        return
    for group, entries in facts.items():
        say(group)
        for name, value in entries.items():
            say(f"  {name:<14} {value}")


def collect(location: str | None) -> dict[str, dict[str, str]]:
    """Everything, as group -> name -> value."""
    import platform
    from importlib.metadata import version

    import apsw

    from engine import __version__
    from engine.tasks.source import builtin_domains, builtin_root
    from engine.trajectory.database import default_location, shown_place
    from eog_tui.clipboard import clipboard_tool
    from eog_tui.commands.log import log_path
    from eog_tui.settings import settings_path
    from eog_tui.terminal import describe

    return {
        "versions": {
            "eog-tui": __version__,
            "python": platform.python_version(),
            "system": platform.platform(),
            "sqlite": apsw.sqlite_lib_version(),
            **{name: version(name) for name in ("textual", "mcp", "litellm", "sqlalchemy", "apsw")},
        },
        "paths": {
            "store": shown_place(location or default_location()),
            "settings": str(settings_path()),
            "log": str(log_path()),
            "built-in data": f"{builtin_root()} ({', '.join(builtin_domains())})",
        },
        "terminal": {**describe(), "clipboard": clipboard_tool() or "none found: copying uses OSC 52 only"},
    }
