"""``eog-tui gym``: gyms as HTTP servers, ours and others."""

from __future__ import annotations

from typing import Annotated

import typer

from eog_tui.commands.gym_check import check
from eog_tui.commands.gym_clean import clean
from eog_tui.commands.gym_docker import down, logs, status, up
from eog_tui.commands.output import fail, say

app = typer.Typer(help="Serve gyms over HTTP, check servers, run the benchmark's containers.", no_args_is_help=True)
for command in (check, clean, up, down, status, logs):
    app.command(command.__name__)(command)


@app.command("serve")
def serve(
    domain: Annotated[str, typer.Argument(envvar="EOG_GYM", help="Which gym, such as csm or itsm.")],
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, envvar="EOG_GYM_PORT", help="Port to listen on; the benchmark's own if left out."
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on; anything but loopback is open to the network.")] = (
        "127.0.0.1"
    ),
    frozen_clock: Annotated[
        bool, typer.Option("--frozen-clock", help="Times and random ids repeat exactly for each database.")
    ] = False,
) -> None:
    """Serve a gym over the benchmark's HTTP contract until Ctrl-C."""
    from engine.gyms.registry import DOMAINS, default_port
    from engine.network import LOOPBACK, why

    if domain not in DOMAINS:
        fail(f"no built-in gym is called {domain!r}; there are: {', '.join(DOMAINS)}")
    port = port or default_port(domain)
    if host not in LOOPBACK:
        say(f"Listening on {host}: whoever reaches this port can read and change every database here.", err=True)
    from engine.gyms.server import serve as serve_gym

    def listening() -> None:
        say(f"{domain} gym on http://{host}:{port}/mcp (Ctrl-C stops it)", err=True)

    try:
        serve_gym(domain, host, port, frozen_clock, listening)
    except OSError as error:
        fail(f"cannot listen on {host}:{port}: {why(error)}", 1)
