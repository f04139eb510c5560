"""Plans as Markdown files: the same bytes for the same plan, and nothing bad from a stranger's file."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.tasks.files import TaskError
from engine.tasks.plan_files import PlanFile, read_plan

names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60).filter(lambda text: bool(text.strip()))
texts = st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda text: bool(text.strip()))
numbers = st.none() | st.integers(1, 10**12)
times = st.none() | st.datetimes(timezones=st.just(UTC))


@given(
    st.builds(
        PlanFile,
        task=st.none() | names,
        domain=st.none() | names,
        title=st.none() | names,
        author=st.none() | names,
        id=numbers,
        version=numbers,
        at=times,
        text=texts
        | st.sampled_from(["---\nbegins with dashes", "a\n\n---\n\nb", "---", "{braces} %s", "# Only a title"]),
    )
)
def test_any_plan_survives_its_file_and_gives_the_same_bytes_again(plan: PlanFile) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "plan.md")
        path.write_bytes(plan.dump().encode())

        again = read_plan(path)

    assert again == plan
    assert again.dump() == plan.dump()


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"---\n{text}\n---\nx".encode(errors="ignore")))
def test_any_bytes_are_a_plan_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "plan.md")
        path.write_bytes(content)
        try:
            found = read_plan(path).text
        except TaskError as error:
            found = str(error).partition(":")[0]

    assert found
    assert found == found.strip()


def test_a_file_is_sorted_one_field_a_line_and_ends_with_one_line_end() -> None:
    plan = PlanFile(
        task="stolen-tablet",
        domain="itsm",
        title="Look, then act: the safe way",
        author="ada",
        id=12,
        version=3,
        at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        text="1. Look.\n2. Act.",
    )

    assert plan.dump() == (
        "---\n"
        "at: 2026-01-02 03:04:05+00:00\n"
        "author: ada\n"
        "domain: itsm\n"
        "id: 12\n"
        "task: stolen-tablet\n"
        "title: 'Look, then act: the safe way'\n"
        "version: 3\n"
        "---\n"
        "\n"
        "1. Look.\n"
        "2. Act.\n"
    )


def test_a_file_from_windows_written_by_hand_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(
        b"\xef\xbb\xbf---\r\ntask: on\r\ntitle: 2026-01-01\r\nid: 012\r\n---\r\n\r\n1. Look.\r\n\r\n2. Act.\r\n\r\n"
    )

    plan = read_plan(path)

    assert (plan.task, plan.title, plan.id, plan.text) == ("on", "2026-01-01", 12, "1. Look.\n\n2. Act.")


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ntask: *c"


@pytest.mark.parametrize(
    ("content", "field", "reason"),
    [
        (f"---\n{BOMB}\n---\nx", "front matter", "anchors and aliases are refused in line 2"),
        ("---\ntask: !!python/object/apply:os.system [x]\n---\nx", "front matter", "tag .*os.system is refused"),
        (f"---\ntask: {'[' * 3000}\n---\nx", "front matter", "nested too deeply"),
        (f"---\n{'a: b' * 5000}\n---\nx", "front matter", "longer than 8,000 characters"),
        ("---\ntask: [a\n---\nx", "front matter", "expected ',' or ']'"),
        ("---\n- a\n---\nx", "front matter", "expected lines such as"),
        ("---\ntask: a\n", "front matter", "never ends"),
        ("---\ntask: \x00\n---\nx", "front matter", "special characters are not allowed"),
        ("---\ntask: [a]\n---\nx", "task", "must be text"),
        ("---\ntask: ''\n---\nx", "task", "is empty"),
        ("---\ntitle: '  '\n---\nx", "title", "is empty"),
        (f"---\ntitle: {'x' * 301}\n---\nx", "title", "at most 300"),
        ("---\nid: 0\n---\nx", "id", "must be at least 1"),
        (f"---\nid: {'9' * 5000}\n---\nx", "id", "maximum size"),
        ("---\nversion: two\n---\nx", "version", "must be a whole number"),
        ("---\nat: 2026-01-01 10:00:00\n---\nx", "at", "a time with its zone"),
        ("---\ncolour: red\n---\nx", "colour", "known are task, domain, title, author, id, version, at$"),
        ("---\ntext: sneaky\n---\nx", "text", "below the front matter"),
        ("---\ntask: a\n---\n\n", "text", "needs a text"),
        ("x" * 200_001, "text", "200,001 bytes"),
        ("x" * 300_000, "", "larger than 200,000 bytes"),
    ],
)
def test_a_bad_file_is_refused_with_file_field_and_reason(
    tmp_path: Path, content: str, field: str, reason: str
) -> None:
    path = tmp_path / "plan.md"
    path.write_text(content)

    with pytest.raises(TaskError, match=reason) as caught:
        read_plan(path)
    assert str(caught.value).startswith(f"{path}: {field}")
    assert len(str(caught.value)) < 500


def test_what_is_no_readable_file_is_refused(tmp_path: Path) -> None:
    latin = tmp_path / "latin.md"
    latin.write_bytes("é".encode("latin-1"))
    a_folder = r"is a folder; name the files in it, such as .*/\*\.md"
    for path, reason in ((tmp_path, a_folder), (tmp_path / "none.md", "no such file"), (latin, "not UTF-8")):
        with pytest.raises(TaskError, match=reason):
            read_plan(path)
    with pytest.raises(TaskError):
        read_plan(Path("a\0b"))


@pytest.mark.parametrize(
    ("task", "title", "name"),
    [
        ("stolen-tablet", "Look first", "stolen-tablet--look-first.md"),
        ("../../etc/passwd", "..", "etc-passwd.md"),
        ("日本", None, "plan.md"),
        ("x" * 200, "y" * 200, f"{'x' * 80}--{'y' * 80}.md"),
    ],
)
def test_a_file_is_named_after_task_and_title_and_leads_nowhere_else(task: str, title: str | None, name: str) -> None:
    assert PlanFile(task=task, title=title, text="x").file_name == name
