"""The scripted agent: plays a list of calls. It needs no model, so everything else is tried with it."""

from __future__ import annotations

import asyncio

from engine.agents.environment import Environment
from engine.tasks.calls import CallList


class Scripted:
    """Plays a call list, with an optional pause before each call so that a person can follow."""

    name = "scripted"
    model = None

    def __init__(self, script: CallList, pause_s: float = 0.0) -> None:
        self._script = script
        self._pause_s = pause_s
        self._made = 0
        """How many of its calls came to a result, even if a person did not allow them."""

    async def act(self, env: Environment) -> str:
        """Make every call of the list, whatever comes back, and give its answer.

        After a person acted in between it goes on with the first call that it did not make.
        """
        for call in self._script.calls[self._made :]:
            if self._pause_s:
                await asyncio.sleep(self._pause_s)
            await env.call(call.tool, call.arguments)
            self._made += 1
        answer = self._script.answer or ""
        if answer:
            await env.say(answer)
        return answer
