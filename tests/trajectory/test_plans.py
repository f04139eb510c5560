"""The plan library: plans with versions, kept for good until somebody deletes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.trajectory.store import Store, StoreError


@pytest.fixture
def plan(store: Store) -> Callable[..., int]:
    def create(**fields: Any) -> int:
        given = {"task": "stolen-tablet", "domain": "itsm", "title": "First", "author": "ada", "text": "1. Look."}
        return store.plans.create(**given | fields)

    return create


def test_a_plan_keeps_every_version_with_who_when_and_where_from(store: Store, plan: Callable[..., int]) -> None:
    number = plan()
    assert store.plans.save(number, "bob", "1. Look.\n2. Act.", origin="run 12") == 2

    row = store.plans.get(number)
    assert (row.task, row.domain, row.title, row.author, row.versions) == (
        "stolen-tablet",
        "itsm",
        "First",
        "ada",
        2,
    )
    first, second = store.plans.history(number)
    assert (first.number, first.author, first.origin, first.text) == (1, "ada", "written", "1. Look.")
    assert (second.number, second.author, second.origin, second.text) == (2, "bob", "run 12", "1. Look.\n2. Act.")
    assert row.created_at <= first.at <= second.at == row.updated_at
    assert store.plans.version(number) == second
    assert store.plans.version(number, 1) == first


@pytest.mark.parametrize("again", ["1. Look.", "  1. Look.\r\n\r\n"])
def test_the_same_text_again_makes_no_version(store: Store, plan: Callable[..., int], again: str) -> None:
    number = plan()

    assert store.plans.save(number, "bob", again) == 1
    assert len(store.plans.history(number)) == 1


def test_going_back_to_an_earlier_text_is_a_version_of_its_own(store: Store, plan: Callable[..., int]) -> None:
    number = plan()
    store.plans.save(number, "bob", "2. Act.")

    assert store.plans.save(number, "ada", "1. Look.") == 3


def test_plans_are_found_by_task_domain_and_words_latest_first(store: Store, plan: Callable[..., int]) -> None:
    first, second = plan(), plan(title="Careful way", author="Bob")
    third = plan(task="agent-leaves", domain="csm")
    store.plans.save(first, "ada", "changed")

    def found(**asked: Any) -> list[int]:
        return [row.id for row in store.plans.list(**asked)]

    assert found() == [first, third, second]
    assert found(task="stolen-tablet") == [first, second]
    assert found(domain="csm") == [third]
    assert found(words="bob CAREFUL") == [second]
    assert found(words="leaves") == [third]
    assert found(words="100%") == []
    assert store.plans.list()[0].author == "ada"


def test_a_diff_shows_what_changed(store: Store, plan: Callable[..., int]) -> None:
    number = plan(text="1. Look.\n2. Act.")
    store.plans.save(number, "bob", "1. Look.\n2. Ask.\n3. Act.")

    lines = store.plans.diff(number, 1, 2)
    assert lines[:2] == [f"--- plan {number} v1", f"+++ plan {number} v2"]
    assert lines[3:] == [" 1. Look.", "-2. Act.", "+2. Ask.", "+3. Act."]
    assert store.plans.diff(number, 2, 2) == []


def test_a_deleted_plan_comes_back_as_it_was_and_its_number_goes_to_nobody(
    store: Store, plan: Callable[..., int]
) -> None:
    number = plan()
    store.plans.save(number, "bob", "2. Act.")
    before = (store.plans.get(number), store.plans.history(number))

    deleted = store.plans.delete(number)
    assert store.plans.list() == []
    other = plan()
    assert other != number

    store.plans.restore(deleted)
    store.plans.restore(deleted)  # asking twice is asking once
    assert (store.plans.get(number), store.plans.history(number)) == before
    assert store.plans.save(number, "eve", "3. More.") == 3


def test_renaming_changes_the_title_alone(store: Store, plan: Callable[..., int]) -> None:
    number = plan()
    store.plans.rename(number, "  The\nsafe way ")

    assert store.plans.get(number).title == "The safe way"
    assert store.plans.get(number).versions == 1


def test_what_is_not_there_is_refused_in_words(store: Store, plan: Callable[..., int]) -> None:
    number = plan()
    library = store.plans
    for asked in (
        lambda: library.get(99),
        lambda: library.version(99),
        lambda: library.history(99),
        lambda: library.save(99, "ada", "x"),
        lambda: library.rename(99, "x"),
        lambda: library.delete(99),
        lambda: library.diff(99, 1, 1),
    ):
        with pytest.raises(StoreError, match="There is no plan 99"):
            asked()
    for wrong in (0, -1, 2):
        with pytest.raises(StoreError, match=rf"no version {wrong}; it has 1 to 1"):
            library.version(number, wrong)
    with pytest.raises(StoreError):
        library.get(10**30)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": " \n "}, "needs a text"),
        ({"text": "é" * 100_001}, "200,002 bytes; a plan can have 200,000"),
        ({"text": "\ud800"}, "half a character"),
        ({"title": " "}, "needs a title"),
        ({"author": ""}, "needs an author"),
        ({"title": "x" * 301}, "301 characters"),
    ],
)
def test_what_is_no_plan_is_refused_and_leaves_nothing(
    store: Store, plan: Callable[..., int], fields: dict[str, str], reason: str
) -> None:
    with pytest.raises(StoreError, match=reason):
        plan(**fields)
    assert store.plans.list() == []


def test_who_looks_on_sees_that_plans_changed(store: Store, where: Path | str, plan: Callable[..., int]) -> None:
    with Store.open(where) as other:
        before = other.revision()
        number = plan()
        assert other.revision() > before
        assert other.plans.get(number).title == "First"
