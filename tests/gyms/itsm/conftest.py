"""A small help desk of two organisations, and a caller that speaks to its gym."""

# ruff: noqa: E501 - one row a line

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import apsw
import pytest

from engine.gyms.domains.itsm import DOMAIN
from engine.gyms.toolkit import FrozenClock

SEED = """
INSERT INTO organization (org_id, name, active) VALUES ('ORG_001', 'North', 1), ('ORG_002', 'South', 1);
INSERT INTO location VALUES
  ('LOC_001', 'Harbour Office', 'ORG_001', NULL, NULL, 'Oslo', NULL, 'Norway', 1, '2025-01-01 08:00:00', '2025-01-01 08:00:00'),
  ('LOC_002', 'Hill Office', 'ORG_002', NULL, NULL, 'Porto', NULL, 'Portugal', 0, '2025-02-01 08:00:00', '2025-02-01 08:00:00');
INSERT INTO users VALUES
  ('USER_001', 'ada.lind', 'Ada', 'Lind', 'ada@north.org', '+47-220-555-0101', 'admin', 1, 'token-ada', 'ORG_001', 'LOC_001', '2025-01-02 08:00:00', '2025-01-02 08:00:00'),
  ('USER_002', 'bo.moe', 'Bo', 'Moe', 'bo@north.org', '+47-220-555-0102', 'manager', 1, 'token-bo', 'ORG_001', 'LOC_001', '2025-01-03 08:00:00', '2025-01-03 08:00:00'),
  ('USER_003', 'cy.ek', 'Cy', 'Ek', 'cy@north.org', '+47-220-555-0103', 'agent', 0, 'token-cy', 'ORG_001', NULL, '2025-01-04 08:00:00', '2025-01-04 08:00:00'),
  ('USER_004', 'dina.reis', 'Dina', 'Reis', 'dina@south.org', '+351-220-555-0104', 'reporter', 1, 'token-dina', 'ORG_002', 'LOC_002', '2025-01-05 08:00:00', '2025-01-05 08:00:00');
INSERT INTO user_group VALUES
  ('GROUP_001', 'Level 1 Support', 'IT Support', 1, 'l1@north.org', NULL, 'USER_002', 'ORG_001', '2025-01-06 08:00:00', '2025-01-06 08:00:00'),
  ('GROUP_002', 'Field Crew', 'Field Support Technicians', 0, NULL, NULL, 'USER_002', 'ORG_001', '2025-01-07 08:00:00', '2025-01-07 08:00:00');
INSERT INTO user_group_member VALUES ('MEM_007', 'GROUP_001', 'USER_003', 'ORG_001', '2025-01-08 08:00:00', '2025-01-08 08:00:00');
INSERT INTO service VALUES
  ('SVC_001', 'Mail', 'USER_002', 'ORG_001', 'production', 'operational', 'business', 'critical', 'Mail for all', '2025-01-09 08:00:00', '2025-01-09 08:00:00'),
  ('SVC_002', 'Payroll', 'USER_002', 'ORG_001', 'test', 'ready', 'application', 'not-critical', NULL, '2025-01-10 08:00:00', '2025-01-10 08:00:00');
INSERT INTO service_offering VALUES
  ('SVCOFF_001', 'Mailbox', 'One mailbox', 'USER_002', 'SVC_001', 'ORG_001', 'production', 'operational', 'business', 'critical', NULL, '2025-01-11 08:00:00', '2025-01-11 08:00:00');
INSERT INTO configuration_item VALUES
  ('CI_001', 'mail-01', 'SN-1', 'USER_002', 'LOC_001', 'ORG_001', 'in_use', 1200, '2025-01-12 08:00:00', '2025-01-12 08:00:00'),
  ('CI_002', 'desk-17', 'SN-2', 'USER_003', NULL, 'ORG_001', 'in_stock', NULL, '2025-01-12 08:00:00', '2025-01-12 08:00:00');
INSERT INTO incident (incident_id, number, short_description, caller_id, assigned_to, assignment_group, org_id, channel, status,
  category, description, impact, urgency, priority, created_at, updated_at) VALUES
  ('INC_001', 'INC0000001', 'Mail is down', 'USER_003', 'USER_002', 'GROUP_001', 'ORG_001', 'web', 'new', 'software', 'No mail since 9', 'high', 'high', 'critical', '2025-03-01 08:00:00', '2025-03-01 08:00:00'),
  ('INC_002', 'INC0000002', 'Slow laptop', 'USER_004', NULL, 'GROUP_001', 'ORG_002', 'email', 'closed', 'hardware', NULL, 'low', 'low', 'low', '2025-03-02 08:00:00', '2025-03-02 08:00:00'),
  ('INC_009', 'INC0000001', 'Printer jam', 'USER_003', NULL, NULL, 'ORG_001', NULL, 'new', 'hardware', NULL, 'low', 'low', 'low', '2025-03-03 08:00:00', '2025-03-03 08:00:00');
INSERT INTO change (change_id, number, short_description, requested_by, org_id, status, category, impact, priority, risk, created_on, updated_on) VALUES
  ('CHG_001', 'CHG0000041', 'Move mail server', 'USER_002', 'ORG_001', 'new', 'hardware', 'high', 'high', 'low', '2025-03-01 09:00:00', '2025-03-01 09:00:00'),
  ('CHG_002', 'CHG0000007', 'Patch payroll', 'USER_004', 'ORG_001', 'assess', 'software', 'low', 'low', 'low', '2025-03-02 09:00:00', '2025-03-02 09:00:00');
INSERT INTO problem (problem_id, number, problem_statement, opened_by, org_id, status, impact, urgency, priority, workaround, created_on, updated_on) VALUES
  ('PRB_001', 'PRB0000001', 'Mail queue grows', 'USER_002', 'ORG_001', 'new', 'high', 'low', 'high', 'Restart hourly', '2025-03-01 10:00:00', '2025-03-01 10:00:00');
INSERT INTO knowledge VALUES
  ('KB_001', 'KB0000003', 'Reset a password', NULL, 'Ask the desk.', 'published', 'internal', 'USER_002', 'ORG_001', '2025-03-01 11:00:00', '2025-03-01 11:00:00'),
  ('KB_002', 'KB0000001', 'Unjam a printer', NULL, NULL, 'draft', 'external', 'USER_002', 'ORG_001', '2025-03-02 11:00:00', '2025-03-02 11:00:00');
INSERT INTO incident_knowledge VALUES ('IKB_001', 'INC_009', 'KB_002', 'ORG_001', 'applied', '2025-03-04 08:00:00', '2025-03-04 08:00:00');
INSERT INTO sla_definition VALUES
  ('SLA_001', 'Fast reply', 'response', 15, 1, 'critical', 1, NULL, 'ORG_001', '2025-01-13 08:00:00', '2025-01-13 08:00:00'),
  ('SLA_002', 'Fast fix', 'resolution', 240, 1, 'critical', 1, NULL, 'ORG_001', '2025-01-14 08:00:00', '2025-01-14 08:00:00'),
  ('SLA_003', 'Slow fix', 'resolution', 2880, 0, 'low', 0, NULL, 'ORG_002', '2025-01-15 08:00:00', '2025-01-15 08:00:00');
INSERT INTO incident_sla VALUES
  ('TSLA_001', 'INC_001', 'SLA_001', 'ORG_001', 'breached', 1, '2025-03-01 08:00:00', '2025-03-01 08:15:00', NULL, '2025-03-01 08:00:00', '2025-03-01 08:00:00'),
  ('TSLA_002', 'INC_002', 'SLA_003', 'ORG_002', 'completed', 0, '2025-03-02 08:00:00', NULL, '2025-03-02 09:00:00', '2025-03-02 08:00:00', '2025-03-02 08:00:00');
INSERT INTO notification VALUES
  ('NOTIF_001', 'INC_001', 'ORG_001', 'cy@north.org', 'Mail', 'We work on it', 'update', 'sent', '2025-03-01 08:10:00', '2025-03-01 08:10:00'),
  ('NOTIF_002', 'INC_001', 'ORG_001', 'bo@north.org', 'Mail', 'Please look', 'alert', 'queued', '2025-03-01 08:20:00', '2025-03-01 08:20:00'),
  ('NOTIF_003', 'INC_002', 'ORG_002', 'dina@south.org', NULL, NULL, 'update', 'queued', '2025-03-02 08:20:00', '2025-03-02 08:20:00');
INSERT INTO change_request_mapping VALUES ('CRM_001', 'CHG_001', 'INC_001', NULL, 'ORG_001', '2025-03-05 08:00:00', '2025-03-05 08:00:00');
INSERT INTO incident_affected_cis VALUES ('TASKCI_001', 'CI_001', 'INC_001', 'ORG_001', '2025-03-05 09:00:00', '2025-03-05 09:00:00');
INSERT INTO child_incident VALUES ('CINC_001', 'INC_001', 'INC_002', '2025-03-05 10:00:00', '2025-03-05 10:00:00');
INSERT INTO incident_template (incident_template_id, name, active, caller_id, channel, short_description, impact, urgency, priority, service,
  org_id, created_at, updated_at) VALUES
  ('TMPL_001', 'Lost badge', 1, 'USER_002', 'phone', 'Badge lost', 'low', 'low', 'planning', 'SVC_002', 'ORG_001', '2025-03-06 08:00:00', '2025-03-06 08:00:00');
"""


class Caller:
    """Calls tools of the small help desk as one user."""

    def __init__(self) -> None:
        self.connection = apsw.Connection(":memory:")
        self.connection.execute(DOMAIN.schema_sql)
        self.connection.execute(SEED)
        self.clock = FrozenClock("2026-01-01T12:00:00")
        self.headers: dict[str, str] = {}

    def ok(self, tool: str, **arguments: object) -> Any:
        """Call a tool that must succeed and return its parsed answer."""
        answer = DOMAIN.call(self.connection, tool, arguments, self.headers, self.clock)
        assert not answer.is_error, answer.text
        return json.loads(answer.text)

    def error(self, tool: str, **arguments: object) -> Mapping[str, Any]:
        """Call a tool that must fail; return the envelope, or the first fault of a malformed body."""
        before = self.snapshot()
        answer = DOMAIN.call(self.connection, tool, arguments, self.headers, self.clock)
        assert answer.is_error, answer.text
        assert self.snapshot() == before, "a failing call wrote something"
        detail = json.loads(answer.text)["detail"]
        return detail[0] if isinstance(detail, list) else detail

    def code(self, tool: str, **arguments: object) -> str:
        """Call a tool that must fail and return its error code, or the type of the first fault."""
        error = self.error(tool, **arguments)
        return error["error_code"] if "error_code" in error else error["type"]

    def value(self, sql: str) -> Any:
        """Return the first value of a query."""
        return self.connection.execute(sql).get

    def snapshot(self) -> list[Any]:
        """Return the content of all tables."""
        names = [name for (name,) in self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [list(self.connection.execute(f'SELECT * FROM "{name}"')) for name in names]


@pytest.fixture
def desk() -> Caller:
    return Caller()
