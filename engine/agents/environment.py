"""What an agent sees of a run, and what an agent is.

An agent gets an ``Environment`` and nothing else: no store, no database, no verifier. Everything it does
through the environment is recorded before the next thing starts. Pausing and stopping are the environment's business,
so a loop that awaits its methods can be paused and stopped without knowing it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from engine.gyms.session import CallOutcome, ToolSpec
from engine.trajectory.events import RequestedCall, Usage


class Environment(Protocol):
    """One run, as seen by its agent."""

    @property
    def system_prompt(self) -> str:
        """The task's system prompt."""

    @property
    def user_prompt(self) -> str:
        """The task's user prompt."""

    @property
    def tools(self) -> Sequence[ToolSpec]:
        """The tools offered to the agent."""

    @property
    def max_steps(self) -> int:
        """How many times the agent may ask its model."""

    @property
    def asks_left(self) -> int:
        """How many times the agent may still ask its model."""

    def messages(self) -> list[dict[str, Any]]:
        """The conversation so far as OpenAI's protocol has it, what people said and did in between included."""

    @property
    def plan(self) -> str:
        """The plan that the model is told together with the task; empty when there is none."""

    async def planned(
        self,
        text: str,
        *,
        model: str | None = None,
        usage: Usage | None = None,
        duration_s: float | None = None,
        review: bool = False,
    ) -> str:
        """Record the plan that the agent made; with ``review``, wait for a person to accept or change it.

        Returns:
            The plan to work by; ``messages`` has it from now on.
        """

    async def ready(self) -> None:
        """Wait while the run is paused, and hear what people have to say. Call it before asking a model."""

    async def say(
        self,
        content: str,
        *,
        calls: Sequence[RequestedCall] = (),
        model: str | None = None,
        usage: Usage | None = None,
        duration_s: float | None = None,
        raw: Mapping[str, Any] | None = None,
    ) -> None:
        """Record what the agent said, and the calls it asked for.

        ``raw`` is the message as the model's service wants it back; it lives in ``messages`` and is not recorded.
        """

    async def hand_over(self) -> str:
        """Let a person act until they are done; returns their answer."""

    async def call(
        self,
        tool: str,
        arguments: Mapping[str, Any],
        *,
        call_id: str | None = None,
        malformed: str | None = None,
    ) -> CallOutcome:
        """Run a tool and record call, result and row changes.

        A tool that is unknown, or not offered, or whose arguments were ``malformed``, gives an outcome with
        ``is_error`` and a text for the model; it never raises for what the agent did wrong.
        """

    async def retried(self, attempt: int, reason: str, wait_s: float) -> None:
        """Record that a model call failed and is tried again after ``wait_s`` seconds."""

    async def limited(self, name: str, value: float) -> None:
        """Record that a limit ended the agent's loop."""


class Agent(Protocol):
    """Something that works on a task."""

    @property
    def name(self) -> str:
        """Its kind as the user chose it, such as ``react``."""

    @property
    def model(self) -> str | None:
        """The model behind it, ``provider/model``; None when there is none."""

    async def act(self, env: Environment) -> str:
        """Work until done and return the final answer.

        Raises:
            AgentError: it could not go on, for a reason outside the task (model service, configuration).
        """


class AgentError(Exception):
    """An agent could not go on; the text says why and what a person can do."""
