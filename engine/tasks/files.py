"""Paths as somebody typed them, and JSON as a stranger wrote it: a refusal names the file, the field and the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from engine.tasks.refusals import refusals

MAX_BYTES = 64 * 1024 * 1024
"""A task file beyond this size is refused."""

MAX_DEPTH = 100
"""How deep lists and objects may lie in each other; pydantic cannot write out much more than twice this."""

Model = TypeVar("Model", bound=BaseModel)


class TaskError(Exception):
    """A task, a call list or a seed cannot be used; the text names file, field and reason."""


def typed_path(typed: str) -> Path:
    """The path that somebody typed, ``~`` understood; there need not be anything.

    Raises:
        TaskError: nothing can be there: a name is too long, a folder on the way is closed, or ``~`` names a stranger.
    """
    try:
        path = Path(typed).expanduser()
        path.is_dir()
    except (OSError, RuntimeError) as error:
        raise TaskError(f"{typed[:200]}: {getattr(error, 'strerror', None) or error}") from error
    return path


def read_json(path: Path) -> object:
    """Parse a JSON file.

    Raises:
        TaskError: it is missing, unreadable, too large, not UTF-8, not JSON, nested too deeply or says something twice.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TaskError(f"{path}: larger than {MAX_BYTES // 2**20} MiB, refused")
        data = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_each_once)
        if too_deep(data):
            raise TaskError(f"{path}: nested more than {MAX_DEPTH} levels deep")
        json.dumps(data, ensure_ascii=False).encode()  # JSON can spell half characters; no database can hold them
        return data
    except OSError as error:
        raise TaskError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise TaskError(f"{path}: not UTF-8 text (byte {error.start})") from error
    except UnicodeEncodeError as error:
        raise TaskError(f"{path}: holds half a character ({error.object[error.start]!a})") from error
    except json.JSONDecodeError as error:
        raise TaskError(f"{path}: not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from error
    except ValueError as error:
        # A number of thousands of digits, or one name twice.
        raise TaskError(f"{path}: not JSON that can be used: {error}") from error
    except RecursionError as error:
        raise TaskError(f"{path}: nested more than {MAX_DEPTH} levels deep") from error


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object, unless a name stands in it twice: whichever value were taken, somebody would mean the other."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise ValueError(f"an object has {twice[:100]!r} twice")
    return found


def too_deep(value: object) -> bool:
    """Whether lists and objects lie in each other more than ``MAX_DEPTH`` levels deep."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            part
            for whole in level
            if isinstance(whole, dict | list)
            for part in (whole.values() if isinstance(whole, dict) else whole)
        ]
        if not level:
            return False
    return True


def same_json(one: object, other: object) -> bool:
    """Whether two values are the same in JSON, in which ``true``, 1 and 1.0 are three; the order of names is none."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def validate(model: type[Model], data: object, path: Path) -> Model:
    """Make a model of parsed JSON.

    Raises:
        TaskError: it does not fit; one line a problem, each with the field's path.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise TaskError("\n".join(f"{path}: {problem}" for problem in refusals(error, model))) from error
