"""Texts and arguments of a call as options take them: what was typed itself, or the file that it names."""

from __future__ import annotations

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
