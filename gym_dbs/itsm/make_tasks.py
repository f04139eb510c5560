"""Complete the built-in ITSM tasks with policy, person and token: ``python -m gym_dbs.itsm.make_tasks [--check]``."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from gym_dbs.itsm.make_seeds import compose
from gym_dbs.seeding.files import bring_up_to_date
from gym_dbs.seeding.rows import Row
from gym_dbs.seeding.tasks import completed_files

HERE = Path(__file__).parent


@cache
def people(seed: str) -> dict[str, Row]:
    """Everybody in the seed by e-mail address."""
    rows = compose(seed)
    users = [rows.row(ref) for ref in rows.refs("users")]
    return {
        user["email"]: user | {"organisation": rows.row(user["org_id"])["name"], "identity": user["user_id"]}
        for user in users
    }


def context(actor: Row) -> dict[str, str]:
    """The header that signs a person in."""
    return {"x-itsm-user-token": actor["static_token"]}


def main(*, check: bool) -> int:
    """Rewrite the tasks; with ``check`` only compare, and return 1 if one is not what it should be."""
    files = completed_files(HERE / "tasks", "itsm", people, context)
    return bring_up_to_date(files, "python -m gym_dbs.itsm.make_tasks", check=check)


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
