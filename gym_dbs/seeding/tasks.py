"""Completing built-in tasks with what must not drift from elsewhere: the policy and the person who asks.

In ``tasks/*.json`` a person writes the request, the tools and the checks, and names in ``_actor`` the
e-mail address of who asks. The rest follows from the domain's policy and from the actor's row in the seed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gym_dbs.seeding.moments import NOW, text
from gym_dbs.seeding.rows import Row

DOMAINS = Path(__file__).parents[2] / "engine/gyms/domains"
SIGNED_IN = """
# Who is signed in
You act for {first_name} {last_name} ({email}, {identity}), {role} at {organisation}.
It is {now} UTC. Take that as the present time, whatever the server's clock says.
"""


def task_files(folder: Path) -> list[Path]:
    """The task files; ``NAME.gold.json`` and ``NAME.wrong-*.json`` beside them are lists of calls."""
    return sorted(path for path in folder.glob("*.json") if "." not in path.stem)


def completed_files(
    folder: Path,
    domain: str,
    people: Callable[[str], Mapping[str, Row]],
    context: Callable[[Row], dict[str, str]],
) -> Iterator[tuple[Path, str]]:
    """Every task file of ``folder`` with the text that it should have.

    ``people`` gives everybody in a seed by e-mail address: their row with the name of their ``organisation`` and
    with the ``identity`` by which a prompt calls them beside their name.
    ``context`` gives the headers that make the gym take its caller for the person in a row.
    """
    policy = (DOMAINS / domain / "policy.md").read_text("utf-8")
    for path in task_files(folder):
        task: dict[str, Any] = json.loads(path.read_text("utf-8"))
        (gym,) = task["gym_servers_config"]
        actor = people(Path(gym["seed_database_file"]).stem)[task["_actor"]]
        gym["context"] = context(actor)
        gym["user_info"] = {
            "user_id": actor["user_id"],
            "name": f"{actor['first_name']} {actor['last_name']}",
            "email": actor["email"],
        }
        task |= {"system_prompt": policy + SIGNED_IN.format(**actor, now=text(NOW))}
        yield path, json.dumps(task, indent=2, ensure_ascii=False) + "\n"
