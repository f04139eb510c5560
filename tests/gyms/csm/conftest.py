"""A small customer service with every kind of record, and a caller that speaks to its gym."""

# ruff: noqa: E501 - one row a line

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.gyms.database import Template
from engine.gyms.domains.csm import DOMAIN
from engine.gyms.toolkit import FrozenClock

SEED = """
INSERT INTO location VALUES
  (1, 'User 1 - London', NULL, NULL, 'london', 'uk', 1, '2025-08-01 08:00:00', '2025-08-01 08:00:00'),
  (2, 'Hooli Site A - Tokyo', 'Plot 7', 'Ferry Road', 'tokyo', 'japan', 0, '2025-08-02 08:00:00', '2025-08-02 08:00:00');
INSERT INTO user VALUES
  (1, 'Ana', 'Lind', 'ana@desk.com', '+44100', 'agent', 1, 0, '2025-08-01 08:00:00', '2025-08-01 08:00:00'),
  (2, 'Bo', 'Ek', 'bo@desk.com', NULL, 'manager', NULL, 1, '2025-08-02 08:00:00', '2025-08-02 08:00:00'),
  (3, 'Cy', 'Moe', 'cy@hooli.com', NULL, 'customer', NULL, 1, '2025-08-03 08:00:00', '2025-08-03 08:00:00'),
  (4, 'ana', 'lind', 'ana.lind@hooli.com', NULL, 'customer', NULL, 1, '2025-08-04 08:00:00', '2025-08-04 08:00:00');
INSERT INTO user_group VALUES
  (1, 'Tier 1', 'support', 1, '2025-08-01 08:00:00', '2025-08-01 08:00:00'),
  (2, 'Tier 1 Field', 'field', 0, '2025-08-02 08:00:00', '2025-08-02 08:00:00');
INSERT INTO user_group_member VALUES (1, 1, 1, '2025-08-01 08:00:00'), (2, 2, 1, '2025-08-02 08:00:00'), (3, 1, 2, '2025-08-03 08:00:00');
INSERT INTO account VALUES
  (1, 'Desk', 'internal', 'desk.com', 1, '2025-08-01 08:00:00', '2025-08-01 08:00:00'),
  (2, 'Hooli, Inc', 'customer', NULL, 1, '2025-08-02 08:00:00', '2025-08-02 08:00:00'),
  (3, 'Acme', 'partner', 'acme.com', 0, '2025-08-03 08:00:00', '2025-08-03 08:00:00');
INSERT INTO product VALUES
  (1, 'Router X', 'hardware', 500, 'active', '2025-08-01 08:00:00', '2025-08-01 08:00:00'),
  (2, 'Router X Variant 1', 'hardware', NULL, 'retired', '2025-08-02 08:00:00', '2025-08-02 08:00:00'),
  (3, 'Care', 'service', 90, 'active', '2025-08-03 08:00:00', '2025-08-03 08:00:00');
INSERT INTO installed_product VALUES
  (1, 2, 1, 2, 'P1-100-7', 'in_use', '2026-01-31', '2025-08-01 08:00:00', '2025-08-01 08:00:00'),
  (2, 2, 1, NULL, 'P1-200-8', 'in_use', NULL, '2025-08-02 08:00:00', '2025-08-02 08:00:00'),
  (3, 3, 2, NULL, 'P2-100-7', 'repair', '2025-12-31', '2025-08-03 08:00:00', '2025-08-03 08:00:00'),
  (4, 3, 2, NULL, 'P2-300-1', 'in_use', '2027-12-31', '2025-08-04 08:00:00', '2025-08-04 08:00:00');
INSERT INTO contact VALUES
  (1, 2, 3, 1, 1, '2025-08-01 08:00:00', '2025-08-01 08:00:00'),
  (2, 2, 4, 0, 0, '2025-08-02 08:00:00', '2025-08-02 08:00:00');
INSERT INTO contract VALUES
  (1, 2, 'support', 'active', 1000, '2025-01-01', '2026-12-31', '2025-08-01 08:00:00', '2025-08-01 08:00:00'),
  (2, 2, 'warranty', 'active', 200, '2025-01-01', '2026-12-31', '2025-08-02 08:00:00', '2025-08-02 08:00:00'),
  (3, 3, 'support', 'expired', 300, '2024-01-01', '2024-12-31', '2025-08-03 08:00:00', '2025-08-03 08:00:00'),
  (4, 3, 'support', 'active', NULL, '2025-01-01', '2025-12-31', '2025-08-04 08:00:00', '2025-08-04 08:00:00');
INSERT INTO entitlement VALUES
  (1, 2, NULL, 1, 'standard', 'h8x5', 10, 1, '2025-08-01 08:00:00', '2025-08-01 08:00:00'),
  (2, 2, 1, 1, 'premium', 'h24x7', 0, 1, '2025-08-02 08:00:00', '2025-08-02 08:00:00'),
  (3, 3, 2, 3, 'premium', 'h8x5', 30, 0, '2025-08-03 08:00:00', '2025-08-03 08:00:00');
INSERT INTO sla_definition VALUES
  (1, 'SLA Response - High', 'response', 30, 1, 'high', 1, '2025-08-01 08:00:00', '2025-08-01 08:00:00'),
  (2, 'SLA Resolution - High', 'resolution', 480, 1, 'high', 1, '2025-08-02 08:00:00', '2025-08-02 08:00:00'),
  (3, 'SLA Response - Low', 'response', 120, 0, 'low', 1, '2025-08-03 08:00:00', '2025-08-03 08:00:00'),
  (4, 'SLA Global', 'response', 45, 0, NULL, 0, '2025-08-04 08:00:00', '2025-08-04 08:00:00');
INSERT INTO customer_case VALUES
  (1, 'CS-0000001', 2, 1, 1, 1, 'web', 'high', 'closed', 'Router X drops packets', 1, 1, 0, NULL, 2, '2025-08-01 08:00:00', '2025-08-01 08:00:00', '2025-08-09 08:00:00'),
  (2, 'CS-0000002', 2, 1, 3, NULL, 'phone', 'low', 'new', 'Care is slow', 1, 2, 1, 'vip', 1, '2025-08-02 08:00:00', '2025-08-02 08:00:00', NULL),
  (3, 'CS-0000003', 3, 1, NULL, NULL, 'phone', 'low', 'new', 'Question', NULL, NULL, 0, NULL, 0, '2025-08-03 08:00:00', '2025-08-03 08:00:00', NULL);
INSERT INTO case_sla VALUES
  (1, 1, 1, 'completed', '2025-08-01 08:00:00', '2025-08-01 08:30:00', 1, '2025-08-01 09:00:00'),
  (2, 1, 2, 'completed', '2025-08-01 08:00:00', '2025-08-01 16:00:00', 0, NULL),
  (3, 2, 3, 'in_progress', '2025-08-02 08:00:00', NULL, 1, NULL);
INSERT INTO knowledge (knowledge_id, kb_number, title, state, visibility, product_id, owner_id) VALUES
  (1, 'KB-0000001', 'Router X drops packets, step-by-step', 'published', 'external', 1, 1),
  (2, 'KB-0000002', 'Router X and packets: packets everywhere', 'draft', 'internal', 1, 2);
INSERT INTO knowledge (knowledge_id, kb_number, title, body, state, visibility, owner_id) VALUES
  (3, 'KB-0000003', 'Care', 'What to do when a router is slow', 'published', 'internal', 2);
INSERT INTO case_knowledge VALUES (1, 1, 1, 'resolution'), (2, 2, 1, 'suggested');
INSERT INTO notification VALUES
  (1, 1, NULL, 'cy@hooli.com', 'update', 'success', '2025-08-01 09:00:00'),
  (2, 1, 1, 'cy@hooli.com', 'solution_proposal', 'failed', '2025-08-02 09:00:00'),
  (3, 2, NULL, 'x@hooli.com', 'update', 'failed', '2025-08-03 09:00:00');
INSERT INTO interaction VALUES
  (1, 'web', 2, 1, 1, 1, 'closed', '2025-08-01 10:00:00', '2025-08-01 10:20:00', '2025-08-01 11:00:00'),
  (2, 'phone', 2, 1, 1, 2, 'closed', '2025-08-02 10:00:00', '2025-08-02 10:20:00', '2025-08-02 11:00:00'),
  (3, 'phone', 2, 1, 2, 2, 'closed', '2025-08-03 10:00:00', NULL, '2025-08-03 11:00:00'),
  (4, 'email', 3, NULL, NULL, NULL, 'open', '2025-08-04 10:00:00', NULL, '2025-08-04 11:00:00');
"""

TEMPLATE = Template.parse(DOMAIN.schema_sql, SEED, source="the small customer service")


class Caller:
    """Calls tools of the small customer service as one user."""

    def __init__(self) -> None:
        self.database = TEMPLATE.clone()
        self.clock = FrozenClock("2026-01-01T12:00:00")
        self.headers = {"X-User-Email": "ana@desk.com"}

    def ok(self, tool: str, **arguments: object) -> Any:
        """Call a tool that must succeed and return its parsed answer."""
        answer = DOMAIN.call(self.database.connection, tool, arguments, self.headers, self.clock)
        assert not answer.is_error, answer.text
        return json.loads(answer.text)

    def error(self, tool: str, **arguments: object) -> str:
        """Call a tool that must fail, leaving nothing written, and return the text of its answer."""
        before = self.database.hash()
        answer = DOMAIN.call(self.database.connection, tool, arguments, self.headers, self.clock)
        assert answer.is_error, answer.text
        assert self.database.hash() == before, "a failing call wrote something"
        return answer.text

    def value(self, sql: str) -> Any:
        """Return the first value of a query."""
        return self.database.connection.execute(sql).get


@pytest.fixture
def desk() -> Caller:
    return Caller()
