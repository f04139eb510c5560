"""``eog-tui gym up, down, status, logs``: gyms in Docker containers."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from eog_tui.commands.options import JsonOption
from eog_tui.commands.output import fail, say, say_json, say_table

if TYPE_CHECKING:
    from engine.gyms.docker import Container, Containers

COLUMNS = [("domain", "left"), ("container", "left"), ("state", "left"), ("address", "left"), ("image", "left")]


def up(
    domains: Annotated[list[str], typer.Argument(metavar="DOMAIN", help="Which gyms, such as csm itsm.")],
    image: Annotated[str | None, typer.Option(help="Image to start instead of the benchmark's.")] = None,
) -> None:
    """Start gyms in containers on this machine, and wait until they answer. What runs already is used."""
    with _containers() as containers:
        for domain in domains:
            if not sys.stderr.isatty():
                say(f"{domain}: waiting until the gym answers, at most two minutes …", err=True)
            container = _start(containers, domain, image)
            owner = "" if container.ours else " (not started from here; left alone by gym down)"
            say(f"{domain} gym on {container.url}: {container.image}{owner}")


def down(
    domains: Annotated[list[str] | None, typer.Argument(metavar="DOMAIN", help="Default: all.")] = None,
) -> None:
    """Remove the containers that were started from here, with the databases in them."""
    with _containers() as containers:
        removed = containers.down(tuple(domains or ()))
    for container in removed:
        say(f"removed {container.name}")
    if not removed:
        say("nothing to remove: no such container was started from here")


def status(json_: JsonOption = False) -> None:
    """List the containers that were started from here, and others that would be used."""
    with _containers() as containers:
        found = containers.status()
    if json_:
        say_json([asdict(container) for container in found])
    elif found:
        say_table(COLUMNS, [_cells(container) for container in found])
    else:
        say("no gym runs in a container; start one with: eog-tui gym up DOMAIN")


def logs(
    domain: Annotated[str, typer.Argument(help="Which gym.")],
    lines: Annotated[int, typer.Option(min=1, help="How many lines from the end.")] = 100,
) -> None:
    """Print what a container wrote."""
    with _containers() as containers:
        say(containers.logs(domain, lines).rstrip("\n"))


@contextmanager
def _containers() -> Iterator[Containers]:
    from engine.gyms.docker import Containers
    from engine.gyms.session import GymError

    try:
        yield Containers()
    except GymError as error:
        fail(str(error), 1)


def _start(containers: Containers, domain: str, image: str | None) -> Container:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from eog_tui.literal import literal

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    with bar:
        line = bar.add_task(f"starting {domain}", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(line, description=f"{domain}: {literal(what)}", completed=done, total=total or None)

        return containers.up(domain, image, show)


def _cells(container: Container) -> Sequence[str]:
    state = container.state
    if state == "running":
        state = "✓ answers" if container.healthy else "· running, no answer"
    name = container.name if container.ours else f"{container.name} (not started from here)"
    return container.domain, name, state, container.url or "", container.image
