"""What the panes of Replay say about tools and verifiers."""

from __future__ import annotations

import json
from collections import Counter

from eog_tui.replay.check_text import tool_lines


def test_a_tools_description_flows_and_its_lists_stay() -> None:
    text = "List incidents.\n\nAll filters must fit, also\nin part. The order:\n"
    text += "- newest first\n- then by id\n  and name\n1. one"
    tools = json.dumps([{"name": "list", "description": text}])
    assert [line.text for line in tool_lines(tools, Counter())] == [
        "list",
        "  List incidents.",
        "  ",
        "  All filters must fit, also in part. The order:",
        "  - newest first",
        "  - then by id",
        "    and name",
        "  1. one",
    ]
