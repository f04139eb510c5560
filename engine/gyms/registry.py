"""The built-in domains, each imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module

from engine.gyms.toolkit import Domain

_SERVERS = {"csm": ("sn-csm-server", 8001), "itsm": ("gym-itsm-mcp", 8006)}

_NOT_BUILT_IN = {"teams": 8002, "calendar": 8003, "email": 8004, "hr": 8008, "drive": 8009}
"""Ports of the benchmark's other domains."""

DOMAINS = tuple(_SERVERS)
"""Names of the domains that are built in."""

ALL_DOMAINS = (*DOMAINS, *_NOT_BUILT_IN)
"""Those, and the benchmark's others."""


def default_port(name: str) -> int:
    """The port on which the benchmark's tasks expect a domain's server, built in or not."""
    return _SERVERS[name][1] if name in _SERVERS else _NOT_BUILT_IN[name]


def domain(name: str) -> Domain:
    """The domain of this name. Raises LookupError when none is built in."""
    if name not in _SERVERS:
        raise LookupError(f"no domain is called {name!r}; there are: {', '.join(DOMAINS)}")
    found = import_module(f"engine.gyms.domains.{name}").DOMAIN
    assert isinstance(found, Domain)
    return found


def domain_for_server(server_name: str) -> Domain | None:
    """The domain that a task's gym server stands for; None when it is none of the built-in ones."""
    for name, (server, _) in _SERVERS.items():
        if server == server_name:
            return domain(name)
    return None
