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


@dataclass(frozen=True)
class Appearance:
    """How the app looks and listens."""

    ascii: bool = False
    mouse: bool = True
    theme: str | None = None
