"""Write the built-in CSM seed from the files of the firm: ``python -m gym_dbs.csm.make_seeds [--check]``.

What the firm sells, who works there and what goes wrong with its products is written by hand in
``seeding/*.toml``, and so are the customers that tasks are about (``stories.toml``). The code beside them
gives all customers people, units and contracts, and lets cases happen that these contracts allow. The same
files give the same bytes.
"""

from __future__ import annotations

import random
import sys
import tomllib
from pathlib import Path
from typing import Any

from gym_dbs.csm.seeding.aftermath import follow_up
from gym_dbs.csm.seeding.cases import cases
from gym_dbs.csm.seeding.contracts import cover
from gym_dbs.csm.seeding.customers import customers
from gym_dbs.csm.seeding.firm import Firm, set_up
from gym_dbs.csm.seeding.tables import TABLES
from gym_dbs.seeding.files import bring_up_to_date
from gym_dbs.seeding.rows import Rows

HERE = Path(__file__).parent
SEEDS = {"alderway": "Alderway Instruments, maker of scales, printers and scanners, and its customers"}
CASES = 1290


def build(name: str) -> str:
    """The SQL of the seed called ``name``."""
    return compose(name).sql(SEEDS[name])


def compose(name: str) -> Rows:
    """All rows of the seed called ``name``, numbered."""
    rng = random.Random(name)
    rows = Rows(TABLES)
    firm = Firm(read("firm"), read("catalogue"), read("names"))
    stories = read("stories")
    set_up(rows, firm, stories, rng)
    buyers = customers(rows, firm, read("accounts"), stories, rng)
    for customer in buyers:
        cover(rows, firm, customer, rng)
    found = cases(rows, firm, buyers, stories, rng, CASES)
    follow_up(rows, firm, found, buyers, rng)
    rows.number("knowledge", order=lambda row: row["sys_created_on"])
    rows.number_rest()
    return rows


def read(name: str) -> dict[str, Any]:
    """One of the files that were written by hand."""
    return tomllib.loads((HERE / "seeding" / f"{name}.toml").read_text("utf-8"))


def main(*, check: bool) -> int:
    """Write the seed; with ``check`` only compare, and return 1 if the file is not what it should be."""
    files = ((HERE / "dbs" / f"{name}.sql", build(name)) for name in SEEDS)
    return bring_up_to_date(files, "python -m gym_dbs.csm.make_seeds", check=check)


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
