"""A task as text to read before it runs: prompt, verifiers, tools, gyms and policy."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from engine.tasks.calls import gold_path
from engine.tasks.models import Task, Verifier
from engine.tasks.source import source_name
from eog_tui.prose import unwrapped

_FOLDED = 100
"""Characters of a query that a folded preview shows."""
_FOLDED_POLICY = 400


def task_text(task: Task, *, fold: bool = True) -> str:
    """Everything about a task that helps to choose it; not literal yet.

    Args:
        task: the task.
        fold: whether it is for a pane: queries and the policy shortened, with the number of characters left out, and
            paragraphs that fill the width.
    """
    return "\n".join(_lines(task, fold))


def _lines(task: Task, fold: bool) -> Iterator[str]:
    prompt = task.user_prompt.strip()
    yield from (unwrapped(prompt) if fold else prompt).splitlines()
    yield ""
    yield f"── {len(task.verifiers)} verifier{'' if len(task.verifiers) == 1 else 's'}"
    if not task.verifiers:
        yield "without verifiers no run of it can pass"
    for number, verifier in enumerate(task.verifiers, 1):
        yield f"{number} {verifier.name or 'without a name'}"
        if verifier.description and verifier.description != verifier.name:
            yield f"  {verifier.description}"
        yield from (f"  {line}" for line in _check(verifier, fold))
    yield ""
    yield from _tools(task)
    yield ""
    yield "── gyms"
    for gym in task.gym_servers_config:
        yield f"{gym.mcp_server_name} · seed {gym.seed_database_file or 'missing'}"
        user = gym.user_info
        if user is not None and (who := user.name or user.email or user.user_id):
            yield f"  acts for {who}"
    has_gold = "has gold calls beside it" if gold_path(task.source).is_file() else "no gold calls beside it"
    yield f"{source_name(task.source)} · {has_gold}"
    yield ""
    yield f"── policy · {len(task.system_prompt):,} characters"
    policy = task.system_prompt.strip()
    yield from (unwrapped(_cut(policy, _FOLDED_POLICY)) if fold else policy).splitlines()


def _check(verifier: Verifier, fold: bool) -> Iterator[str]:
    config = verifier.validation_config
    query = str(config.get("query") or "")
    if verifier.verifier_type == "database_state" and query:
        if fold:
            yield _cut(" ".join(query.split()), _FOLDED)
        else:
            yield from textwrap.dedent(query).strip().splitlines()
        comparison = str(config.get("comparison_type", "equals")).replace("_", " ")
        yield f"{comparison} {config.get('expected_value')!r}"
    else:
        yield f"{verifier.verifier_type}: {config}"


def _tools(task: Task) -> Iterator[str]:
    taken = f", without {', '.join(task.restricted_tools)}" if task.restricted_tools else ""
    if task.selected_tools is None:
        yield f"── tools · all that the gyms have{taken}"
    else:
        yield f"── {len(task.selected_tools)} tool{'' if len(task.selected_tools) == 1 else 's'}{taken}"
        yield ", ".join(task.selected_tools)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} … +{len(text) - most:,} chars"
