"""``eog-tui gym check``: whether runs can use a gym server."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from eog_tui.commands.meanwhile import meanwhile
from eog_tui.commands.options import JsonOption
from eog_tui.commands.output import fail, say, say_json

GLYPHS = {"works": "✓", "fails": "✗", "not proven": "?", "not tried": "·"}


def check(
    url: Annotated[str, typer.Argument(help="Address of the server, such as http://localhost:8006.")],
    endpoint: Annotated[str, typer.Option(help="Path of its MCP transport.")] = "/mcp",
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that each part may take.")] = 30.0,
    json_: JsonOption = False,
) -> None:
    """Say what a server is, which tools it has, and whether runs can use it. Exit code 0 only if they can."""
    from engine.gyms.contract import is_http_address
    from engine.gyms.remote.check import check_server

    endpoint = f"/{endpoint.strip('/')}"
    if not is_http_address(url):
        fail(f"{url!r} is no http:// or https:// address")
    address = url.rstrip("/").removesuffix(endpoint)
    with meanwhile("trying the server …") as tell:

        def trying(part: str) -> None:
            tell(f"{part} …, at most {timeout:g} s")

        report = asyncio.run(check_server(address, endpoint, timeout, trying))
    if json_:
        say_json({**report.model_dump(), "usable": report.usable})
        raise typer.Exit(0 if report.usable else 1)
    say(f"{report.url}: {report.server or 'a server of unknown name'}")
    if report.protocol:
        known = f"the built-in domain {report.domain}" if report.domain else "no built-in domain"
        say(f"MCP {report.protocol}; {known}")
    say()
    for it in report.findings:  # not a table: what a server says may be long
        say(f"{GLYPHS[it.outcome]} {it.name:<10}  {it.outcome:<10}  {it.detail}".rstrip())
    for words in report.left:
        say(f"! {words}")
    if report.tools:
        say()
        for writes, words in ((False, "reading"), (True, "may write")):
            names = [tool.name for tool in report.tools if tool.writes is writes]
            say(f"{len(names)} {words}: {', '.join(names)}")
    say()
    say("runs can use it: eog-tui run ... --gyms remote" if report.usable else "runs cannot use it")
    raise typer.Exit(0 if report.usable else 1)
