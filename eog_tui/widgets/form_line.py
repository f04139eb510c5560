"""The field of a form that has the cursor: edited in its line, completed from its choices or from what was seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on

from eog_tui.widgets.proposal_list import Offer
from eog_tui.widgets.proposing_field import ProposingField
from eog_tui.workbench.completing import Value, values_for
from eog_tui.workbench.fields import FieldSpec, field_of, shown
from eog_tui.workbench.filling import Filling
from eog_tui.workbench.on_demand import OnDemand
from eog_tui.workbench.seen import Seen
from eog_tui.workbench.values import as_text


class FieldLine(ProposingField):
    """Lies over the field's value. Enter goes on, but only takes a proposal in the form's last field.

    Tab completes what is begun, unless it is a text of words.
    """

    MOST_SHOWN: ClassVar[int] = 20
    DEFAULT_CSS = """
    FieldLine { layer: editor; }
    FieldLine > _Typed { background: $cursor-blurred; }
    FieldLine > _Typed:focus { background: $panel; }
    FieldLine:nocolor > _Typed:focus { text-style: underline; }
    """

    def __init__(self, seen: Seen, form_key: Callable[[str], bool], form_typed: Callable[[], object]) -> None:
        """Make one.

        Args:
            seen: where values come from.
            form_key: does what a key means for the form, and returns whether it meant anything. It is called at once:
                keys that came fast have to find the next field here, not this one.
            form_typed: takes over what stands here; called at once, too.
        """
        super().__init__(self._ways_on, at_hand=True)
        self._seen, self._form_key, self._form_typed = seen, form_key, form_typed
        self._filling: Filling | None = None
        self._spec: FieldSpec | None = None
        self._lists_once_focused = False
        self.offered = 0
        """How many values there are for the field before anything is typed."""

    def show(self, filling: Filling, spec: FieldSpec) -> None:
        """Edit another field."""
        self.close()
        self._lists_once_focused = False
        self._filling, self._spec = filling, spec
        self.value = filling.text(spec.name)
        self.offered = len(self._ways_on(""))

    def use_key(self, key: str) -> bool:
        """Do what a key means here; returns whether it meant anything."""
        is_chosen = self._proposals.highlighted is not None
        match key:
            case "down" if not self.proposing:
                self.look_up_all()
                if not self.proposing:
                    return self._form_key(key)
                self._proposals.move(1)
                return True
            case "enter" if self.proposing and (is_chosen or self._is_beginning()):
                self._take(self._proposals.highlighted or 0)
                # In the last field going on sends the call: nobody who takes a value means that as well.
                return self._is_last or self._form_key(key)
            case "enter":
                return self._form_key(key)
            case "tab" if self.proposing and not is_chosen and not self._completes():
                return self._form_key(key)
        return super().use_key(key) or self._form_key(key)

    def list_choices(self) -> None:
        """List the choices, if there are any, as soon as the field has the focus that it was given."""
        if not self._has_choices:
            return
        if self.screen.focused is self._typed:
            self.look_up_all()
        else:
            self._lists_once_focused = True

    @on(events.DescendantFocus)
    def _came(self) -> None:
        if self._lists_once_focused:
            self._lists_once_focused = False
            self.look_up_all()

    def look_up_all(self) -> None:
        """List all choices, also where one stands already."""
        self.look_up("" if self._has_choices else self.value)

    def tell(self) -> None:
        """Tell the form, which paints nothing of it by itself."""
        self._form_typed()

    @property
    def _is_last(self) -> bool:
        return self._filling is not None and self._spec is self._filling.fields[-1]

    @property
    def _has_choices(self) -> bool:
        return bool(self._spec and self._spec.choices)

    def _completes(self) -> bool:
        """Whether the first proposal is what the person is writing: an id or choice, not one of many texts."""
        return bool(self.value.strip()) and (self._has_choices or " " not in self._proposals.offers[0].word.strip())

    def _is_beginning(self) -> bool:
        """Whether what stands here can only be meant to find a value: it is none, or what an id is called."""
        if self._filling is None or self._spec is None:
            return False
        first, typed = self._proposals.offers[0], self.value.strip().casefold()
        names_it = bool(typed) and typed not in first.text.casefold() and typed in first.label.casefold()
        return names_it or bool(self._filling.problem(self._spec.name))

    def _ways_on(self, typed: str) -> Sequence[Offer]:
        if self._filling is None or self._spec is None:
            return []
        tool, spec, before = self._filling.tool, self._spec, ""
        if spec.kind == "list":
            if typed.lstrip().startswith("["):
                return []
            before, comma, typed = typed.rpartition(",")
            before = f"{before}{comma} " if comma else ""
            spec = field_of(spec.name, spec.schema["items"], tool.input_schema, None)
        field = spec

        def offer(value: Value) -> Offer:
            return Offer(before + as_text(field, value.value), shown(value.value), value.label, value.note)

        return OnDemand(values_for(field, typed, self._seen, tool.name), offer)
