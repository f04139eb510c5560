"""Where tasks come from: a folder of JSON files, one file, or what is built in.

A seed is looked for below one root and nowhere else: a task file is a stranger's and must not name other files
of this machine.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from engine.tasks.calls import is_call_list
from engine.tasks.files import TaskError, read_json, validate
from engine.tasks.models import GymConfig, Task

BUILTIN = "builtin:"


@dataclass
class TaskSet:
    """The tasks of a source, those that were refused, and where their seeds are."""

    tasks: list[Task]
    seed_root: Path
    refused: list[TaskError] = field(default_factory=list)

    def require(self) -> list[Task]:
        """The tasks, if every file of the source is one.

        Raises:
            TaskError: some file was refused.
        """
        if self.refused:
            raise TaskError("\n".join(str(error) for error in self.refused))
        return self.tasks


def builtin_root() -> Path:
    """The folder of built-in seeds and tasks: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "gym_dbs"
    return installed if installed.is_dir() else package.parent / "gym_dbs"


def builtin_domains() -> list[str]:
    """Domains that have built-in tasks."""
    return sorted(folder.parent.name for folder in builtin_root().glob("*/tasks") if folder.is_dir())


def builtin_names(domain: str) -> list[str]:
    """What the built-in tasks of a domain are called, as ``builtin:DOMAIN/NAME``; none of a domain without any."""
    folder = builtin_root() / domain / "tasks"
    return [f"{BUILTIN}{domain}/{path.stem}" for path in _paths(folder)] if domain in builtin_domains() else []


def source_name(path: str) -> str:
    """How a task file is named in a launch: a built-in one as ``builtin:DOMAIN/NAME``, another by its path."""
    try:
        domain, _, file = Path(path).resolve().relative_to(builtin_root()).parts
    except (ValueError, OSError, RuntimeError):  # elsewhere, or nothing that a path can be
        return path
    return f"{BUILTIN}{domain}/{file.removesuffix('.json')}"


def read_tasks(source: str, seed_root: Path | None = None) -> TaskSet:
    """Read the tasks of a source.

    Args:
        source: a folder, a file, ``builtin:DOMAIN`` or ``builtin:DOMAIN/NAME``.
        seed_root: the folder that ``seed_database_file`` is relative to; by default the built-in one for
            built-in tasks and the current folder for others.

    Raises:
        TaskError: there is no such source, or nothing that could be a task in it.
    """
    try:
        if source.startswith(BUILTIN):
            paths, root = _builtin_paths(source.removeprefix(BUILTIN)), builtin_root()
        else:
            paths, root = _paths(Path(source).expanduser()), Path.cwd()
        found = TaskSet([], (seed_root or root).expanduser().resolve())
    except (OSError, RuntimeError, ValueError) as error:  # too long, unreadable, the home of an unknown user
        raise TaskError(f"{source[:200]}: cannot be looked up: {error}") from error
    if not paths:
        raise TaskError(f"{source}: no task found there: expected JSON files with user_prompt and gym_servers_config")
    for path in paths:
        try:
            found.tasks.append(read_task(path))
        except TaskError as error:
            found.refused.append(error)
    return found


def read_task(path: Path) -> Task:
    """Read one task file; its name is the file's, on one line and as text that any store and list can hold.

    Raises:
        TaskError: it cannot be read or is no task.
    """
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise TaskError(f"{path}: is no file")
    task = validate(Task, read_json(path), path)
    task.name, task.source = " ".join(os.fsencode(path.stem).decode(errors="replace").split()), str(path)
    return task


def seed_path(gym: GymConfig, root: Path) -> Path:
    """The seed file of a gym, which must lie below ``root``.

    Raises:
        TaskError: none is named, it is elsewhere, or it does not exist.
    """
    name = gym.seed_database_file
    if not name:
        raise TaskError(f"{gym.mcp_server_name}: seed_database_file is empty, so there is no database to start from")
    try:
        path = (root / name).resolve()
        exists = path.is_file()
    except (OSError, ValueError) as error:
        raise TaskError(f"{gym.mcp_server_name}: seed_database_file is no file name: {error}") from error
    if not path.is_relative_to(root.resolve()):
        raise TaskError(f"{gym.mcp_server_name}: seed_database_file {name} leads out of the seed root {root}")
    if not exists:
        raise TaskError(
            f"{gym.mcp_server_name}: seed {name} does not exist below {root}; --seed-root names another folder"
        )
    return path


def _paths(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.glob("*.json") if not is_call_list(file))
    if path.is_file():
        return [path]
    raise TaskError(f"{path}: no such file or folder (built-in tasks are named {BUILTIN}DOMAIN)")


def _builtin_paths(name: str) -> list[Path]:
    domain, _, task = name.partition("/")
    if domain not in builtin_domains():
        raise TaskError(f"{BUILTIN}{domain}: no such built-in domain; there are: {', '.join(builtin_domains())}")
    paths = _paths(builtin_root() / domain / "tasks")
    if not task:
        return paths
    chosen = [path for path in paths if path.stem == task]
    if not chosen:
        names = ", ".join(path.stem for path in paths)
        raise TaskError(f"{BUILTIN}{domain}/{task}: no such built-in task; there are: {names}")
    return chosen
