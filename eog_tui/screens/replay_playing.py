"""Replay by itself: a step after the other, as fast as is asked for, until somebody presses a key."""

from __future__ import annotations

from textual import events
from textual.reactive import reactive
from textual.timer import Timer

from eog_tui.replay.playing import other_speed, speed_word
from eog_tui.replay.trajectory import Outline
from eog_tui.screens.fork_replay import Branching
from eog_tui.screens.replay_panes import ReplayHeader

_OWN_KEYS = ("replay.play", "replay.faster", "replay.slower")


class Playing(Branching):
    """The half of Replay that steps without being asked each time."""

    position: reactive[int] = reactive(-1, init=False)
    """Number of the step that is shown; -1 before there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.outline: Outline | None = None
        """The run as it is known; None before it was read."""
        self._speed = 1.0
        self._player: Timer | None = None

    @property
    def shown_step(self) -> int | None:
        """Number of the step whose text is there; the position is ahead of it while a step is read."""
        raise NotImplementedError

    def show_step(self, step: int) -> None:
        """Show a step, beyond the ends the first or last one."""
        if self.outline is not None and self.outline.last >= 0:
            self.position = max(0, min(step, self.outline.last))

    def action_play(self) -> None:
        """Play the steps one after the other, or pause."""
        if self._player is not None:
            self.stop_playing()
        elif self.outline is not None:
            if self.position >= self.outline.last:
                self.show_step(0)
            self._play()

    def action_speed(self, by: int) -> None:
        """Play faster or slower."""
        self._speed = other_speed(self._speed, by)
        if self._player is not None:
            self._player.stop()
            self._play()
        else:
            self.eog.toast(f"Space plays at {speed_word(self._speed)}.")

    def _play(self) -> None:
        self._player = self.set_interval(1 / self._speed, self._play_step)
        self.query_one(ReplayHeader).playing = speed_word(self._speed)

    def _play_step(self) -> None:
        assert self.outline is not None
        if self.shown_step != self.position:
            return  # it is still being read
        self.show_step(self.position + 1)
        if self.position >= self.outline.last and not self.outline.run.alive:
            self.stop_playing()

    def stop_playing(self) -> None:
        """Stay at the step that is shown."""
        if self._player is not None:
            self._player.stop()
            self._player = None
            self.query_one(ReplayHeader).playing = ""

    def on_key(self, event: events.Key) -> None:
        """Whoever presses a key wants to look, so the playing stops; its own keys know better."""
        bound = self.active_bindings.get(event.key)
        if bound is None or bound.binding.id not in _OWN_KEYS:
            self.stop_playing()

    def on_screen_suspend(self) -> None:
        """A covered replay rests."""
        self.stop_playing()
