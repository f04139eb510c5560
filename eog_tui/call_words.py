"""What came of a call, as a sign and words: the same in Live, Replay, the approval and transcripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.trajectory.headline import title
from eog_tui.glyphs import Status

if TYPE_CHECKING:
    from engine.trajectory.events import Intervention
    from engine.trajectory.steps import StepHead

OK = Status("✓", "ok", "pass")
ERROR = Status("✗", "error", "fail")
"""The tool answered with an error, or no gym has such a tool."""
NO_RESULT = Status("!", "no result", "error")
"""The gym failed, or the arguments could not be read."""
REJECTED = Status("■", "rejected", "waiting")
"""A person said no."""
NEVER_RAN = Status("■", "never ran", "waiting")
"""A person answered or acted in the agent's place, or the run ended first."""

_ERROR, _NO_RESULT, _REJECTED = "error: ", "no result: ", "rejected "


def of_result(shape: str, *, ok: bool) -> tuple[Status, str]:
    """Sign of a result, and what is said beside it.

    Args:
        shape: as ``headline.shape`` tells it.
        ok: whether it is no error.
    """
    if ok:
        return OK, shape
    if shape.startswith(_NO_RESULT):
        return NO_RESULT, shape.removeprefix(_NO_RESULT)
    return ERROR, shape.removeprefix(_ERROR)


def of_call(head: StepHead) -> tuple[Status, str]:
    """Sign of a call that is over, and what is said beside it."""
    if kept_back(head):
        rejected = head.shape.startswith(_REJECTED)
        return (REJECTED, head.shape.removeprefix(_REJECTED)) if rejected else (NEVER_RAN, head.shape)
    return of_result(head.shape, ok=head.ok is True)


def of_word(event: Intervention) -> tuple[Status | None, str]:
    """What a person did, without their own words, and its sign where it kept a call from running."""
    did = title(event.model_copy(update={"text": ""}))
    if event.call_id is None or event.action not in ("reject", "answer", "take_over", "stop"):
        return None, did
    return (REJECTED, did.removeprefix(_REJECTED)) if event.action == "reject" else (NEVER_RAN, did)


def kept_back(head: StepHead) -> bool:
    """Whether a person's word kept the call from running: they rejected it, answered or acted in its place."""
    return head.kind == "call" and head.ok is False and not head.shape.startswith((_ERROR, _NO_RESULT))
