"""A person's settings (a TOML file that they write) and what the app remembers for them (a JSON file of its own)."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_state_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError


class SettingsError(Exception):
    """The settings file cannot be read; the message says where and why."""


class Settings(BaseModel):
    """What ``settings.toml`` may say."""

    model_config = ConfigDict(extra="forbid")

    theme: str | None = None
    """``eog-dark``, ``eog-light``, ``ansi-dark`` or ``ansi-light``."""
    ascii: bool = False
    mouse: bool = True
    bell: bool = True
    """Whether the terminal's bell rings when a run begins to wait for a person."""
    keys: dict[str, str] = Field(default_factory=dict)
    """Action id to keys, separated by commas; docs/keys.md has the ids."""


def settings_path() -> Path:
    """Where the settings file is: ``EOG_SETTINGS``, or else in the user's configuration directory."""
    own = os.environ.get("EOG_SETTINGS")
    return Path(own) if own else user_config_path("eog-tui", appauthor=False) / "settings.toml"


def read_settings() -> Settings:
    """Read the settings file; none means defaults.

    Raises:
        SettingsError: not TOML, an unknown name, a value of the wrong kind, or keys that clash.
    """
    from eog_tui.actions import BY_ID, clashes

    path = settings_path()
    try:
        settings = Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    except ValidationError as error:
        from engine.tasks.refusals import refusals  # here: the app starts without it

        raise SettingsError(f"{path}: {refusals(error, Settings)[0]}") from error
    if unknown := [name for name in settings.keys if name not in BY_ID]:
        raise SettingsError(f"{path}: keys: no action has the id {unknown[0]}")
    if problems := clashes(settings.keys):
        raise SettingsError(f"{path}: keys: {problems[0]}")
    return settings


def _memory_path() -> Path:
    return user_state_path("eog-tui", appauthor=False) / "remembered.json"


def recall(name: str) -> Any:
    """What was remembered under a name; None when nothing was, or it cannot be read any more."""
    try:
        return json.loads(_memory_path().read_text(encoding="utf-8")).get(name)
    except (OSError, ValueError, AttributeError):
        return None


def remember(name: str, value: Any) -> None:
    """Keep a JSON-like value under a name for the next time.

    Raises:
        OSError: the state directory cannot be written.
    """
    path = _memory_path()
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({**known, name: value}), encoding="utf-8")
    fresh.replace(path)
