"""The human agent: a person at the workbench, who has the task, the tools and nothing else."""

from __future__ import annotations

from engine.agents.environment import Environment


class Human:
    """Acts by what a person orders; see ``engine.runs.orders``."""

    name = "human"
    model = None

    async def act(self, env: Environment) -> str:
        """Work until the person gives an answer."""
        return await env.hand_over()
