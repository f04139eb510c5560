"""Someone in front of a model that they supervise: a real run against a scripted model service, watched in Live."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from threading import Semaphore
from time import monotonic
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from engine.runs.engine import Engine
from engine.runs.spec import Launch
from engine.tasks import builtin_root
from engine.tasks.calls import CallList
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.approve import GUARD_SECONDS, ApproveScreen
from eog_tui.screens.live import LiveScreen
from eog_tui.widgets.piece_lines import PieceLines
from tests.agents.openai_server import Messages, OpenAIServer, Reply, Wait, playing
from tests.app.launching import from_palette

TASK = "printer-impact-and-sla"
SOURCE = f"builtin:itsm/{TASK}"

Call = tuple[str, dict[str, Any]]


def gold() -> tuple[list[Call], str]:
    """The calls that bring the task to a pass, and the answer."""
    script = CallList.read(builtin_root() / "itsm" / "tasks" / f"{TASK}.gold.json")
    return [(call.tool, dict(call.arguments)) for call in script.calls], script.answer or "Done."


def mistaken() -> tuple[list[Call], str, Call]:
    """Gold calls of which one writes the wrong thing, the answer, and that call as it should be."""
    calls, answer = gold()
    place = next(at for at, (_, arguments) in enumerate(calls) if "impact" in arguments)
    right = calls[place]
    calls[place] = (right[0], right[1] | {"impact": "low"})
    return calls, answer, right


class Paced:
    """A model that answers only as often as it is let, so that its run never runs away from who watches it."""

    def __init__(self, calls: Sequence[Call], answer: str) -> None:
        self._plays, self._may = playing(calls, answer), Semaphore(0)

    def __call__(self, messages: Messages) -> Wait:
        return Wait(self._may, self._plays(messages))

    def let(self, answers: int = 1) -> None:
        """Let it answer so many more times."""
        self._may.release(answers)

    def let_go(self) -> None:
        """Let it answer whenever it is asked."""
        self.let(1_000)


@contextmanager
def model(folder: Path, replies: Sequence[Reply] | Callable[[Any], Reply]) -> Iterator[tuple[OpenAIServer, Path]]:
    """A model service and the config that leads to it."""
    with OpenAIServer(replies) as server:
        path = folder / "llm.json"
        values = {"llm_provider": "openai", "llm_model": "gpt-4o", "llm_api_key": "k", "llm_api_endpoint": server.url}
        path.write_text(json.dumps(values))
        yield server, path


def launched(engine: Engine, llm: Path, **options: Any) -> int:
    launch = Launch(sources=(SOURCE,), agent="react", llm=llm, seed_root=builtin_root(), gyms="embedded", **options)
    return engine.launch(launch).run_ids[0]


class Supervisor:
    """Someone at the keys."""

    def __init__(self, app: EogApp, pilot: Pilot[Any], live: LiveScreen) -> None:
        self.app, self.pilot, self.live = app, pilot, live

    async def press(self, *keys: str) -> None:
        """Press keys as someone does who looks first: not within the moment after a question in which they are lost."""
        question = self.live._question
        while question is not None and (left := question.closed + GUARD_SECONDS - monotonic()) >= 0:
            await self.pilot.pause(left + 0.01)
        await self.pilot.press(*keys)

    async def choose(self, words: str) -> None:
        """Choose a command in the palette."""
        await self.press()
        await from_palette(self.pilot, words)

    async def until(self, seen: Callable[[], object], seconds: float = 30.0) -> None:
        end = monotonic() + seconds
        while not seen():
            assert monotonic() < end, f"it never came; {self.app.screen}: {self.toasts}"
            await self.pilot.pause(0.02)

    async def sees(self, screen: type[Screen[Any]]) -> Screen[Any]:
        await self.until(lambda: isinstance(self.app.screen, screen))
        return self.app.screen

    async def asked(self, about: str = "") -> ApproveScreen:
        """Wait for the question about a call, and until it may be answered and the call was tried."""
        await self.until(lambda: isinstance(self.app.screen, ApproveScreen) and self.app.screen.query("#trial"))
        await self.until(lambda: about in self.said("question"))
        screen = self.app.screen
        assert isinstance(screen, ApproveScreen)
        await self.until(lambda: " tried" in " " + self.drawn("#trial"))
        await self.until(lambda: self.app.focused is not None)  # not before the guard is over
        return screen

    def said(self, where: str) -> str:
        return self.app.screen.query_one(f"#{where}", PieceLines).text

    def drawn(self, selector: str) -> str:
        """The text of a widget as it is on the screen on top."""
        widget = self.app.screen.query_one(selector)
        return "\n".join(widget.render_line(y).text.rstrip() for y in range(widget.size.height))

    @property
    def toasts(self) -> str:
        return " ".join(str(toast.message) for toast in self.app._notifications)


@asynccontextmanager
async def supervising(
    store: Store, engine: Engine, run_id: int, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Supervisor]:
    live = LiveScreen(run_id)
    app = EogApp(store, engine, start=lambda: live)
    async with app.run_test(size=size) as pilot:
        yield Supervisor(app, pilot, live)
