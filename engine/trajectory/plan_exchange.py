"""Plans between the library and files: what teams keep in Git."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.tasks.files import TaskError
from engine.tasks.plan_files import PlanFile, read_plan
from engine.trajectory.store import Store


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file became."""

    plan_id: int
    version: int
    news: Literal["plan", "version", "nothing"]
    """Whether it began a plan, added a version to one, or said what the library has already."""


def export_plan(store: Store, plan_id: int, number: int | None = None) -> PlanFile:
    """A version of a plan (the latest without a number) as a file; ``PlanFile.dump`` writes it.

    Raises:
        StoreError: there is no such plan or version.
    """
    plan, version = store.plans.get(plan_id), store.plans.version(plan_id, number)
    return PlanFile(
        task=plan.task,
        domain=plan.domain,
        title=plan.title,
        author=version.author,
        id=plan_id,
        version=version.number,
        at=version.at,
        text=version.text,
    )


def write_plans(files: Iterable[PlanFile], folder: Path) -> list[tuple[PlanFile, Path, bool]]:
    """Write each plan into a folder; returns where each went, and whether that changed the file.

    A file is named after task and title, which say in any library which plan it is. Two that share a name get their
    numbers into it.

    Raises:
        TaskError: the folder or a file cannot be written.
    """
    written: list[tuple[PlanFile, Path, bool]] = []
    taken: set[Path] = set()
    for file in files:
        path = folder / file.file_name
        if path in taken:
            path = path.with_stem(f"{path.stem}--{file.id}")
        taken.add(path)
        content = file.dump().encode()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            changed = not path.is_file() or path.read_bytes() != content
            if changed:
                _replace(path, content)
        except OSError as error:
            raise TaskError(f"{path}: {error.strerror or error}") from error
        written.append((file, path, changed))
    return written


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or, where there is no room for it, leave it as it was."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def import_plan(store: Store, path: Path, author: str) -> Imported:
    """Take a file into the library.

    A plan for the same task with the same title gets a new version, if the text differs from its latest; else a new
    plan begins. Numbers in the file say where it is from and decide nothing: another library gave them.

    Args:
        store: has the library.
        path: the Markdown file.
        author: who wrote it, where the file does not say.

    Raises:
        TaskError: the file is bad, or does not say what it is a plan for.
        StoreError: the store takes nothing.
    """
    file = read_plan(path)
    match file:
        case PlanFile(task=str() as task, domain=str() as domain, title=str() as title):
            pass
        case _:
            missing = next(name for name in ("task", "domain", "title") if getattr(file, name) is None)
            raise TaskError(f"{path}: {missing}: missing from the front matter")
    library, author = store.plans, file.author or author
    for plan in library.list(task=task, domain=domain):
        if plan.title == title:
            version = library.save(plan.id, author, file.text, "imported")
            return Imported(plan.id, version, "version" if version > plan.versions else "nothing")
    return Imported(library.create(task, domain, title, author, file.text, "imported"), 1, "plan")
