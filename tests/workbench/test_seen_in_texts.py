"""Ids, addresses and dates in texts: what is found, and that no text can hold up the screen."""

from __future__ import annotations

import re
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eog_tui.workbench.seen import Seen

PLAINLY = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    r"|\b[A-Z][A-Z]+(?:[_-]?[A-Z]+)*[_-]?\d{2,}\b"
    r"|\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?\b"
)
"""The forms as one would write them down who trusts the text."""

WORDS = st.sampled_from([
    "INC0000003", "INC-000001", "USER_025", "CHG_TASK_0012", "A-12", "AB1", "SLA", "Firmware A6", "VPN-2", "RFC2119ff",
    "kim@example.com", "kim.lee+it@mail.example.org", "@kim", "kim@", "a@b", "x-y@z.io.", "6",
    "2026-01-31", "2026-01-31 10:00", "2026-01-31T10:00:59", "2026-1-31", "12026-01-31",
    "0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5b-d9cb", "the", "Größe", "8,000", "...", "--", "",
])  # fmt: skip
BETWEEN = st.sampled_from([" ", "\n", ", ", ": ", "; ", ". ", "/", "(", ")", "'", '"', "=", "—", " - "])


def found(text: str) -> set[object]:
    """Every value that a text tells, under any kind of field."""
    memory = Seen()
    memory.take_text(1, text)
    fields = [("thing_id", {}), ("email", {"format": "email"}), ("due", {"format": "date"})]
    return {each.value for name, form in fields for each in memory.proposals(name, {"type": "string", **form}, "")}


@given(st.lists(st.tuples(WORDS, BETWEEN), max_size=20))
def test_an_ordinary_text_tells_all_that_has_one_of_the_forms(pieces: list[tuple[str, str]]) -> None:
    text = "".join(word + gap for word, gap in pieces)
    assert found(text) == {match[0] for match in PLAINLY.finditer(text)}


@pytest.mark.parametrize(
    "text",
    [
        "IMPORTANT " + "A" * 30,
        "A" * 100_000,
        "AB-" * 30_000,
        "AB_" * 30_000,
        "AB" * 50_000 + "_",
        "a" * 100_000,
        "a." * 50_000 + "@",
        "a@" * 50_000,
        "a@b." * 25_000 + "@",
        "a@" + "b." * 50_000,
        "AB" + "1" * 100_000 + "x",
        "00000000-" * 10_000,
        "2026-01-" * 10_000,
    ],
    ids=lambda text: f"{text[:12]}… {len(text)}",
)
def test_no_text_takes_long_to_look_through(text: str) -> None:
    begun = thread_time()
    found(text)
    assert thread_time() - begun < 1


def test_what_is_too_long_to_be_an_id_is_none() -> None:
    assert found("k" * 500 + "@example.com " + "A" * 500 + "12 INC0000003") == {"INC0000003"}
