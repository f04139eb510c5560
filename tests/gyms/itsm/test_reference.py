"""The gym's tables against those of the benchmark's own."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from engine.gyms.domains.itsm import DOMAIN

FACTS = Path(__file__).resolve().parents[3] / "../shared/reference/domains/itsm"
pytestmark = pytest.mark.skipif(not FACTS.exists(), reason="the reference material is not at hand")


def test_the_tables_are_the_references():
    def shape(schema: str) -> dict[str, list[object]]:
        connection = apsw.Connection(":memory:")
        connection.execute(schema)
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        pragmas = ("table_info", "foreign_key_list", "index_list")
        return {n: [list(connection.execute(f"SELECT * FROM pragma_{p}(?)", (n,))) for p in pragmas] for n in names}

    assert shape(DOMAIN.schema_sql) == shape((FACTS / "schema.sql").read_text())
