"""Plans as Markdown files with YAML front matter, made to lie in a Git repository.

The same plan always gives the same bytes: fields in the order of the alphabet, one a line, ``\\n`` at every line's
end and nothing behind the last. What is read is a stranger's: small, without anchors, every value taken as plain text.
"""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import Path
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from engine.tasks.files import TaskError, validate

MAX_BYTES = 200_000
"""How long a plan's text may be, UTF-8: models have to read it before each word they say."""

MAX_HEADER = 8_000
"""Characters of front matter that are read."""

MAX_NAME = 300
"""Characters that a task, domain, title or author may have: more than any file's name, after which tasks are called."""


def tidy(text: str) -> str:
    """A plan's text as it is kept: lines end with ``\\n``, and no blank stands before or behind it.

    Raises:
        ValueError: as ``usable`` does.
    """
    return usable(text.replace("\r\n", "\n").replace("\r", "\n"))


def usable(text: str) -> str:
    """A plan's text without blanks before and behind it, else as it is.

    Raises:
        ValueError: nothing is left, it is too long, or UTF-8 cannot hold it.
    """
    text = text.strip()
    if not text:
        raise ValueError("a plan needs a text")
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise ValueError(f"the text holds half a character ({error.object[error.start]!a})") from error
    if size > MAX_BYTES:
        raise ValueError(f"the text has {size:,} bytes; a plan can have {MAX_BYTES:,}")
    return text


class PlanFile(BaseModel):
    """A plan as a file has it. Only the text is always there; to import it, task, domain and title must be too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str | None = Field(default=None, min_length=1, max_length=MAX_NAME)
    domain: str | None = Field(default=None, min_length=1, max_length=MAX_NAME)
    title: str | None = Field(default=None, min_length=1, max_length=MAX_NAME)
    author: str | None = Field(default=None, min_length=1, max_length=MAX_NAME)
    """Who wrote this version."""
    id: int | None = Field(default=None, ge=1)
    """Number in the library that it was exported from."""
    version: int | None = Field(default=None, ge=1)
    at: AwareDatetime | None = None
    """When this version was written, UTC."""
    text: str = Field(exclude=True)
    """Stands below the front matter."""

    @field_validator("task", "domain", "title", "author")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        line = value and " ".join(value.split())
        if line == "":
            raise ValueError("is empty")
        return line

    @field_validator("at")
    @classmethod
    def _in_utc(cls, value: AwareDatetime | None) -> AwareDatetime | None:
        return value and value.astimezone(UTC)

    @field_validator("text")
    @classmethod
    def _tidy(cls, value: str) -> str:
        return tidy(value)

    def dump(self) -> str:
        """The file's content."""
        fields = self.model_dump(exclude_none=True)
        post = frontmatter.Post(self.text, **fields)
        return frontmatter.dumps(post, _Header(), sort_keys=True, width=MAX_HEADER) + "\n"

    @property
    def file_name(self) -> str:
        """A name for the file that any system takes, whatever the task is called."""
        parts = (re.sub(r"[^A-Za-z0-9_-]+", "-", part or "").strip("-")[:80] for part in (self.task, self.title))
        return ("--".join(filter(None, parts)).lower() or "plan") + ".md"


def read_plan(path: Path) -> PlanFile:
    """Read a plan; one without front matter is all text.

    Raises:
        TaskError: the file cannot be read, or its front matter or text does not fit; says which field and why.
    """
    try:
        if path.is_dir():
            raise TaskError(f"{path}: is a folder; name the files in it, such as {path}/*.md")
        if not path.is_file():
            raise TaskError(f"{path}: no such file")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + MAX_HEADER + 1)
    except (OSError, ValueError) as error:
        raise TaskError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if len(raw) > MAX_BYTES + MAX_HEADER:
        raise TaskError(f"{path}: larger than {MAX_BYTES:,} bytes, refused")
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TaskError(f"{path}: not UTF-8 text (byte {error.start})") from error
    fields, text = _split(content.replace("\r\n", "\n").replace("\r", "\n"), path)
    return validate(PlanFile, fields | {"text": text}, path)


def _split(content: str, path: Path) -> tuple[dict[str, Any], str]:
    """The front matter's fields and the text behind it."""
    header = _Header()
    content = content.lstrip()
    if not header.detect(content):
        return {}, content
    try:
        front, text = header.split(content)
    except ValueError:
        raise TaskError(f"{path}: front matter: begins with --- and never ends") from None
    if len(front) > MAX_HEADER:
        raise TaskError(f"{path}: front matter: longer than {MAX_HEADER:,} characters, refused")
    try:
        fields = header.load(front)
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise TaskError(f"{path}: front matter: {error.problem or error.context}{line}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise TaskError(f"{path}: front matter: {reason}") from error
    if not isinstance(fields, dict) or not all(isinstance(name, str) for name in fields):
        raise TaskError(f"{path}: front matter: expected lines such as 'title: First look, then act'")
    if "text" in fields:
        raise TaskError(f"{path}: text: stands below the front matter, not in it")
    return fields, text


class _Plain(yaml.BaseLoader):
    """Reads every value as text, so that a task called ``on`` or ``2026-01-01`` stays one; refuses anchors and tags."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(problem="anchors and aliases are refused", problem_mark=event.start_mark)
        if getattr(event, "tag", None):
            raise yaml.MarkedYAMLError(problem=f"the tag {event.tag} is refused", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


class _Header(YAMLHandler):
    """Front matter between two lines of three dashes."""

    def load(self, fm: str, **_: object) -> Any:
        return super().load(fm, Loader=_Plain)
