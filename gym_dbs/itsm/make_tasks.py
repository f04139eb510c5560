"""Complete the built-in ITSM tasks: ``python make_tasks.py [--check]``.

In ``tasks/*.json`` a person writes the request, the tools and the checks, and names in ``_actor`` the
e-mail address of who asks. This script fills in what must not drift from elsewhere: the policy and the
actor's name and role in ``system_prompt``, the actor's token and ``user_info`` from the seed.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

from make_seeds import compose
from seeding.happenings import NOW
from seeding.rows import Row, text

HERE = Path(__file__).parent
POLICY = HERE.parent.parent / "engine/gyms/domains/itsm/policy.md"
SIGNED_IN = """
# Who is signed in
You act for {first_name} {last_name} ({email}, {user_id}), {role} at {organisation}.
It is {now} UTC. Take that as the present time, whatever the server's clock says.
"""


def task_files() -> list[Path]:
    """The task files; ``NAME.gold.json`` and ``NAME.wrong-*.json`` beside them are lists of calls."""
    return sorted(path for path in (HERE / "tasks").glob("*.json") if "." not in path.stem)


def completed(task: dict[str, Any]) -> dict[str, Any]:
    """``task`` with everything that follows from its ``_actor`` and its seed."""
    (gym,) = task["gym_servers_config"]
    actor = people(Path(gym["seed_database_file"]).stem)[task["_actor"]]
    gym["context"] = {"x-itsm-user-token": actor["static_token"]}
    gym["user_info"] = {
        "user_id": actor["user_id"],
        "name": f"{actor['first_name']} {actor['last_name']}",
        "email": actor["email"],
    }
    prompt = POLICY.read_text("utf-8") + SIGNED_IN.format(**actor, now=text(NOW))
    return task | {"system_prompt": prompt}


@cache
def people(seed: str) -> dict[str, Row]:
    """Everybody in the seed by e-mail address."""
    rows = compose(seed)
    users = [rows.row(ref) for ref in rows.refs("users")]
    return {user["email"]: user | {"organisation": rows.row(user["org_id"])["name"]} for user in users}


def main(*, check: bool) -> int:
    """Rewrite the tasks; with ``check`` only compare, and return 1 if one is not what it should be."""
    stale = 0
    for path in task_files():
        written = path.read_text("utf-8")
        wanted = json.dumps(completed(json.loads(written)), indent=2, ensure_ascii=False) + "\n"
        if written == wanted:
            continue
        if check:
            print(f"{path.name} is out of date: run make_tasks.py")
            stale = 1
        else:
            path.write_text(wanted, "utf-8")
            print(f"wrote {path.name}")
    return stale


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
