"""Gyms in containers: the benchmark's images, or one of yours that speaks the same contract.

Containers that we start carry a label, listen on loopback only and stay up until ``down``: starting one takes a dozen
seconds and many runs share it. Whatever else runs is used if it fits and never removed.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import CONFLICT
from typing import Any

import httpx2

from engine.gyms.registry import ALL_DOMAINS, default_port
from engine.gyms.session import GymError

DOMAIN_LABEL = "eog-tui.domain"

IMAGE = "shivakrishnareddyma225/enterpriseops-gym-mcp-{domain}:latest"
"""The benchmark's image of a domain."""

_CONTAINER_PORTS = {"calendar": 8003}
_USUAL_CONTAINER_PORT = 8005

HEALTHY_WITHIN_SECONDS = 120.0

REMOVED_WITHIN_SECONDS = 30.0

LISTED_WITHIN_SECONDS = 5.0

_TOLD = "EOG_GYM"
"""Tells an image of ours which gym to serve."""

_ENDED = ("exited", "dead", "removing")
"""States of a container that another may take the place of; one that was only created is about to start."""

_LOG_LINES = 5
"""How much of a dead container's log an error repeats."""

Progress = Callable[[str, int, int], None]
"""Told how a pull goes on: what happens, bytes so far, bytes in all (0 while unknown)."""

_starting = threading.Lock()  # runs of one process that need the same gym start it once


@dataclass(frozen=True)
class Container:
    """A gym's container."""

    domain: str
    name: str
    image: str
    state: str
    """As Docker says: ``running``, ``exited``, ``created`` ..."""
    url: str | None
    """Address on this machine, while it runs."""
    ours: bool
    """Whether we started it, so that ``down`` removes it."""
    healthy: bool = False


class Containers:
    """The gyms of the Docker daemon that the environment names. Every method raises GymError."""

    def __init__(self) -> None:
        import docker

        try:
            self._docker = docker.from_env()
            self._docker.ping()
        except docker.errors.DockerException as error:
            raise _problem(
                f"no daemon answers at {os.environ.get('DOCKER_HOST') or 'the usual socket'} ({_reason(error)});"
                " start it, check that you may use it, or set DOCKER_HOST"
            ) from error

    def up(self, domain: str, image: str | None = None, progress: Progress | None = None) -> Container:
        """A healthy container of a domain: the one that runs, or a new one.

        Args:
            domain: one of ``ALL_DOMAINS``.
            image: by default whichever of ours runs or ran last, else the benchmark's.
            progress: is told how the pull goes on, if the image has to be pulled, and that the gym is waited for.
        """
        if domain not in ALL_DOMAINS:
            raise _problem(f"there is no image of a domain {domain!r}; there are: {', '.join(ALL_DOMAINS)}")
        with _starting, _explained():
            ended = next((found for found in self._ours(domain) if found.status in _ENDED), None)
            wanted = image or (_image(ended) if ended else IMAGE.format(domain=domain))
            running = self._running(domain, wanted, exactly=image is not None)
            if running is None:
                self._pull(wanted, progress)
                if ended is not None:  # kept for its log until the next one takes its place
                    _remove(ended)
                running = self._start(domain, wanted)
            if progress is not None:
                progress(f"waiting until it answers, at most {HEALTHY_WITHIN_SECONDS:g} s", 0, 0)
            return self._wait(running, domain)

    def down(self, domains: tuple[str, ...] = ()) -> list[Container]:
        """Remove the containers that we started, of some domains or of all; says which they were."""
        removed = []
        with _explained():
            for found in self._ours():
                container = _described(found)
                if not domains or container.domain in domains:
                    _remove(found)
                    removed.append(container)
        return removed

    def status(self) -> list[Container]:
        """Our containers, and others that run and that we would use; whether they run, and whether they answer."""
        with _explained():
            others = self._listed(filters={"status": "running"})
            fitting = ((found, _fits(found)) for found in others if DOMAIN_LABEL not in found.labels)
            strangers = [(found, domain) for found, domain in fitting if domain and _url(found, domain)]
            return [
                *(_described(found, ask=True) for found in self._ours()),
                *(_described(found, domain, ask=True) for found, domain in strangers),
            ]

    def logs(self, domain: str, lines: int) -> str:
        """The last lines that our container of a domain wrote."""
        with _explained():
            for found in self._ours(domain):
                return _log(found, lines)
        raise _problem(f"no container of {domain} was started from here")

    def _ours(self, domain: str | None = None) -> list[Any]:
        label = DOMAIN_LABEL if domain is None else f"{DOMAIN_LABEL}={domain}"
        return self._listed(all=True, filters={"label": label})

    def _listed(self, **which: Any) -> list[Any]:
        """Containers of the daemon; what is removed while they are listed is passed over."""
        return list(self._docker.containers.list(ignore_removed=True, **which))

    def _running(self, domain: str, image: str, *, exactly: bool) -> Any | None:
        """What runs already, or is about to, and fits; ours of another image is in the way."""
        for found in self._ours(domain):
            if found.status in _ENDED:
                continue
            if found.status == "paused":
                raise _problem(
                    f"{found.name} is paused; go on: docker unpause {found.name}, or eog-tui gym down {domain}"
                )
            if exactly and _image(found) != image:
                raise _problem(
                    f"{found.name} runs {_image(found)}, not {image}; remove it first: eog-tui gym down {domain}"
                )
            return found
        others = self._listed(filters={"status": "running"})
        fitting = (found for found in others if _image(found) == image and _serves(found, domain))
        return next((found for found in fitting if _url(found, domain)), None)

    def _pull(self, image: str, progress: Progress | None) -> None:
        from docker.errors import APIError, ImageNotFound

        try:
            self._docker.images.get(image)
            return
        except ImageNotFound:
            pass
        sizes: dict[str, tuple[int, int]] = {}
        try:
            for line in self._docker.api.pull(*_name_and_tag(image), stream=True, decode=True):
                if "error" in line:
                    raise _problem(f"image {image} cannot be pulled: {line['error']}")
                detail = line.get("progressDetail") or {}
                if "total" in detail:
                    sizes[line.get("id", "")] = (detail.get("current", 0), detail["total"])
                if progress is not None:
                    done, total = (sum(column) for column in zip(*sizes.values(), strict=True)) if sizes else (0, 0)
                    progress(str(line.get("status", "")), done, total)
        except APIError as error:
            raise _problem(f"image {image} is not on this machine and cannot be pulled: {_words(error)}") from error

    def _start(self, domain: str, image: str) -> Any:
        from docker.errors import APIError

        inside, outside = _CONTAINER_PORTS.get(domain, _USUAL_CONTAINER_PORT), default_port(domain)
        try:
            made = self._docker.containers.create(
                image,
                name=f"eog-tui-{domain}",
                labels={DOMAIN_LABEL: domain},
                ports={f"{inside}/tcp": ("127.0.0.1", outside)},
                # An image of ours holds all gyms and serves the one that it is told to; others pass over these.
                environment={_TOLD: domain, "EOG_GYM_PORT": str(inside)},
            )
        except APIError as error:
            theirs = self._theirs(domain, image) if error.status_code == CONFLICT else None
            if theirs is None:
                raise
            return theirs  # another process made it since we looked
        try:
            made.start()
        except APIError as error:
            _remove(made)
            words = _words(error)
            if "already allocated" in words or "address already in use" in words:
                raise _problem(
                    f"port {outside}, where the {domain} gym belongs, is taken by another program;"
                    f" stop that, or use it as it is: --gyms remote"
                ) from error
            raise _problem(f"{image} does not start: {words}") from error
        made.reload()
        return made

    def _theirs(self, domain: str, image: str) -> Any | None:
        """What another process makes at this moment: its name is taken a little before it is listed."""
        deadline = time.monotonic() + LISTED_WITHIN_SECONDS
        while (found := self._running(domain, image, exactly=True)) is None and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    def _wait(self, found: Any, domain: str) -> Container:
        deadline = time.monotonic() + HEALTHY_WITHIN_SECONDS
        while True:
            found.reload()
            if found.status in _ENDED:
                code = found.attrs["State"].get("ExitCode")
                raise _problem(
                    f"{found.name} died with exit code {code}: {_log(found, _LOG_LINES).strip() or 'it logged nothing'}"
                )
            container = _described(found, domain, ask=True)
            if container.healthy:
                return container
            if time.monotonic() > deadline:
                raise _problem(
                    f"{found.name} is {found.status} and does not answer at {container.url} after"
                    f" {HEALTHY_WITHIN_SECONDS:g} s;"
                    f" look at: eog-tui gym logs {domain}"
                )
            time.sleep(0.25)


def _remove(found: Any) -> None:
    """Remove a container; what another process removes at the same moment is waited for."""
    from docker.errors import APIError, NotFound

    with suppress(NotFound):
        try:
            found.remove(force=True, v=True)
        except APIError as error:
            if error.status_code != CONFLICT:
                raise
            found.wait(condition="removed", timeout=REMOVED_WITHIN_SECONDS)


def _described(found: Any, domain: str | None = None, *, ask: bool = False) -> Container:
    domain = found.labels.get(DOMAIN_LABEL) or domain or ""
    url = _url(found, domain)
    healthy = ask and url is not None and _answers(url)
    return Container(domain, found.name, _image(found), found.status, url, DOMAIN_LABEL in found.labels, healthy)


def _serves(found: Any, domain: str) -> bool:
    """Whether a container of the right image is this domain's: one image of ours serves whichever gym it is told to."""
    told = dict(entry.partition("=")[::2] for entry in found.attrs["Config"]["Env"] or ())
    return bool(told.get(_TOLD, domain) == domain)


def _fits(found: Any) -> str | None:
    """The domain of a container that is not ours but that ``up`` would use: of the benchmark's image, or of ours."""
    told = dict(entry.partition("=")[::2] for entry in found.attrs["Config"]["Env"] or ())
    by_image = (domain for domain in ALL_DOMAINS if _image(found) == IMAGE.format(domain=domain))
    return told[_TOLD] if told.get(_TOLD) in ALL_DOMAINS else next(by_image, None)


def _url(found: Any, domain: str) -> str | None:
    """Where a container's gym can be reached from this machine."""
    port = _CONTAINER_PORTS.get(domain, _USUAL_CONTAINER_PORT)
    for published in found.ports.get(f"{port}/tcp") or ():
        address = published["HostIp"]
        host = "127.0.0.1" if address in ("", "0.0.0.0", "::") else address  # noqa: S104 - read, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{published['HostPort']}"
    return None


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/health", timeout=2, trust_env=False).is_success
    except httpx2.HTTPError:
        return False


def _image(found: Any) -> str:
    return str(found.attrs["Config"]["Image"])


def _log(found: Any, lines: int) -> str:
    return str(found.logs(tail=lines).decode(errors="replace"))


def _name_and_tag(image: str) -> tuple[str, str]:
    """``host:5000/name:tag`` or ``name@sha256:...`` in two parts; ``latest`` where Docker would pull all tags."""
    from docker.utils import parse_repository_tag

    name, tag = parse_repository_tag(image)
    return name, tag or "latest"


def _problem(reason: str) -> GymError:
    return GymError("Docker:", reason)


def _words(error: Exception) -> str:
    return str(getattr(error, "explanation", None) or error)


def _reason(error: BaseException) -> str:
    """What the system says at the bottom of an error of the SDK, which wraps it several times."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.strerror:
            return seen.strerror
        seen = seen.__cause__ or seen.__context__
    return _words(error) if isinstance(error, Exception) else str(error)


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what the SDK raises where nothing was expected into a GymError."""
    import requests
    from docker.errors import DockerException

    try:
        yield
    except (DockerException, requests.RequestException) as error:
        raise _problem(_words(error)) from error
