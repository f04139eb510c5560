"""Write the two built-in ITSM seeds from the companies' files: ``python -m gym_dbs.itsm.make_seeds [--check]``.

What a company is made of (people, services, devices) and what happens to it (situations, problems,
changes) is written by hand in ``seeding/companies/*.toml`` and ``seeding/everyday.toml``. The code
beside them places it in time, gives each incident a life that its status, notes, SLA records and
notifications agree on, and numbers everything. The same files give the same bytes.
"""

from __future__ import annotations

import random
import sys
import tomllib
from pathlib import Path
from typing import Any

from gym_dbs.itsm.seeding.aftermath import follow_up
from gym_dbs.itsm.seeding.company import Company, set_up
from gym_dbs.itsm.seeding.happenings import incidents, problems_and_changes
from gym_dbs.itsm.seeding.tables import TABLES
from gym_dbs.seeding.files import bring_up_to_date
from gym_dbs.seeding.rows import Ref, Rows

HERE = Path(__file__).parent
SEEDS = {
    "harbor_small": ("Harborline Freight and its daughter Quayside", ["harborline", "quayside"]),
    "meridian_large": (
        "A hospital, a power producer, a food maker and a university",
        ["meridian", "solvane", "brightwater", "larkspur"],
    ),
}

ROLES = ["admin", "manager", "agent", "reporter"]
RESOURCES = {  # resource: roles that may write it (and so read it); the others may read
    "users": ["admin"],
    "locations": ["admin"],
    "services": ["admin"],
    "groups": ["admin", "manager"],
    "sla_definitions": ["admin", "manager"],
    "incident_templates": ["admin", "manager"],
    "changes": ["admin", "manager", "agent"],
    "problems": ["admin", "manager", "agent"],
    "knowledge": ["admin", "manager", "agent"],
    "configuration_items": ["admin", "manager", "agent"],
    "notifications": ["admin", "manager", "agent"],
    "incidents": ROLES,
}


def build(name: str) -> str:
    """The SQL of the seed called ``name``."""
    return compose(name).sql(SEEDS[name][0])


def compose(name: str) -> Rows:
    """All rows of the seed called ``name``, numbered."""
    _, keys = SEEDS[name]
    rng = random.Random(name)
    rows = Rows(TABLES)
    everyday = read("everyday")
    companies = [Company(key, read(f"companies/{key}")) for key in keys]
    permissions(rows)
    for company in companies:
        set_up(rows, company, everyday["laptops"], rng)
        problems_and_changes(rows, company)
    incidents(rows, companies, everyday, rng)
    rows.number("incident", order=lambda row: row["created_at"])
    rows.number("problem", order=lambda row: row["created_on"])
    rows.number("change", order=lambda row: row["created_on"])
    follow_up(rows, companies, everyday, rng)
    rows.number_rest()
    return rows


def read(name: str) -> dict[str, Any]:
    """One of the files that were written by hand."""
    return tomllib.loads((HERE / "seeding" / f"{name}.toml").read_text("utf-8"))


def permissions(rows: Rows) -> None:
    """Roles, and what each may read and write."""
    for role in ROLES:
        rows.add("role", role, name=role)
    for resource, writers in RESOURCES.items():
        readers = [role for role in ROLES if role not in writers]
        for action, roles in (("read", readers), ("write", writers)):
            right = rows.add("permission", f"{resource}/{action}", resource=resource, action=action)
            for role in roles:
                rows.add("role_permission", f"{role}/{right.key}", role_id=Ref("role", role), perm_id=right)


def main(*, check: bool) -> int:
    """Write the seeds; with ``check`` only compare, and return 1 if a file is not what it should be."""
    files = ((HERE / "dbs" / f"{name}.sql", build(name)) for name in SEEDS)
    return bring_up_to_date(files, "python -m gym_dbs.itsm.make_seeds", check=check)


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
