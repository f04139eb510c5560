"""The plan editor: how should the agent go about this task?"""

from __future__ import annotations

from collections.abc import Iterable

from textual import work
from textual.widgets import Input

from engine.trajectory.database import StoreError
from eog_tui.actions import bindings
from eog_tui.answers import ANSWERS
from eog_tui.literal import literal
from eog_tui.plans.outset import Outset, library_plan, new_plan
from eog_tui.plans.subject import Subject
from eog_tui.screens.base import Command
from eog_tui.screens.confirm import ConfirmScreen
from eog_tui.screens.plan_editing import PlanEditing
from eog_tui.screens.plan_panes import VersionsPane
from eog_tui.widgets.line_view import Piece


class PlanScreen(PlanEditing):
    """Write a plan of the library, or begin one. Each save is a version of its own."""

    BINDINGS = bindings("plan")

    def __init__(
        self,
        plan_id: int | None = None,
        *,
        subject: Subject | None = None,
        text: str = "",
        title: str = "",
        origin: str = "written",
    ) -> None:
        """Make the screen.

        Args:
            plan_id: a plan of the library; without it a new one begins.
            subject: what a new plan is for.
            text: what a new plan begins with, not saved yet.
            title: its title.
            origin: what the first version comes from, such as ``run 12``.
        """
        super().__init__()
        assert (plan_id is None) != (subject is None)
        self.plan_id, self._for = plan_id, subject
        self._first = (text, title)
        self._origin = origin
        self._known_title = ""
        self._saving = False

    def read(self) -> Outset:
        """The plan with its versions, or what a new one is for."""
        if self.plan_id is not None:
            return library_plan(self.eog.store, self.plan_id)
        assert self._for is not None
        return new_plan(self.eog.store, self._for)

    def begin(self, outset: Outset) -> None:
        """Show it; a draft of a run is there at once, as unsaved text."""
        self._known_title = outset.title
        text, title = self._first
        super().begin(outset)
        if title:
            self.query_one("#title", Input).value = title
        if text and outset.draft is None:
            self.editor.replace(text)

    # Saving.

    @property
    def unsaved(self) -> bool:
        """Whether the text, or the title of a plan that has one, is another than what is saved."""
        renamed = bool(self._known_title) and self.title_typed not in ("", literal(self._known_title))
        return super().unsaved or renamed

    def head(self) -> list[Piece]:
        """The plan's number, and what it is for."""
        number: list[Piece] = [(f"#{self.plan_id} ", "dim")] if self.plan_id is not None else [("new ", "dim")]
        return [*number, *super().head()]

    def saved_words(self) -> str:
        """The version that stands here."""
        versions = len(self.query_one(VersionsPane).versions)
        return f"v{versions}" if versions else "nothing written yet"

    @work(group="save")
    async def action_save(self) -> None:
        """Save what is written as a new version."""
        await self._save(self.text)

    async def _save(self, text: str) -> bool:
        if self._saving or self.subject is None:
            return False
        self._saving = True
        try:
            return await self._save_now(text)
        finally:
            self._saving = False

    async def _save_now(self, text: str) -> bool:
        assert self.subject is not None
        title = self.title_typed or self._default_title(text)
        before = len(self.query_one(VersionsPane).versions)
        arguments = (self.plan_id, self.subject, title, self.author, text, self._origin)
        try:
            plan_id, version = await self.in_thread(self._write, *arguments)
            self.plan_id = plan_id
            versions = await self.in_thread(self.eog.store.plans.history, plan_id)
        except StoreError as error:
            self.eog.toast(str(error), title="Not saved", severity="error")
            return False
        renamed = title != self._known_title and bool(self._known_title)
        self._known_title = title
        with self.prevent(Input.Changed):
            self.query_one("#title", Input).value = title
        self.query_one(VersionsPane).take(versions)
        self.took_over(text)
        if version > before:
            self.eog.toast(f"v{version} saved.")
        else:
            self.eog.toast("The title is changed." if renamed else f"Nothing changed: v{version} says the same.")
        return True

    def _write(
        self, plan_id: int | None, subject: Subject, title: str, author: str, text: str, origin: str
    ) -> tuple[int, int]:
        plans = self.eog.store.plans
        if plan_id is None:
            return plans.create(subject.name, subject.domain, title, author, text, origin), 1
        version = plans.save(plan_id, author, text, origin)
        if title != self._known_title:
            plans.rename(plan_id, title)
        return plan_id, version

    def _default_title(self, text: str) -> str:
        first = next((line.strip("# ").strip() for line in literal(text).splitlines() if line.strip("# ").strip()), "")
        return first[:80] or (self.subject.name[:80] if self.subject else "plan")

    @work(group="save")
    async def action_restore(self) -> None:
        """Bring the selected version back as a new one."""
        pane = self.query_one(VersionsPane)
        version = pane.selected
        if not pane.has_focus_within or version is None:
            self.eog.toast("Choose a version in Versions first; u brings it back.")
        elif version.number == len(pane.versions) and not self.unsaved:
            self.eog.toast(f"v{version.number} is what stands here.")
        else:
            # What was written and not saved stays in reach of ctrl+z.
            self.editor.replace(version.text)
            await self._save(self.text)

    # Leaving.

    def step_out(self) -> bool:
        """Ask before unsaved text is left."""
        if self.focused is not self.query_one(self.MAIN) or self.maximized is not None or not self.unsaved:
            return False

        def answer(letter: str | None) -> None:
            if letter == "s":
                self._save_and_leave()
            elif letter == "t":
                self._throw_away()

        detail = f"{self.subject.name if self.subject else ''}\nThrown away, it cannot be brought back."
        self.app.push_screen(
            ConfirmScreen("This plan has unsaved text.", ANSWERS["unsaved plan"], detail=detail, cancel="stay"), answer
        )
        return True

    @work(group="save")
    async def _save_and_leave(self) -> None:
        if await self._save(self.text):
            self.dismiss()

    @work(group="draft")
    async def _throw_away(self) -> None:
        self._known_title = ""
        self.took_over(self.text)
        await self.drop_draft()
        self.dismiss()

    def on_unmount(self) -> None:
        """Keep what is not saved."""
        self.flush_draft()

    # Running.

    def action_launch(self) -> None:
        """Launch the task with this plan."""
        from eog_tui.screens.plan_opening import launch_with

        if self.plan_id is None or self.unsaved:
            self.eog.toast("Save it first: ctrl+j.")
        elif self.subject is not None:
            launch_with(self.eog, self.plan_id, self.subject)

    def commands(self) -> Iterable[Command]:
        """The panes, and the command line's way to this plan."""
        yield from super().commands()
        if self.plan_id is not None:
            command = f"eog-tui plans show {self.plan_id}"
            yield Command(f"copy the command: {command}", "Prints this plan.", lambda: self.eog.copy(command))
