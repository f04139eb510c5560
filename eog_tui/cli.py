"""The command line: what there is, and nothing heavy. Each command imports what it needs when it runs."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Annotated

import typer

from eog_tui.commands import act, ctl, demo, fork, gym, info, plans, replay, run, show, tasks
from eog_tui.commands.options import Appearance, StoreOption

app = typer.Typer(
    name="eog-tui",
    help="Run, watch, replay and explain AI agents on stateful enterprise tasks.",
    epilog="Without a command the app opens. Try: eog-tui demo",
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)

app.command("demo")(demo.demo)
app.command("run")(run.run)
app.command("fork")(fork.fork)
app.command("act")(act.act)
app.command("ctl")(ctl.ctl)
app.command("runs")(show.runs)
app.command("show")(show.show)
app.command("replay")(replay.replay)
app.command("info")(info.info)
app.add_typer(tasks.app, name="tasks")
app.add_typer(gym.app, name="gym")
app.add_typer(plans.app, name="plans")


UNPRINTABLE = (errno.ENOSPC, errno.EFBIG, errno.EIO)
"""Standard output goes to a file that takes no more; whatever else fails is told where it is known."""


def _version(wanted: bool) -> None:
    if wanted:
        from engine import __version__

        typer.echo(f"eog-tui {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def home(
    context: typer.Context,
    store: StoreOption = None,
    ascii_only: Annotated[bool, typer.Option("--ascii", help="Draw with ASCII characters only.")] = False,
    no_mouse: Annotated[bool, typer.Option("--no-mouse", help="Leave the mouse to the terminal.")] = False,
    theme: Annotated[str | None, typer.Option(help="Colour theme; the palette lists them.", metavar="NAME")] = None,
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Open the app, or run a command."""
    if store:
        os.environ["EOG_STORE"] = store
    context.obj = Appearance(ascii=ascii_only, mouse=not no_mouse, theme=theme)
    if context.invoked_subcommand is None:
        from eog_tui.commands.open import open_app

        open_app(context.obj)


def main() -> None:
    """Entry point of ``eog-tui`` and ``python -m eog_tui``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal or pipe that is not UTF-8 gets "?" for what it lacks
    for word in sys.argv[1:]:
        if any("\ud800" <= character <= "\udfff" for character in word):  # how Python takes in stray bytes
            print(f"eog-tui: {word!a} is no text: not all of it is UTF-8", file=sys.stderr)
            sys.exit(2)
    try:
        app(prog_name="eog-tui")
    except OSError as error:
        if error.errno not in UNPRINTABLE:
            raise
        print(f"eog-tui: what was asked for cannot be printed: {error.strerror}", file=sys.stderr)
        sys.exit(1)
