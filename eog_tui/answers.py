"""What dialogs are answered with: one table, of which they show their own part and the docs all of it.

An answer is no action: its letter means this only while the question is open, whatever it means elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from eog_tui.actions import key_sign

Question = Literal[
    "call", "always", "edit", "rules", "words", "stop run", "delete run", "delete plan", "write over", "unsaved plan",
    "kept plan", "hand back", "quit", "ended", "any",
]  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """One thing that can be answered."""

    keys: tuple[str, ...]
    """As Textual names them; the first one is shown in help and palette."""
    words: str
    """A few words beside the key."""
    help: str
    """One sentence for help, palette and docs."""

    @property
    def key(self) -> str:
        """What is pressed, as Textual names it."""
        return self.keys[0]

    @property
    def sign(self) -> str:
        """The keys, as they are written for people."""
        signs = [key_sign(key) for key in self.keys]
        return ("" if self.key in ("left", "up") else " ").join(signs)


QUESTIONS: dict[Question, str] = {
    "call": "a call waits for your word",
    "always": "… after `A`",
    "edit": "… after `e`",
    "rules": "which calls wait for a person's word?",
    "words": "a message, a reason, an answer, a note",
    "ended": "your run has ended",
    "stop run": "stop the run?",
    "delete run": "delete the run?",
    "hand back": "hand back to the agent?",
    "delete plan": "delete the plan?",
    "write over": "write over the file?",
    "unsaved plan": "the plan has unsaved text",
    "kept plan": "unsaved text of the plan was kept",
    "quit": "runs are still going",
    "any": "any of these with buttons",
}
"""What is asked, in the words and the order of the docs."""

ANSWERS: dict[Question, tuple[Answer, ...]] = {
    "call": (
        Answer(("y",), "once", "Let the call run, with your changes if you made any."),
        Answer(("A",), "always", "Let its tool run unasked; asks how far."),
        Answer(("e",), "edit", "Change its arguments in a form, tried as you type."),
        Answer(("u",), "as proposed", "Give up your changes of the arguments."),
        Answer(("n",), "reject", "Reject it, with a reason for the model."),
        Answer(("a",), "take over", "Act in the agent's place; the call does not run."),
        Answer(("r",), "answer for it", "Answer in the agent's place; the run ends with it."),
        Answer(("escape",), "later", "Let the call wait; W in Live comes back to it."),
    ),
    "always": (
        Answer(("A",), "unasked in this run", "Let it run, and its tool unasked in this run."),
        Answer(("k",), "and in later launches", "The same, and keep the rule for later launches."),
        Answer(("escape",), "back", "Go back to the answers."),
    ),
    "edit": (
        Answer(("ctrl+j",), "run it so", "Let the call run as the form says."),
        Answer(("escape",), "to the answers", "Go back to the answers, with what is changed."),
    ),
    "rules": (
        Answer(("left", "right"), "choose", "Choose the next or previous rule."),
        Answer(("up", "down"), "other field", "Go to the tools that run unasked, or back."),
        Answer(("enter", "ctrl+j"), "set", "Let these rules hold from here on."),
        Answer(("escape",), "leave", "Leave the rules as they are."),
    ),
    "words": (
        Answer(("ctrl+j",), "send", "Send or record what is written."),
        Answer(("escape",), "back", "Go back; where something is written, the second one drops it."),
    ),
    "ended": (
        Answer(("enter",), "replay it", "Step through the run."),
        Answer(("escape",), "leave", "Leave the Workbench."),
    ),
    "stop run": (Answer(("s",), "stop", "Stop the run; what it did so far stays recorded."),),
    "delete run": (Answer(("d",), "delete", "Delete the run with its steps, for good."),),
    "hand back": (Answer(("h",), "hand back", "Let the agent go on, or wait where a pause was ordered."),),
    "delete plan": (Answer(("d",), "delete", "Delete the plan with its versions; u brings it back."),),
    "write over": (Answer(("w",), "write over it", "Write over the file that is there."),),
    "unsaved plan": (
        Answer(("s",), "save", "Save the text as a new version, and leave."),
        Answer(("t",), "throw away", "Leave without it, for good."),
    ),
    "kept plan": (
        Answer(("t",), "take it up", "Go on with the text that was not saved."),
        Answer(("d",), "drop it", "Delete it, and begin with what is saved."),
    ),
    "quit": (
        Answer(("l",), "leave running", "Leave the app; the runs go on in this terminal."),
        Answer(("s",), "stop", "Stop the runs, and leave."),
    ),
    "any": (
        Answer(("left", "right"), "move", "Go to the next or previous button."),
        Answer(("enter", "space"), "choose", "Choose the button that has the focus, as a click does."),
        Answer(("escape",), "cancel", "Do nothing; this button has the focus first."),
    ),
}


def to(question: Question, key: str) -> Answer:
    """The answer that a key gives."""
    return next(answer for answer in ANSWERS[question] if answer.key == key)


def markdown() -> list[str]:
    """The lines of the section in ``docs/keys.md``."""
    lines = [
        "## In questions",
        "",
        "A dialog is answered with keys of its own, which mean this only while it is open. It shows them; over a call",
        "that waits `?` and `:` tell them too.",
        "",
        "| question | key | answer |",
        "| --- | --- | --- |",
    ]
    for question, asked in QUESTIONS.items():
        for nth, answer in enumerate(ANSWERS[question]):
            keys = " ".join(f"`{key_sign(key)}`" for key in answer.keys)
            lines.append(f"| {asked if nth == 0 else ''} | {keys} | {answer.help} |")
    return lines


@runtime_checkable
class Answered(Protocol):
    """A dialog whose answers help and palette tell."""

    def answers(self) -> Iterator[Answer]:
        """What can be answered now."""
        ...

    def give(self, answer: Answer) -> object:
        """Answer so."""
        ...
