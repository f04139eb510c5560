"""The benchmark's domains: their servers' names and ports; those that are built in are imported when asked for."""

from __future__ import annotations

from importlib import import_module

from engine.gyms.toolkit import Domain

_SERVERS = {"csm": ("sn-csm-server", 8001), "itsm": ("gym-itsm-mcp", 8006)}
"""Of what is built in: its server's name in tasks, and the port where tasks expect it."""

_NOT_BUILT_IN = {
    "teams": ("gym-teams-mcp", 8002),
    "calendar": ("gym-calendar", 8003),
    "email": ("gym-email-mcp", 8004),
    "hr": ("sn-hr-internal", 8008),
    "drive": ("gym-google-drive-mcp", 8009),
}
"""The same of the benchmark's other domains."""

DOMAINS = tuple(_SERVERS)
"""Names of the domains that are built in."""

ALL_DOMAINS = (*DOMAINS, *_NOT_BUILT_IN)
"""Those, and the benchmark's others."""


def default_port(name: str) -> int:
    """The port on which the benchmark's tasks expect a domain's server, built in or not."""
    return (_SERVERS | _NOT_BUILT_IN)[name][1]


def domain(name: str) -> Domain:
    """The domain of this name. Raises LookupError when none is built in."""
    if name not in _SERVERS:
        raise LookupError(f"no domain is called {name!r}; there are: {', '.join(DOMAINS)}")
    found = import_module(f"engine.gyms.domains.{name}").DOMAIN
    assert isinstance(found, Domain)
    return found


def domain_name(server_name: str) -> str | None:
    """The name of the domain that a task's gym server stands for, built in or not; None for servers of nobody's."""
    known = _SERVERS | _NOT_BUILT_IN
    return next((name for name, (server, _) in known.items() if server == server_name), None)


def domain_for_server(server_name: str) -> Domain | None:
    """The domain that a task's gym server stands for; None when it is none of the built-in ones."""
    name = domain_name(server_name)
    return domain(name) if name in _SERVERS else None
