"""Reads all that Replay shows of one step, off the event loop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from engine.trajectory.changes import Change
from engine.trajectory.events import Event, ToolResult
from eog_tui.replay.document import Line
from eog_tui.replay.step_text import StepText, Turn
from eog_tui.replay.trajectory import Outline, Trajectory
from eog_tui.widgets.wrapping import json_lines


@dataclass(frozen=True)
class StepRead:
    """A step, read and parsed."""

    number: int
    text: StepText
    changes: list[Change]
    """What this step wrote."""
    so_far: list[Change]
    """What all steps up to this one made of the seed, one change a row."""

    def raw(self) -> str:
        """Its events as JSON, laid out as they are shown, but whole."""
        return "\n".join(line.text for line in self.raw_lines())

    def raw_lines(self) -> Iterator[Line]:
        """Its events as JSON, laid out."""
        for event in self.text.events:
            yield from (Line(laid, "json") for laid, _ in json_lines(_raw(event)))


def read_step(trajectory: Trajectory, outline: Outline, number: int) -> StepRead:
    """Read a step of the outline.

    Raises:
        StoreError: the store cannot be read.
    """
    events = trajectory.events(number)
    before = outline.outcomes[number - 1] if number else [check.untouched for check in outline.checks]
    turns = [
        Turn(check.index + 1, check.name, was, now)
        for check, was, now in zip(outline.checks, before, outline.outcomes[number], strict=False)
        if was != now
    ]
    changes = [change for event in events if isinstance(event, ToolResult) for change in event.changes]
    text = StepText(outline.heads[number], events, turns)
    return StepRead(number, text, changes, trajectory.changes_so_far(number))


def _raw(event: Event) -> str:
    # Not by pydantic's own JSON, which refuses the half characters that some models send.
    return json.dumps(event.model_dump(mode="json"), ensure_ascii=False)
