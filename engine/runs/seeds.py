"""Seeds, each parsed once: a run gets a copy of the template, not another parse."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from engine.gyms.database import Template
from engine.gyms.registry import domain_for_server
from engine.gyms.toolkit import Domain
from engine.tasks.files import TaskError
from engine.tasks.models import GymConfig
from engine.tasks.source import seed_path


@dataclass(frozen=True)
class Seed:
    """A gym's domain, the text of its seed, and the database that it makes."""

    domain: Domain
    text: str
    template: Template


class Seeds:
    """Every seed that was asked for so far, by content."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Seed] = {}

    def of(self, gym: GymConfig, root: Path) -> Seed:
        """The seed of a task's gym.

        Raises:
            TaskError: the gym or its file is unknown, or the file is not text.
            SeedError: its SQL does not fit the domain's tables.
        """
        domain = domain_for_server(gym.mcp_server_name)
        if domain is None:
            raise TaskError(f"no built-in gym is named {gym.mcp_server_name!r}")
        text = seed_text(gym, root)
        key = (domain.name, hashlib.sha256(text.encode()).hexdigest())
        if key not in self._known:
            template = Template.parse(domain.schema_sql, text, source=gym.seed_database_file)
            self._known[key] = Seed(domain, text, template)
        return self._known[key]


def seed_text(gym: GymConfig, root: Path) -> str:
    """The SQL of a gym's seed. Raises TaskError."""
    path = seed_path(gym, root)
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TaskError(f"{path}: cannot be read as UTF-8 text: {error}") from error
