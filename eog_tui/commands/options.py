"""Options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="EOG_STORE",
        metavar="FILE",
        help="Where runs are recorded: a file or SQLAlchemy URL. Default: below the user's data directory.",
    ),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]

SeedRootOption = Annotated[
    Path | None,
    typer.Option(
        "--seed-root",
        metavar="DIR",
        help="The folder that seed_database_file is relative to. Default: the current folder.",
    ),
]

PlanOption = Annotated[
    str | None,
    typer.Option(
        metavar="PLAN",
        help="A plan for the agent: its number, NUMBER.VERSION, a Markdown file, or library for each task's newest.",
    ),
]

PlannerLlmOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Another LLM config for the planner of planner_react.")
]

ReviewPlanOption = Annotated[
    bool, typer.Option("--review-plan", help="Let planner_react wait until a person accepts or changes its plan.")
]

ApproveOption = Annotated[str, typer.Option(help="Calls that wait for a person's word: none, writing or every.")]

AllowOption = Annotated[
    list[str] | None, typer.Option(metavar="TOOL", help="Tools that run unasked all the same, such as find_*.")
]

FrozenClockOption = Annotated[
    bool, typer.Option("--frozen-clock", help="Start every embedded gym at the same instant.")
]

PeekOption = Annotated[bool, typer.Option("--peek", help="Let a person who acts read the databases.")]

GymsOption = Annotated[
    str | None,
    typer.Option(
        metavar="WHERE",
        help="Where gyms live: embedded, remote (the server that the task or conf/domains.json names) or docker."
        " Default: as conf/domains.json says, else embedded.",
    ),
]


@dataclass(frozen=True)
class Appearance:
    """How the app looks and listens."""

    ascii: bool = False
    mouse: bool = True
    theme: str | None = None
