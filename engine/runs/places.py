"""Where the gyms of a run live: in this process, on a server elsewhere, or in a container of ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, RootModel, model_validator

from engine.gyms.contract import is_http_address
from engine.gyms.registry import ALL_DOMAINS, DOMAINS, domain_name
from engine.network import shown_address
from engine.tasks.files import TaskError, read_json, validate
from engine.tasks.models import GymConfig, Task

GymKind = Literal["embedded", "remote", "docker"]

KINDS: tuple[GymKind, ...] = get_args(GymKind)

DOMAINS_FILE = Path("conf/domains.json")
"""Read from the current folder, if it is there."""


class DomainPlace(BaseModel):
    """What ``conf/domains.json`` says about one domain."""

    model_config = ConfigDict(extra="forbid")

    gyms: GymKind = "embedded"
    url: str | None = None
    """Address of the server for ``remote``; by default the one that the task names."""
    image: str | None = None
    """Image for ``docker``; by default the benchmark's."""

    @model_validator(mode="after")
    def _fits(self) -> DomainPlace:
        if self.url is not None and not is_http_address(self.url):
            raise ValueError(f"url: {shown_address(self.url)!r} is no http:// or https:// address")
        return self


class DomainPlaces(RootModel[dict[str, DomainPlace]]):
    """``conf/domains.json``: a place a domain of the benchmark, or a server's name as tasks give it for any other."""

    def of(self, task: Task, gym: GymConfig) -> DomainPlace:
        """What is said about a gym of a task. Raises TaskError for names that stand for nothing."""
        named = {each.mcp_server_name for each in task.gym_servers_config}
        for name in self.root:
            # Servers' names have a hyphen; one of another task may stand here as well.
            if name not in ALL_DOMAINS and name not in named and "-" not in name:
                raise TaskError(
                    f"{DOMAINS_FILE}: {name}: no such domain; there are {', '.join(ALL_DOMAINS)},"
                    " and the names of other servers as tasks give them in mcp_server_name"
                )
        by_name = self.root.get(gym.mcp_server_name, DomainPlace())
        return self.root.get(domain_name(gym.mcp_server_name) or "", by_name)

    @classmethod
    def read(cls, path: Path = DOMAINS_FILE) -> DomainPlaces:
        """Read the file; without one every gym is embedded. Raises TaskError."""
        return validate(cls, read_json(path), path) if path.is_file() else cls({})


@dataclass(frozen=True)
class Place:
    """Where one gym of a run lives."""

    kind: GymKind
    domain: str
    """The domain's name, or the server's when it is of no domain of the benchmark."""
    url: str | None = None
    image: str | None = None


def places(task: Task, asked: GymKind | None, configured: DomainPlaces) -> tuple[Place, ...]:
    """Where each gym of a task lives, in the task's order: as asked, else as configured, else embedded.

    Raises:
        TaskError: a gym cannot live there: it is not built in, there is no image of it, or nothing names its address;
            or the configuration names what is no domain.
    """
    return tuple(_place(task, gym, asked, configured) for gym in task.gym_servers_config)


def _place(task: Task, gym: GymConfig, asked: GymKind | None, configured: DomainPlaces) -> Place:
    name = domain_name(gym.mcp_server_name) or gym.mcp_server_name
    said = configured.of(task, gym)
    kind = asked or said.gyms
    no_gym = f"{task.source}: gym_servers_config: no built-in gym is named {gym.mcp_server_name!r}"
    if kind == "embedded" and name not in DOMAINS:
        docker = f", --gyms docker starts the benchmark's {name} image" if name in ALL_DOMAINS else ""
        raise TaskError(
            f"{no_gym}, only {' and '.join(DOMAINS)} are; --gyms remote uses the server that the task names{docker}"
        )
    if kind == "docker" and name not in ALL_DOMAINS:
        raise TaskError(
            f"{no_gym}, and there are images of {', '.join(ALL_DOMAINS)} only;"
            " --gyms remote uses the server that the task names"
        )
    if kind != "remote":
        return Place(kind, name, image=said.image if kind == "docker" else None)
    url = (said.url or gym.mcp_server_url).rstrip("/").removesuffix(gym.mcp_endpoint)
    if not is_http_address(url):
        shown = shown_address(url)
        raise TaskError(f"{task.source}: {gym.mcp_server_name}: mcp_server_url {shown!r} is no http:// address")
    return Place(kind, name, url)


def kinds(found: tuple[Place, ...]) -> str:
    """How a run's gyms are recorded: ``remote``, or ``embedded+remote`` when they live in several places."""
    return "+".join(kind for kind in KINDS if any(place.kind == kind for place in found))


def run_domain(found: tuple[Place, ...]) -> str:
    """The domain of a run's gyms, ``hybrid`` when there are several."""
    names = {place.domain for place in found}
    return names.pop() if len(names) == 1 else "hybrid"
