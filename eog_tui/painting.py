"""Paints a change of the screen at what it costs: only the widgets under it are asked, and only for their rows.

Textual 8.2 puts one box around all that changed and asks every widget that touches the box for all of its rows, so
that a letter in a field costs as much as the lists beside it are high.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip


class NarrowCompositor(Compositor):
    """Textual's compositor, which keeps to the regions that changed when it paints a part of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self._changed: Sequence[Region] = ()

    def render_partial_update(self) -> ChopsUpdate | None:
        """Paint what changed."""
        self._changed = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._changed = ()

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if not self._changed:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            parts = [part for changed in self._changed if (part := shown.intersection(changed))]
            if parts:
                top, bottom = min(part.y for part in parts), max(part.bottom for part in parts)
                rows = Region(shown.x, top, shown.width, bottom - top)
                yield rows, rows, widget.render_lines(rows.translate(-region.offset))
