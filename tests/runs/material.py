"""Parts that small tasks on the built-in seed are made of."""

from __future__ import annotations

from typing import Any

SEED = "itsm/dbs/harbor_small.sql"


def count_check(name: str, where: str, expected: int = 1, **fields: Any) -> dict[str, Any]:
    """A verifier that counts what became of the first incident."""
    return {
        "verifier_type": "database_state",
        "name": name,
        "validation_config": {
            "query": f"SELECT COUNT(*) FROM incident WHERE incident_id = 'INC_001' AND {where}",
            "expected_value": expected,
            "comparison_type": "equals",
        },
        **fields,
    }


def call(tool: str, **arguments: Any) -> dict[str, Any]:
    """A call of a list."""
    return {"tool": tool, "arguments": arguments}
