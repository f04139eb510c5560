"""Texts of plans that were not saved, kept in a file each, so that a crash or a hasty quit loses nothing."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from platformdirs import user_state_path
from pydantic import BaseModel, ConfigDict, ValidationError

from engine.trajectory.events import now


class Draft(BaseModel):
    """A text that was being written."""

    model_config = ConfigDict(frozen=True)

    title: str
    author: str
    text: str
    origin: str = "written"
    base: int = 0
    """Number of the version that it began from; 0 for a new plan."""
    at: datetime


class DraftFile:
    """Where the draft of one plan lies. Calls read or write a small file: make them in threads."""

    def __init__(self, store: str, *about: object) -> None:
        """Name the file.

        Args:
            store: which store the plan is of.
            about: the plan's number; the domain and task of a new one; or the run that waits with it.
        """
        key = "\0".join([store, *(str(part) for part in about)])
        digest = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:32]
        self.path: Path = user_state_path("eog-tui", appauthor=False) / "plan-drafts" / f"{digest}.json"

    def read(self) -> Draft | None:
        """The draft; None when there is none, or it cannot be read any more."""
        try:
            return Draft.model_validate_json(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError, ValidationError):
            return None

    def keep(self, title: str, author: str, text: str, origin: str, base: int) -> None:
        """Write the draft; the file is whole at any moment.

        Raises:
            OSError: the state directory cannot be written.
        """
        draft = Draft(title=title, author=author, text=text, origin=origin, base=base, at=now())
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(draft.model_dump_json(), encoding="utf-8")
        fresh.replace(self.path)

    def drop(self) -> None:
        """Remove the draft: it was saved, or nobody wants it.

        Raises:
            OSError: the state directory cannot be written.
        """
        self.path.unlink(missing_ok=True)
