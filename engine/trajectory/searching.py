"""Finding a phrase in a run, in the database's own words: as it is, and as JSON writes it."""

from __future__ import annotations

import json

from sqlalchemy import Connection, or_, select, union

from engine.trajectory.bodies import unpacked
from engine.trajectory.database import StoreError
from engine.trajectory.tables import Step, StoredEvent, StoredText

LONGEST_NEEDLE = 1_000
"""Characters that can be searched for at once."""


def steps_with(connection: Connection, run_id: int, text: str) -> list[int]:
    """Numbers of the steps in whose texts or title a phrase occurs; what is looked through tells ``Reader.search``.

    Raises:
        StoreError: the phrase is longer than ``LONGEST_NEEDLE`` characters.
    """
    needle = text.strip()
    if not needle:
        return []
    if len(needle) > LONGEST_NEEDLE:
        raise StoreError(f"A phrase to search for can have {LONGEST_NEEDLE:,} characters, not {len(needle):,}.")
    spellings = _spellings(needle)
    in_text = or_(*(StoredEvent.text.icontains(each, autoescape=True) for each in spellings))
    in_title = or_(*(Step.title.icontains(each, autoescape=True) for each in spellings))
    found = union(
        select(StoredEvent.step).where(StoredEvent.run_id == run_id, in_text),
        select(Step.number).where(Step.run_id == run_id, in_title),
    )
    prompts = (
        select(StoredEvent.step, StoredText.body, StoredText.packed)
        .join(StoredText, StoredText.hash == StoredEvent.text_hash)
        .where(StoredEvent.run_id == run_id)
    )
    steps = set(connection.scalars(found))
    # Prompts are shared and compressed; there are two of them.
    for row in connection.execute(prompts):
        if needle.casefold() in unpacked(row.body, row.packed).casefold():
            steps.add(row.step)
    return sorted(steps)


def _spellings(needle: str) -> set[str]:
    """How a phrase may stand in a text: as it is, or inside JSON, where quotes, line breaks and letters have escapes.

    Databases ignore the case of ASCII letters by themselves and of others not at all, so those come in the cases
    that people write.
    """
    cases = {needle}
    if not needle.isascii():
        cases |= {needle.lower(), needle.upper(), needle.capitalize(), needle.title()}
    spellings = cases | {"".join(_escaped(letter) for letter in case) for case in cases}
    return spellings | {
        json.dumps(case, ensure_ascii=ascii_only)[1:-1] for case in cases for ascii_only in (True, False)
    }


def _escaped(letter: str) -> str:
    """A letter as JSON in ASCII writes it."""
    return letter if letter.isascii() else json.dumps(letter)[1:-1]
