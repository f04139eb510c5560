"""What options take in place of a form: texts and arguments of a call, typed or in a file, and patterns of tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eog_tui.commands.output import fail


def typed_text(given: str, option: str) -> str:
    """The text itself, or with ``@`` that of a file; ``@@`` is a text that begins with ``@``."""
    if not given.startswith("@") or given.startswith("@@"):
        return given.removeprefix("@")
    from engine.tasks.files import TaskError, typed_path

    try:
        return typed_path(given[1:]).read_text(encoding="utf-8-sig")
    except (TaskError, OSError, UnicodeDecodeError) as error:
        fail(f"{option} {given}: {getattr(error, 'strerror', None) or error}")


def typed_arguments(given: str) -> dict[str, Any]:
    """What ``--arguments`` says: a JSON object, typed or in a file."""
    from pydantic_core import from_json

    try:
        found = from_json(typed_text(given, "--arguments"), allow_inf_nan=False)
    except ValueError as error:
        fail(f"--arguments: this is no JSON: {error}")
    if not isinstance(found, dict):
        fail("--arguments: a call takes a JSON object, names to values")
    return found


def typed_patterns(given: Sequence[str]) -> tuple[str, ...]:
    """What ``--allow`` says: names of tools, with ``*`` for any characters; one option may hold several."""
    if any(not words.replace(",", " ").strip() for words in given):
        fail("--allow: names no tool; give a name or a pattern such as find_*")
    return allowed(" ".join(given), "--allow: ")


def allowed(words: str, option: str = "") -> tuple[str, ...]:
    """The patterns in a text; one that can be no tool's name ends the command."""
    from eog_tui.live.rules import patterns

    try:
        return patterns(words)
    except ValueError as error:
        fail(f"{option}{error}")
