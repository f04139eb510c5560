"""``eog-tui replay``: step through a recorded run in the app."""

from __future__ import annotations

from typing import Annotated

import typer

from eog_tui.commands.options import StoreOption
from eog_tui.commands.output import opened_store


def replay(
    context: typer.Context,
    run: Annotated[int, typer.Argument(metavar="RUN", help="Number of a run, see eog-tui runs.")],
    step: Annotated[int | None, typer.Option(min=0, help="Step to begin at.")] = None,
    store: StoreOption = None,
) -> None:
    """Open the app on one recorded run."""
    from eog_tui.commands.open import open_app

    with opened_store(store) as opened:
        opened.run(run)
    open_app(context.obj, store=store, replay=(run, step))
