"""Every action that a key can run: one registry, from which all else about keys is made.

Bindings of screens and widgets, the footer, the palette, the ``?`` help and the table in ``docs/keys.md`` come from
``ACTIONS``. A key has one meaning (``MEANINGS``) in every place that knows it; a test holds that.
Actions have ids, so people can give them other keys in their settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.binding import BindingType

PLACES = {
    "app": "everywhere",
    "screen": "every screen",
    "list": "lists",
    "text": "texts",
    "filter": "filter and search field",
    "runs": "Runs",
    "launch": "Launch",
    "live": "Live",
    "replay": "Replay",
    "fork": "Fork",
    "workbench": "Workbench",
    "form": "a tool's form",
    "editor": "the large editor of a field",
    "plan": "Plan",
    "plans": "Plans",
    "review": "plan review",
    "dialog": "dialogs",
    "question": "the question about a call",
}
"""Where actions can live: the screens, and the kinds of panes in them; with the words that docs use."""

MEANINGS = {
    "move": "move, page, first and last in the focused list or text",
    "ends": "first and last row, line or step",
    "step": "previous and next step",
    "write": "previous and next step that wrote",
    "verdict": "previous and next step that changed a verdict",
    "in": "into",
    "out": "out: suggestion, field, filter, zoom, pane, screen",
    "pane": "next and previous pane",
    "jump": "jump mode: a letter for each pane",
    "pause": "pause and go on",
    "speed": "faster and slower",
    "mark": "mark",
    "find": "lists: filter; texts and timelines: search",
    "match": "next and previous match",
    "palette": "palette of what makes sense now",
    "help": "help for this place",
    "zoom": "zoom the pane",
    "copy": "copy",
    "open": "open in the pager",
    "launch": "launch",
    "act": "act: be the agent, take over, go on by hand",
    "fork": "fork from a step",
    "inject": "say something to the model",
    "single": "single step",
    "word": "give the word that a run waits for",
    "rules": "which calls wait for a person's word",
    "plan": "write or open a plan",
    "tool": "choose a tool",
    "line": "type a call as a line",
    "view": "rows as a table, or as JSON",
    "edit": "edit, or send again with changes",
    "large": "write a field in a large editor",
    "note": "write a note",
    "done": "done: give the answer",
    "refuse": "refuse the task",
    "family": "the runs that were forked from each other",
    "send": "send the form",
    "sort": "sort a list",
    "stop": "stop a run, delete one that has ended, or a plan; asks first",
    "undo": "undo: bring back what was deleted or changed",
    "demo": "demo",
    "quit": "quit; asks while runs live",
}
"""What keys mean, wherever they work, in the order in which docs list them."""


@dataclass(frozen=True)
class Action:
    """One thing that a person can do, and all that is said about it."""

    id: str
    """Unique and lasting: settings refer to it."""
    call: str
    """The Textual action, such as ``step(1)``; looked up on the widget or screen that has the binding."""
    keys: tuple[str, ...]
    """As Textual names them; the first one is shown."""
    label: str
    """One or two words for the footer."""
    help: str
    """One sentence for help, palette and docs."""
    places: tuple[str, ...]
    meaning: str
    """Key of ``MEANINGS``."""
    footer: int = 0
    """Place in the footer, counted from the left and the last to go from its end; 0 keeps it out."""
    in_palette: bool = True
    priority: bool = False
    """Whether the key goes before those of the focused widget."""


ACTIONS = (
    # Lists and texts.
    Action("move.down", "move(1)", ("down", "j"), "down", "Go one row or line down.",
           ("list", "text"), "move", 0, False),
    Action("move.up", "move(-1)", ("up", "k"), "up", "Go one row or line up.",
           ("list", "text"), "move", 0, False),
    Action("move.page_down", "page(1)", ("pagedown",), "page down", "Go one page down.",
           ("list", "text"), "move", 0, False),
    Action("move.page_up", "page(-1)", ("pageup",), "page up", "Go one page up.",
           ("list", "text"), "move", 0, False),
    Action("move.first", "first", ("g",), "first", "Go to the first row or line.",
           ("list", "text"), "move", 0, False),
    Action("move.last", "last", ("G",), "last", "Go to the last row or line.",
           ("list", "text"), "move", 0, False),
    Action("list.open", "open", ("enter",), "open", "Open the selected row or step.",
           ("list",), "in", 1, False),
    Action("text.next_match", "match(1)", ("n",), "next match", "Go to the next match.",
           ("text",), "match", 0, False),
    Action("text.previous_match", "match(-1)", ("N",), "previous match", "Go to the previous match.",
           ("text",), "match", 0, False),
    Action("filter.accept", "accept", ("enter",), "keep",
           "Keep the filter or search and go to the list or text.", ("filter",), "in", 1, False),
    Action("filter.cancel", "cancel", ("escape",), "leave",
           "Leave the field; what it filters or found stays until the next Esc.",
           ("filter",), "out", 2, False),
    # Runs.
    Action("runs.launch", "launch", ("r",), "launch", "Choose tasks and an agent, and start runs.",
           ("runs",), "launch", 2),
    Action("runs.act", "act", ("a",), "act",
           "Be the agent: go on with a run of yours that is open, or do the selected run's task anew.",
           ("runs",), "act", 3),
    Action("runs.sort", "sort", ("S",), "sort", "Choose the column to sort by, or turn the order around.",
           ("runs",), "sort", 5),
    Action("runs.demo", "demo", ("D",), "demo", "Play a built-in task at a pace that you can follow.",
           ("runs",), "demo", 7),
    Action("runs.stop", "stop", ("x",), "stop",
           "Stop the selected run, or delete it when it has ended; asks first.", ("runs",), "stop", 6),
    # Launch.
    Action("launch.enter", "start", ("enter",), "start", "Start the runs, from anywhere but a field.",
           ("launch",), "in", 1, False),
    Action("launch.mark", "mark", ("m",), "mark", "Take the task into the launch, or out of it.",
           ("launch",), "mark", 2),
    Action("launch.mark_all", "mark_all", ("M",), "all",
           "Take all tasks that are shown into the launch, or out of it.", ("launch",), "mark", 3),
    Action("launch.start", "start", ("ctrl+j",), "start", "Start the runs, from a field too.",
           ("launch",), "send", 12, priority=True),
    Action("launch.act", "act", ("a",), "act", "Do the selected task yourself, at the Workbench.",
           ("launch",), "act", 4),
    # Live.
    Action("live.pause", "pause", ("space",), "pause", "Pause the run before its next step, or let it go on.",
           ("live",), "pause", 1),
    Action("live.step", "single", ("s",), "step", "Make one model or tool call and wait again.",
           ("live",), "single", 1),
    Action("live.say", "say", ("i",), "message", "Say something to the model, as the user.",
           ("live",), "inject", 1),
    Action("live.act", "act", ("a",), "take over", "Act in the agent's place, at the Workbench.",
           ("live",), "act", 1),
    Action("live.stop", "stop", ("x",), "stop", "Stop the run.", ("live",), "stop", 1),
    Action("live.word", "word", ("W",), "answer", "Answer the call or plan that waits for a person's word.",
           ("live",), "word", 0),
    Action("live.rules", "rules", ("R",), "rules", "Choose which calls wait for a person's word.",
           ("live",), "rules", 2),
    Action("live.replay", "replay", ("enter",), "replay", "Step through the run, once it has ended.",
           ("live",), "in", 1),
    # Replay.
    Action("step.next", "step(1)", ("right", "l"), "next step", "Go to the next step.",
           ("live", "replay"), "step", 1),
    Action("step.previous", "step(-1)", ("left", "h"), "previous step", "Go to the previous step.",
           ("live", "replay"), "step", 0),
    Action("step.next_write", "write(1)", ("full_stop",), "next write", "Go to the next step that wrote.",
           ("live", "replay"), "write", 2),
    Action("step.previous_write", "write(-1)", ("comma",), "previous write",
           "Go to the previous step that wrote.", ("live", "replay"), "write", 0),
    Action("step.next_verdict", "verdict(1)", ("right_curly_bracket",), "next verdict change",
           "Go to the next step that changed a verdict.", ("replay",), "verdict", 0),
    Action("step.previous_verdict", "verdict(-1)", ("left_curly_bracket",), "previous verdict change",
           "Go to the previous step that changed a verdict.", ("replay",), "verdict", 0),
    Action("replay.unfold", "unfold", ("enter",), "unfold",
           "Show in full what the step folds, or fold it again.", ("replay",), "in", 1),
    Action("replay.play", "play", ("space",), "play", "Play the steps one after the other, or pause.",
           ("replay",), "pause", 3),
    Action("replay.faster", "speed(1)", ("plus",), "faster", "Play faster.", ("replay",), "speed", 0),
    Action("replay.slower", "speed(-1)", ("minus",), "slower", "Play slower.", ("replay",), "speed", 0),
    Action("replay.next_match", "match(1)", ("n",), "next match",
           "Go to the next step that holds what you searched.", ("replay",), "match", 0),
    Action("replay.previous_match", "match(-1)", ("N",), "previous match",
           "Go to the previous step that holds what you searched.", ("replay",), "match", 0),
    Action("replay.fork", "fork", ("f",), "fork", "Go on from this step in a run of its own: choose how.",
           ("replay",), "fork", 4),
    Action("replay.act", "act", ("a",), "act", "Fork at this step and go on by hand at once.",
           ("replay",), "act", 5),
    Action("replay.family", "family", ("T",), "family", "Show the runs that were forked from each other as a tree.",
           ("replay",), "family", 6),
    Action("runs.family", "family", ("T",), "forks", "Unfold the forks of the selected run, or fold them.",
           ("runs",), "family", 6),
    # Fork.
    Action("fork.enter", "start", ("enter",), "start", "Start the fork, from anywhere but a field.",
           ("fork",), "in", 1, False),
    Action("fork.start", "start", ("ctrl+j",), "start", "Start the fork, from a field too.",
           ("fork",), "send", 12, priority=True),
    # Workbench.
    Action("workbench.send", "send", ("ctrl+j",), "send", "Send the call, from anywhere.",
           ("workbench",), "send", 1, priority=True),
    Action("workbench.fill", "fill", ("enter",), "fill in", "Go into the form.",
           ("workbench",), "in", 0, False),
    Action("workbench.tool", "tool", ("t",), "tools", "Find a tool and fill in its form.",
           ("workbench",), "tool", 2),
    Action("workbench.edit", "edit", ("e",), "re-send",
           "Fill the form with the selected or shown call, to send it again with changes.",
           ("workbench",), "edit", 2),
    Action("workbench.note", "note", ("w",), "note", "Write a note: recorded, never sent.",
           ("workbench",), "note", 2),
    Action("workbench.done", "done", ("d",), "done", "Give the answer; the run ends and is verified.",
           ("workbench",), "done", 2),
    Action("workbench.refuse", "refuse", ("F",), "refuse", "Refuse the task and say why; the run ends.",
           ("workbench",), "refuse", 2),
    Action("workbench.pause", "pause", ("space",), "pause", "Stop the clock, or let it go on.",
           ("workbench",), "pause", 3),
    Action("workbench.line", "line", ("semicolon",), "line", "Type calls as lines: tool name=value.",
           ("workbench",), "line", 3),
    Action("workbench.view", "view", ("v",), "view", "Show the result's rows as a table, or all of it as JSON.",
           ("workbench",), "view", 0),
    Action("workbench.hand_back", "hand_back", ("a",), "hand back", "Let the agent go on.",
           ("workbench",), "act", 3),
    Action("form.editor", "editor", ("f2",), "large editor",
           "Write the field in a large editor, with room for lines and JSON.", ("form",), "large", 0, False),
    Action("editor.save", "save", ("ctrl+j",), "save", "Take over what stands in the large editor.",
           ("editor",), "send", 1, False, priority=True),
    # Plans.
    Action("plan.of_task", "plan", ("p",), "plan", "Write a plan for the task, or open the one that it has.",
           ("runs", "launch", "plans"), "plan", 5),
    Action("plans.launch", "launch", ("r",), "launch", "Launch the task with this plan.",
           ("plan", "plans"), "launch", 2),
    Action("plans.delete", "delete", ("x",), "delete", "Delete the selected plan with all its versions; asks first.",
           ("plans",), "stop", 6),
    Action("plans.undo", "undo", ("u",), "undo", "Bring back the plan that was deleted last.", ("plans",), "undo", 7),
    Action("plan.save", "save", ("ctrl+j",), "save", "Save what is written as a new version.",
           ("plan",), "send", 1, priority=True),
    Action("plan.accept", "accept", ("ctrl+j",), "accept", "Let the agent work by what stands here.",
           ("review",), "send", 1, priority=True),
    Action("plan.write", "write", ("enter",), "write", "Go into the text.", ("plan", "review"), "in", 3, False),
    Action("plan.editor", "editor", ("o",), "$EDITOR", "Write the text in $EDITOR.", ("plan", "review"), "open", 4),
    Action("plan.restore", "restore", ("u",), "bring back",
           "Bring back the selected version, or what the model wrote.", ("plan", "review"), "undo", 5),
    # Every screen.
    Action("find", "find", ("slash",), "find", "Filter the list, or search the text or run.",
           ("screen",), "find", 4),
    Action("ends.first", "edge(-1)", ("home",), "first", "Go to the first row, line or step.",
           ("screen",), "ends", 0, False),
    Action("ends.last", "edge(1)", ("end",), "last", "Go to the last row, line or step.",
           ("screen",), "ends", 0, False),
    Action("copy", "copy", ("y",), "copy", "Copy the selection, or else the focused thing.",
           ("screen",), "copy", 8),
    Action("open", "pager", ("o",), "pager", "Open the focused thing in $PAGER.", ("screen",), "open", 9),
    Action("zoom", "zoom", ("z",), "zoom", "Give the focused pane the whole screen, or back.",
           ("screen",), "zoom", 10),
    Action("pane.next", "next_pane(1)", ("tab",), "next pane", "Go to the next pane.",
           ("screen",), "pane", 0, False),
    Action("pane.previous", "next_pane(-1)", ("shift+tab",), "previous pane", "Go to the previous pane.",
           ("screen",), "pane", 0, False),
    Action("pane.jump", "jump", ("ctrl+o",), "jump", "Show a letter on each pane; press it to go there.",
           ("screen",), "jump", 0),
    Action("back", "back", ("escape",), "back", "Step out of filter, zoom, pane or screen.",
           ("screen",), "out", 11, False),
    # Everywhere.
    Action("palette", "command_palette", ("colon", "ctrl+p"), "palette", "Find any action by its name.",
           ("app", "question"), "palette", 12, False),
    Action("help", "help", ("question_mark",), "help", "Say what can be done here; Enter does it.",
           ("app", "question"), "help", 0, False),
    Action("quit", "quit", ("q", "ctrl+q"), "quit", "Leave; runs that live can go on or be stopped.",
           ("app",), "quit", 13),
    Action("copy.selection", "copy_selection", ("ctrl+c",), "copy",
           "Copy the selected text; never ends anything.", ("app",), "copy", 0, False),
    # Dialogs.
    Action("dialog.cancel", "cancel", ("escape",), "cancel", "Leave the dialog; nothing happens.",
           ("dialog",), "out", 1, False),
)  # fmt: skip
"""The registry. An action is here when it exists, and not before."""

BY_ID = {action.id: action for action in ACTIONS}

_KEY_SIGNS = {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "enter": "⏎", "escape": "Esc", "space": "Space",
    "tab": "Tab", "shift+tab": "Shift-Tab", "pageup": "PgUp", "pagedown": "PgDn", "home": "Home", "end": "End",
    "slash": "/", "colon": ":", "semicolon": ";", "question_mark": "?", "comma": ",", "full_stop": ".", "plus": "+",
    "minus": "-",
    "left_curly_bracket": "{", "right_curly_bracket": "}", "f2": "F2",
}  # fmt: skip


def key_sign(key: str, *, ascii_only: bool = False) -> str:
    """How a key is written for people: ``question_mark`` is ``?``."""
    if key in _KEY_SIGNS or "+" in key or len(key) == 1:
        sign = _KEY_SIGNS.get(key, key)
        return key.capitalize() if ascii_only and not sign.isascii() else sign
    from textual.keys import format_key  # here: our own keys need no Textual, only those that a person chose

    return format_key(key)


def types_text(key: str) -> bool:
    """Whether a key writes a character while a field has the focus."""
    sign = key_sign(key)
    return key == "space" or (len(sign) == 1 and key not in ("up", "down", "left", "right", "enter"))


def in_place(place: str) -> Iterator[Action]:
    """The actions of one place, in the registry's order."""
    return (action for action in ACTIONS if place in action.places)


def bindings(*places: str) -> list[BindingType]:
    """What a screen, pane or app puts into its ``BINDINGS``."""
    from textual.binding import Binding

    return [
        Binding(
            ",".join(action.keys),
            action.call,
            action.label,
            show=action.footer > 0,
            key_display=key_sign(action.keys[0]),
            priority=action.priority,
            tooltip=action.help,
            id=action.id,
        )
        for place in places
        for action in in_place(place)
    ]


def clashes(keymap: dict[str, str] | None = None) -> list[str]:
    """What is wrong with the keys, in words; empty when each key has one meaning and one action in a place.

    Args:
        keymap: a person's own keys: action id to keys, separated by commas.
    """
    found = []
    meanings: dict[str, Action] = {}
    taken: dict[tuple[str, str], Action] = {}
    for action in ACTIONS:
        own = (keymap or {}).get(action.id)
        for key in own.split(",") if own else action.keys:
            key = key.strip()
            first = meanings.setdefault(key, action)
            if first.meaning != action.meaning:
                found.append(f"{key_sign(key)} means {first.meaning} ({first.id}) and {action.meaning} ({action.id})")
            for place in action.places:
                other = taken.setdefault((place, key), action)
                if other is not action:
                    found.append(f"{key_sign(key)} is {other.id} and {action.id} in {PLACES[place]}")
    return found


def markdown() -> str:
    """The key tables for ``docs/keys.md``: of actions, and of the answers of dialogs."""
    from eog_tui import answers  # which are written with our signs for keys

    lines = [
        "# Keys",
        "",
        "Made by `python -m eog_tui.actions > docs/keys.md`. A key means the same wherever it works. While a field",
        "has focus, letters type. The ids are what `keys` in the [settings file](settings.md) refers to.",
        "",
        "| key | means | where | id |",
        "| --- | --- | --- | --- |",
    ]
    for meaning in MEANINGS:
        for action in ACTIONS:
            if action.meaning == meaning:
                keys = " ".join(f"`{key_sign(key)}`" for key in action.keys)
                places = ", ".join(PLACES[place] for place in action.places)
                lines.append(f"| {keys} | {action.help} | {places} | `{action.id}` |")
    return "\n".join([*lines, "", *answers.markdown(), ""])


if __name__ == "__main__":
    print(markdown(), end="")
