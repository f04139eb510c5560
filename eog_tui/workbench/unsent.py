"""What a person typed for calls of one run and did not send: kept while the app runs, so that they may leave."""

from __future__ import annotations

from collections.abc import Mapping


class Unsent:
    """The texts in the fields of tools (``ToolForm.typed``), and the line."""

    def __init__(self) -> None:
        self.line = ""
        """What stands in the line for calls."""
        self.tool = ""
        """Name of the tool whose form was changed last."""
        self._forms: dict[str, dict[str, str]] = {}
        self._sent: dict[str, dict[str, str]] = {}

    def form(self, tool: str) -> Mapping[str, str]:
        """What waits in a tool's form; empty where nothing does."""
        return self._forms.get(tool, {})

    def keep(self, tool: str, typed: dict[str, str]) -> None:
        """Take what stands in a tool's form now. The call that was sent from it last waits for nothing."""
        self.tool = tool
        if typed and typed != self._sent.get(tool):
            self._forms[tool] = typed
        else:
            self._forms.pop(tool, None)

    def sent(self, tool: str, typed: dict[str, str]) -> None:
        """What stood in a tool's form was sent."""
        self._sent[tool] = typed
        if self._forms.get(tool) == typed:
            del self._forms[tool]
