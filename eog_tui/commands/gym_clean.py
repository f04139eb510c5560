"""``eog-tui gym clean``: delete the databases that runs left on servers."""

from __future__ import annotations

import asyncio

import typer

from eog_tui.commands.meanwhile import meanwhile
from eog_tui.commands.options import JsonOption, StoreOption
from eog_tui.commands.output import opened_store, say, say_json


def clean(store: StoreOption = None, json_: JsonOption = False) -> None:
    """Delete the databases that ended or interrupted runs left on servers. Exit code 0 only if none is left."""
    from engine.runs.cleaning import clean as clean_up

    with opened_store(store) as opened:
        opened.mark_interrupted()
        with meanwhile("asking the servers to delete what runs left there …"):
            found = asyncio.run(clean_up(opened))
    if json_:
        say_json(
            [{**each.database._asdict(), "deleted": each.problem is None, "problem": each.problem} for each in found]
        )
    for each in found if not json_ else ():
        name = f"database {each.database.database_id} of run {each.database.run_id} at {each.database.where}"
        say(f"✗ {name} {each.problem}" if each.problem else f"✓ {name} is gone", err=bool(each.problem))
    if not found and not json_:
        say("nothing to delete: no run of this store left a database on a server")
    raise typer.Exit(1 if any(each.problem for each in found) else 0)
