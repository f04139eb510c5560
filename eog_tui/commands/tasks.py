"""``eog-tui tasks``: look at tasks before running them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from eog_tui.commands.meanwhile import meanwhile
from eog_tui.commands.options import JsonOption, SeedRootOption
from eog_tui.commands.output import reported, say, say_json, say_table

app = typer.Typer(help="List and check tasks.", no_args_is_help=True)

SourceArgument = Annotated[
    str, typer.Argument(metavar="SOURCE", help="Folder of task files, one file, builtin:DOMAIN or builtin:DOMAIN/NAME.")
]


@app.command("list")
def list_tasks(source: SourceArgument = "builtin:itsm", json_: JsonOption = False) -> None:
    """List the tasks of a source."""
    from engine.tasks.source import read_tasks

    with reported():
        found = read_tasks(source)
    if json_:
        say_json(
            [
                {
                    "task": task.name,
                    "source": task.source,
                    "gyms": [gym.mcp_server_name for gym in task.gym_servers_config],
                    "tools": None if task.selected_tools is None else len(task.selected_tools),
                    "verifiers": len(task.verifiers),
                    "user_prompt": task.user_prompt,
                }
                for task in found.tasks
            ]
        )
    elif found.tasks:
        rows = [
            [
                task.name,
                " ".join(gym.mcp_server_name for gym in task.gym_servers_config),
                "all" if task.selected_tools is None else str(len(task.selected_tools)),
                str(len(task.verifiers)),
                " ".join(task.user_prompt.split())[:100],
            ]
            for task in found.tasks
        ]
        say_table(
            [("task", "left"), ("gyms", "left"), ("tools", "right"), ("verif", "right"), ("prompt", "left")], rows
        )
    for error in found.refused:
        say(str(error), err=True)
    raise typer.Exit(2 if found.refused else 0)


@app.command("check")
def check(source: SourceArgument, seed_root: SeedRootOption = None, json_: JsonOption = False) -> None:
    """Find tasks that cannot be run or cannot tell a good agent from one that does nothing.

    Listed are tasks that name unknown tools or gyms, whose verifiers cannot run (exit code 1), tasks whose verifiers
    all pass on the untouched seed, and fields that no run follows, such as number_of_runs.
    """
    from engine.runs.check import check_tasks
    from engine.tasks.source import read_tasks

    with reported(), meanwhile("reading tasks …") as tell:
        found = read_tasks(source, seed_root)
        reports = check_tasks(found, lambda number: tell(f"checking task {number} of {len(found.tasks)} …"))
    if json_:
        say_json([asdict(report) for report in reports])
    else:
        for report in reports:
            for mark, lines in (("✗", report.problems), ("!", report.warnings), ("·", report.unheeded)):
                for line in lines:
                    say(f"{mark} {report.task}: {line}")
        broken = sum(bool(report.problems) for report in reports)
        doubtful = sum(bool(report.warnings) for report in reports)
        say(f"{len(reports)} tasks checked · {broken} with problems · {doubtful} that pass untouched")
    raise typer.Exit(1 if any(report.problems for report in reports) else 0)
