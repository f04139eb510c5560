"""Complete the built-in CSM tasks with policy and person: ``python -m gym_dbs.csm.make_tasks [--check]``."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from gym_dbs.csm.make_seeds import compose, read
from gym_dbs.seeding.files import bring_up_to_date
from gym_dbs.seeding.rows import Row
from gym_dbs.seeding.tasks import completed_files

HERE = Path(__file__).parent


@cache
def people(seed: str) -> dict[str, Row]:
    """Everybody in the seed by e-mail address: contacts with their account, the others with the firm."""
    rows = compose(seed)
    firm = read("firm")["name"]
    contacts = [rows.row(ref) for ref in rows.refs("contact")]
    employers = {contact["portal_user_id"]: rows.row(contact["account_id"])["name"] for contact in contacts}
    found = {}
    for ref in rows.refs("user"):
        user = rows.row(ref)
        found[user["email"]] = user | {
            "organisation": employers.get(ref, firm),
            "identity": f"user {user['user_id']}",
        }
    return found


def context(actor: Row) -> dict[str, str]:
    """The header that signs a person in."""
    return {"x-user-email": actor["email"]}


def main(*, check: bool) -> int:
    """Rewrite the tasks; with ``check`` only compare, and return 1 if one is not what it should be."""
    files = completed_files(HERE / "tasks", "csm", people, context)
    return bring_up_to_date(files, "python -m gym_dbs.csm.make_tasks", check=check)


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
