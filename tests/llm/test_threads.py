"""A run that is stopped while its request is prepared leaves nothing behind that Python would complain of."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.llm.client import _litellm
from engine.llm.threads import ModelThreads
from engine.runs.background import Background
from engine.runs.engine import Engine
from engine.runs.spec import Launch
from engine.trajectory.store import Store
from tests.agents.openai_server import OpenAIServer, Say


@contextmanager
def complaints() -> Iterator[list[str]]:
    """What Python says of coroutines that nobody awaited."""
    told: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield told
        gc.collect()
    told += [str(each.message) for each in caught if "never awaited" in str(each.message)]


async def _answer() -> int:
    await asyncio.sleep(0)
    return 42


def test_what_nobody_comes_for_is_put_away_and_what_is_awaited_works() -> None:
    may_end = threading.Event()

    def slowly() -> Any:
        may_end.wait(10)
        return _answer()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ModelThreads())
        gone = asyncio.create_task(asyncio.to_thread(slowly))
        await asyncio.sleep(0.05)
        gone.cancel()
        await asyncio.wait([gone])
        may_end.set()
        made = await asyncio.to_thread(_answer)
        assert asyncio.iscoroutine(made)
        assert await made == 42
        assert await asyncio.to_thread(lambda: "as it is") == "as it is"

    with complaints() as told:
        asyncio.run(main())
    assert told == []


def test_a_run_stopped_while_its_request_is_prepared_ends_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    litellm = _litellm()
    begun, may_end, prepared = threading.Event(), threading.Event(), threading.Event()
    completion = litellm.main.completion

    def slowly(*args: Any, **named: Any) -> Any:
        begun.set()
        may_end.wait(10)
        try:
            return completion(*args, **named)
        finally:
            prepared.set()

    monkeypatch.setattr(litellm.main, "completion", slowly)
    with OpenAIServer([Say("Done.")]) as server, Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        config = {"llm_provider": "openai", "llm_model": "m", "llm_api_key": "k", "llm_api_endpoint": server.url}
        (tmp_path / "llm.json").write_text(json.dumps(config))
        launch = Launch(sources=("builtin:itsm/stolen-tablet",), agent="react", llm=tmp_path / "llm.json")
        with complaints() as told:
            [run_id] = engine.launch(launch).run_ids
            assert begun.wait(30)
            engine.close()
            assert store.run(run_id).status == "stopped"
            may_end.set()
            assert prepared.wait(30)
            time.sleep(0.1)  # until the thread has dropped what it made
        assert server.requests == []
    assert told == []


def test_work_that_is_given_up_before_there_is_a_loop_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_thread: threading.Thread) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with complaints() as told, pytest.raises(KeyboardInterrupt):
        Background("test").submit(_answer())
    assert told == []
