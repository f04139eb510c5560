"""Which tools of a server may write: only after those are its tables compared."""

from __future__ import annotations

import re

import mcp_types as types

from engine.gyms.toolkit import Domain, UnknownTool

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")

_READS = frozenset(
    "get list find search read fetch count describe show view lookup query retrieve check whoami".split()  # noqa: SIM905
)

_WRITES = frozenset(
    "add archive assign cancel clear close copy create delete edit insert link mark move patch post put remove "  # noqa: SIM905
    "rename reset restore save send set share star submit unlink update upload".split()
)


def may_write(tool: types.Tool, domain: Domain | None) -> bool:
    """Whether a tool may change the database.

    A built-in domain knows its tools. Of others, the server's own ``readOnlyHint`` counts, then the name: a verb
    that reads in front and none that writes behind it, as in ``get_or_create_label``. Whatever is unclear may write.
    """
    if domain is not None:
        try:
            return domain.writes(tool.name)
        except UnknownTool:
            pass  # the server has more tools than we
    if tool.annotations is not None and tool.annotations.read_only_hint is not None:
        return not tool.annotations.read_only_hint
    words = [word.lower() for word in _WORD.findall(tool.name)]
    return not words or words[0] not in _READS or not _WRITES.isdisjoint(words[1:])
