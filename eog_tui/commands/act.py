"""``eog-tui act``: be the agent of a task, at the Workbench."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from eog_tui.commands.options import Appearance, FrozenClockOption, GymsOption, PeekOption, SeedRootOption, StoreOption
from eog_tui.commands.output import fail, opened_store
from eog_tui.terminal import refusal

if TYPE_CHECKING:
    from engine.runs.spec import Launch

NO_JSON = "--agent human opens the app, which prints nothing: leave --json out, and ask eog-tui show RUN --json later"


def act(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A task file, or builtin:DOMAIN/NAME.")],
    peek: PeekOption = False,
    frozen_clock: FrozenClockOption = False,
    gyms: GymsOption = None,
    seed_root: SeedRootOption = None,
    store: StoreOption = None,
) -> None:
    """Do a task yourself, in the app: the same as run SOURCE --agent human."""
    from eog_tui.commands.run import checked_launch

    launch = checked_launch(
        sources=[source], agent="human", peek=peek, frozen_clock=frozen_clock, gyms=gyms, seed_root=seed_root
    )
    act_by_hand(context.obj, launch, store)


def act_by_hand(appearance: Appearance | None, launch: Launch, store: str | None) -> None:
    """Open the app at the Workbench of a run that a person does; whatever is in the way is said before."""
    from engine.runs.preparing import prepare

    with opened_store(store) as opened:
        runs = prepare(launch, opened).runs
    if len(runs) > 1:
        fail(f"--agent human is for one run, and this would be {len(runs)}: name one task, without --repeat")
    if why := refusal():
        fail(f"a person acts in the app. {why}")
    from eog_tui.commands.open import open_app

    open_app(appearance or Appearance(), store=store, launch=launch)
