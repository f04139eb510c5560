"""Seeds, each parsed once: a run gets a copy of the template, not another parse."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from engine.gyms.database import Template
from engine.gyms.registry import domain, domain_for_server
from engine.gyms.toolkit import Domain
from engine.tasks.files import TaskError
from engine.tasks.models import GymConfig
from engine.tasks.source import seed_path

SEEDS_KEPT = 32
"""How many parsed seeds are kept: those that were asked for last."""


@dataclass(frozen=True)
class Seed:
    """A gym's domain, the text of its seed, and the database that it makes."""

    domain: Domain
    text: str
    template: Template


class Seeds:
    """The seeds that were asked for last, by content. Any thread may ask."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], Seed] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, gym: GymConfig, root: Path) -> Seed:
        """The seed of a task's gym.

        Raises:
            TaskError: the gym or its file is unknown, or the file is not text.
            SeedError: its SQL does not fit the domain's tables.
        """
        found = domain_for_server(gym.mcp_server_name)
        if found is None:
            raise TaskError(f"no built-in gym is named {gym.mcp_server_name!r}")
        return self._parsed(found, seed_text(gym, root), gym.seed_database_file)

    def stored(self, domain_name: str, text: str, source: str) -> Seed:
        """The seed that a run once started from, by its text; ``source`` is its name in errors.

        Raises:
            LookupError: no domain of this name is built in.
            SeedError: its SQL does not fit the domain's tables.
        """
        return self._parsed(domain(domain_name), text, source)

    def _parsed(self, domain: Domain, text: str, source: str) -> Seed:
        key = (domain.name, hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest())
        with self._lock:
            seed = self._known.get(key)
        if seed is None:  # two threads may both parse it, which costs less than one waiting for any other's
            seed = Seed(domain, text, Template.parse(domain.schema_sql, text, source=source))
        with self._lock:
            self._known[key] = seed
            self._known.move_to_end(key)
            if len(self._known) > SEEDS_KEPT:
                self._known.popitem(last=False)
        return seed


def seed_text(gym: GymConfig, root: Path) -> str:
    """The SQL of a gym's seed. Raises TaskError."""
    path = seed_path(gym, root)
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TaskError(f"{path}: cannot be read as UTF-8 text: {error}") from error
