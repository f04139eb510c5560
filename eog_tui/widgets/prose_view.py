"""Text that people wrote to be read, such as a task or a policy: its paragraphs fill the width, its items hang."""

from __future__ import annotations

from collections.abc import Iterator

from eog_tui.prose import prose_lines
from eog_tui.widgets.text_view import TextView


class ProseView(TextView):
    """Shows lines joined that were only wrapped for another width; copied as a whole, the text is as it came."""

    _hangs: list[int]

    def _start_lines(self) -> None:
        self._hangs = []
        super()._start_lines()

    def _text_lines(self) -> Iterator[tuple[str, int]]:
        for line in prose_lines(self._text):
            self._hangs.append(line.hang)
            yield line.text, line.used

    def hang(self, number: int) -> int:
        """Blanks before the second row of a line that is wrapped: under the text of an item."""
        return super().hang(number) if self._is_json else self._hangs[number]
