"""A tool being filled in: the text in each of its fields, and the call that they come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.gyms.session import ToolSpec
from eog_tui.workbench.call_line import specs_of
from eog_tui.workbench.fields import UNSET, FieldSpec, unknown_field
from eog_tui.workbench.validating import whole_problems
from eog_tui.workbench.values import Problem, as_text, check, doubt


class Filling:
    """The fields of one tool: those that are required first."""

    def __init__(
        self, tool: ToolSpec, arguments: Mapping[str, Any] | None = None, typed: Mapping[str, str] | None = None
    ) -> None:
        """Begin.

        Args:
            tool: what is to be called.
            arguments: of an earlier call, to begin with; those that the schema does not name get fields too.
            typed: the texts of a draft (see ``typed``); they go before ``arguments``.
        """
        self.tool = tool
        known = {spec.name: spec for spec in specs_of(tool)}
        names = [*known, *(name for name in {**(arguments or {}), **(typed or {})} if name not in known)]
        self.fields = [known[name] if name in known else unknown_field(name) for name in names]
        self._spec = {spec.name: spec for spec in self.fields}
        self._texts = dict.fromkeys(self._spec, "")
        for name, value in (arguments or {}).items():
            self._texts[name] = as_text(self._spec[name], value)
        self._texts.update(typed or {})
        self._values = {name: check(self._spec[name], text) for name, text in self._texts.items()}

    def text(self, name: str) -> str:
        """What stands in a field."""
        return self._texts[name]

    def typed(self) -> dict[str, str]:
        """What stands in each field that is not empty: a draft that can be kept."""
        return {name: text for name, text in self._texts.items() if text}

    def put(self, name: str, text: str) -> bool:
        """Put a text into a field; returns whether it is another one."""
        if self._texts[name] == text:
            return False
        self._texts[name] = text
        self._values[name] = check(self._spec[name], text)
        return True

    def put_value(self, name: str, value: Any) -> bool:
        """Put a value into a field; ``UNSET`` empties it."""
        return self.put(name, "" if value is UNSET else as_text(self._spec[name], value))

    def value(self, name: str) -> Any:
        """What a field comes to: a value, ``UNSET`` or a ``Problem``."""
        return self._values[name]

    def problem(self, name: str) -> str:
        """What is wrong with a field, in words; empty when nothing is. Still to be filled is not wrong."""
        value = self._values[name]
        return value.words if isinstance(value, Problem) and self._texts[name].strip() else ""

    def doubt(self, name: str) -> str:
        """Why the tool may refuse what a field holds, in words; it can be sent all the same."""
        return doubt(self._spec[name], self._values[name])

    @property
    def missing(self) -> list[FieldSpec]:
        """Required fields that are still empty."""
        return [spec for spec in self.fields if spec.required and not self._texts[spec.name].strip()]

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the call: of all fields that hold a value."""
        return {
            name: value for name, value in self._values.items() if value is not UNSET and not isinstance(value, Problem)
        }

    @property
    def problems(self) -> dict[str, str]:
        """All that keeps the call from being sent, in words, by field; under ``""`` what belongs to no single one."""
        found = {name: value.words for name, value in self._values.items() if isinstance(value, Problem)}
        return {**whole_problems(self.tool.input_schema, self.arguments), **found}
