"""The built-in CSM seed: true to the values that tools take, to the policy and to itself."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.gyms.domains.csm import DOMAIN
from tests.gyms.builtin import SEEDS, columns, domain_of, enums, found, label, opened, stored, tables

COVERAGE = {"standard": "h8x5", "premium": "h12x6", "enterprise": "h24x7"}
LIMITS = {"standard": (4, 8), "premium": (8, 15), "enterprise": (0, 0)}  # for one product, for a whole account


@pytest.fixture(params=[path for path in SEEDS if domain_of(path) == "csm"], ids=label)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def seed(path: Path) -> Iterator[sqlite3.Connection]:
    with opened(path) as connection:
        yield connection


def test_seed_has_about_ten_thousand_rows_in_a_file_that_stays_small(path: Path, seed: sqlite3.Connection) -> None:
    counts = [seed.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables(seed)]
    assert len(counts) == 17
    assert sum(counts) in range(9_500, 11_000)
    assert path.stat().st_size < 3_000_000


LISTS = {  # table: the tool that writes it, whose arguments carry the accepted values and lengths
    "location": "add_location",
    "user": "add_new_user",
    "user_group": "add_new_user_group",
    "account": "create_new_account",
    "product": "add_new_product",
    "installed_product": "register_new_installed_product",
    "contract": "enlist_new_contract",
    "entitlement": "add_new_entitlement",
    "sla_definition": "add_new_sla_definition",
    "customer_case": "create_new_case",
    "case_sla": "link_new_case_sla",
    "interaction": "register_new_interaction",
    "knowledge": "create_knowledge",
    "case_knowledge": "link_case_knowledge",
    "notification": "send_notification",
}


@pytest.mark.parametrize(("table", "tool"), LISTS.items())
def test_values_are_those_that_the_tools_accept(seed: sqlite3.Connection, table: str, tool: str) -> None:
    arguments = next(entry["inputSchema"]["properties"] for entry in DOMAIN.tool_list() if entry["name"] == tool)
    shared = columns(seed, table).keys() & arguments.keys()
    assert shared
    for column in shared:
        accepted = {value for values in enums(arguments[column]) for value in values}
        if accepted:
            assert stored(seed, table, column) <= accepted


def test_every_accepted_word_of_a_case_is_met(seed: sqlite3.Connection) -> None:
    """States, priorities, channels and reasons that never occur would make a dull seed."""
    arguments = next(t["inputSchema"]["properties"] for t in DOMAIN.tool_list() if t["name"] == "create_new_case")
    for column in ("state", "priority", "channel", "escalation_reason"):
        (accepted,) = enums(arguments[column])
        assert stored(seed, "customer_case", column) == set(accepted)


def test_policy_names_only_values_and_fields_that_tools_take(seed: sqlite3.Connection) -> None:
    fields = {column for table in tables(seed) for column in columns(seed, table)}
    schemas = [tool["inputSchema"] for tool in DOMAIN.tool_list()]
    values = {value for schema in schemas for accepted in enums(schema) for value in accepted}
    named = set(re.findall(r"`([^`]+)`", DOMAIN.policy))
    assert len(named) > 60
    assert named - fields - values == {"YYYY-MM-DD HH:MM:SS", "YYYY-MM-DD"}


def test_policy_sends_every_family_to_a_desk_that_exists(seed: sqlite3.Connection) -> None:
    table = DOMAIN.policy.split("## 6.")[1].split("\n\n")[0]
    desks = {cells[2].strip() for line in table.splitlines() if (cells := line.split("|"))[3:]} - {"desk", "---"}
    assert len(desks) == 10
    assert desks <= stored(seed, "user_group", "name")


def test_ids_are_dense_and_numbers_follow_them(seed: sqlite3.Connection) -> None:
    for table in tables(seed):
        key = next(iter(columns(seed, table)))
        rows = seed.execute(f"SELECT COUNT(*), MIN({key}), MAX({key}) FROM {table}").fetchone()
        assert rows[0] == rows[2] - rows[1] + 1
        assert rows[1] == 1
    assert found(seed, "SELECT * FROM customer_case WHERE number <> PRINTF('CS-%07d', case_id)") == []
    assert found(seed, "SELECT * FROM knowledge WHERE kb_number <> PRINTF('KB-%07d', knowledge_id)") == []
    disorder = """
        SELECT a.number FROM customer_case a JOIN customer_case b ON b.case_id = a.case_id + 1
        WHERE b.sys_created_on < a.sys_created_on"""
    assert found(seed, disorder) == []


def test_nobody_shares_a_name_a_phone_or_a_serial_number(seed: sqlite3.Connection) -> None:
    for table, columns_ in {
        "user": "first_name || ' ' || last_name, phone, email",
        "location": "name",
        "installed_product": "serial_number",
        "knowledge": "title",
        "sla_definition": "name",
        "customer_case": "short_description",
    }.items():
        for column in columns_.split(", "):
            assert found(seed, f"SELECT {column} FROM {table} GROUP BY 1 HAVING COUNT(*) > 1") == []


def test_texts_have_the_length_that_the_policy_asks_for(seed: sqlite3.Connection) -> None:
    assert (
        found(
            seed, "SELECT short_description FROM customer_case WHERE LENGTH(short_description) NOT BETWEEN 20 AND 120"
        )
        == []
    )
    assert found(seed, "SELECT title FROM knowledge WHERE body IS NULL OR LENGTH(body) > 120") == []


def test_accounts_have_one_main_contact_with_an_address_and_a_site_of_theirs(seed: sqlite3.Connection) -> None:
    main = (
        "SELECT account_id FROM account LEFT JOIN contact USING (account_id) GROUP BY 1 HAVING TOTAL(is_primary) <> 1"
    )
    assert found(seed, main) == []
    strangers = """
        SELECT u.email, a.name, l.name FROM contact c JOIN account a USING (account_id)
        JOIN user u ON u.user_id = c.portal_user_id JOIN location l USING (location_id)
        WHERE u.role <> 'customer' OR c.active <> u.active OR (c.is_primary AND NOT c.active)
        OR u.email NOT LIKE '%@' || a.email_domain OR l.name NOT LIKE a.name || '%'"""
    assert found(seed, strangers) == []


def test_contracts_have_the_status_that_their_dates_say(seed: sqlite3.Connection) -> None:
    today = "'2026-11-20'"
    wrong = f"""
        SELECT contract_id, status, start_date, end_date FROM contract
        WHERE start_date > end_date OR status <> CASE WHEN end_date < {today} THEN 'expired'
            WHEN start_date > {today} THEN 'draft' WHEN status = 'suspended' THEN status ELSE 'active' END"""
    assert found(seed, wrong) == []
    assert stored(seed, "contract", "status") == {"draft", "active", "suspended", "expired"}
    gaps = """
        SELECT account_id, end_date, next FROM (
            SELECT account_id, end_date, LEAD(start_date) OVER (PARTITION BY account_id ORDER BY start_date) AS next
            FROM contract WHERE contract_type = 'support')
        WHERE next <> DATE(end_date, '+1 day')"""
    assert found(seed, gaps) == []


def test_entitlements_follow_their_contract_and_level(seed: sqlite3.Connection) -> None:
    strangers = """
        SELECT entitlement_id FROM entitlement e JOIN contract c USING (contract_id)
        WHERE e.account_id <> c.account_id OR e.active <> (c.status = 'active')"""
    assert found(seed, strangers) == []
    for row in seed.execute("SELECT * FROM entitlement"):
        assert row["coverage_hours"] == COVERAGE[row["support_level"]]
        assert row["max_cases_per_month"] == LIMITS[row["support_level"]][row["product_id"] is None]
    assert found(seed, "SELECT account_id FROM entitlement GROUP BY 1 HAVING COUNT(DISTINCT support_level) > 1") == []


COVERED = """
    FROM customer_case k
    JOIN entitlement e ON e.account_id = k.account_id AND COALESCE(e.product_id, k.product_id) = k.product_id
    JOIN contract c ON c.contract_id = e.contract_id AND c.contract_type = 'support'
        AND DATE(k.sys_created_on) BETWEEN c.start_date AND c.end_date"""


def test_every_case_had_cover_and_room_in_its_month(seed: sqlite3.Connection) -> None:
    assert found(seed, f"SELECT number FROM customer_case WHERE case_id NOT IN (SELECT k.case_id {COVERED})") == []
    too_many = f"""
        SELECT k.account_id, STRFTIME('%Y-%m', k.sys_created_on) AS month, e.product_id, COUNT(*) {COVERED}
        WHERE e.max_cases_per_month > 0 AND k.state <> 'canceled'
        GROUP BY e.entitlement_id, month HAVING COUNT(*) > MAX(e.max_cases_per_month)"""
    assert found(seed, too_many) == []


def test_cases_name_people_and_units_of_their_account(seed: sqlite3.Connection) -> None:
    for bad in (
        "c.account_id <> k.account_id",
        "i.account_id <> k.account_id",
        "i.product_id <> k.product_id",
        "i.sys_created_on > k.sys_created_on",
        "NOT c.active AND k.state NOT IN ('closed', 'canceled')",
        "i.status = 'in_stock' OR (i.status <> 'in_use' AND i.sys_updated_on < k.sys_created_on)",
    ):
        wrong = f"""
            SELECT k.number FROM customer_case k JOIN contact c USING (contact_id)
            LEFT JOIN installed_product i ON i.installed_product_id = k.installed_product_id WHERE {bad}"""
        assert found(seed, wrong) == [], bad


def test_work_is_given_to_members_of_the_group_and_open_work_to_active_ones(seed: sqlite3.Connection) -> None:
    wrong = """
        SELECT k.number FROM customer_case k JOIN user u ON u.user_id = k.assigned_to
        JOIN user_group g ON g.group_id = k.assignment_group_id
        LEFT JOIN user_group_member m ON m.group_id = g.group_id AND m.user_id = u.user_id
        WHERE m.member_id IS NULL OR NOT g.active OR u.role NOT IN ('agent', 'manager')
        OR (NOT u.active AND k.state NOT IN ('closed', 'canceled'))"""
    assert found(seed, wrong) == []
    leaders = """
        SELECT g.name FROM user_group g LEFT JOIN user_group_member m USING (group_id)
        LEFT JOIN user u ON u.user_id = m.user_id AND u.role = 'manager' GROUP BY 1 HAVING COUNT(u.user_id) <> 1"""
    assert found(seed, leaders) == []


def test_cases_agree_with_their_state(seed: sqlite3.Connection) -> None:
    for bad in (
        "(closed_on IS NOT NULL) <> (state IN ('closed', 'canceled'))",
        "closed_on < sys_created_on OR closed_on > sys_updated_on",
        "(assigned_to IS NOT NULL) <> (state NOT IN ('new', 'canceled'))",
        "escalation <> (escalation_reason IS NOT NULL)",
        "assignment_group_id IS NULL",
    ):
        assert found(seed, f"SELECT number FROM customer_case WHERE {bad}") == [], bad


def test_every_case_has_two_sla_records_that_fit_it(seed: sqlite3.Connection) -> None:
    seed.execute("""
        CREATE TEMP VIEW record AS
        SELECT s.*, d.metric, d.target_mins, d.applies_to_priority, d.active, d.pause_on_pending,
            k.priority, k.state, k.sys_created_on
        FROM case_sla s JOIN sla_definition d USING (sla_def_id) JOIN customer_case k USING (case_id)""")
    for bad in (
        "NOT active OR applies_to_priority <> priority",
        "start_time <> sys_created_on",
        "strftime('%s', breach_time) - strftime('%s', start_time) <> target_mins * 60",
        "(stage = 'completed') <> (completed_time IS NOT NULL)",
        "stage = 'completed' AND has_breached <> (completed_time > breach_time)",
        "stage = 'in_progress' AND has_breached <> (breach_time < '2026-11-20 09:00:00')",
        "stage = 'paused' AND (state <> 'pending' OR NOT pause_on_pending)",
        "(stage = 'canceled') <> (state = 'canceled')",
        "metric = 'response' AND (stage = 'in_progress') <> (state = 'new')",
        "metric = 'resolution' AND (stage = 'completed') <> (state IN ('resolved', 'closed'))",
        "completed_time > '2026-11-20 09:00:00'",
    ):
        assert found(seed, f"SELECT case_sla_id FROM record WHERE {bad}") == [], bad
    pairs = "SELECT case_id FROM record GROUP BY 1 HAVING GROUP_CONCAT(metric) <> 'response,resolution'"
    assert found(seed, pairs) == []
    assert seed.execute("SELECT COUNT(DISTINCT case_id) = (SELECT COUNT(*) FROM customer_case) FROM record").fetchone()[
        0
    ]


def test_talks_and_messages_fit_their_case(seed: sqlite3.Connection) -> None:
    for bad in (
        "i.account_id <> k.account_id OR i.contact_id <> k.contact_id",
        "(i.status = 'open') <> (i.ended_at IS NULL)",
        "i.ended_at < i.started_at OR i.ended_at > '2026-11-20 09:00:00'",
        "i.status = 'open' AND k.state IN ('closed', 'canceled')",
    ):
        wrong = f"SELECT i.interaction_id FROM interaction i JOIN customer_case k USING (case_id) WHERE {bad}"
        assert found(seed, wrong) == [], bad
    silent = "SELECT number FROM customer_case WHERE case_id NOT IN (SELECT case_id FROM interaction WHERE case_id > 0)"
    assert found(seed, silent) == []
    assert found(seed, "SELECT email FROM notification WHERE email NOT IN (SELECT email FROM user)") == []
    early = (
        "SELECT n.* FROM notification n JOIN customer_case k USING (case_id) WHERE n.sys_created_on < k.sys_created_on"
    )
    assert found(seed, early) == []


def test_managers_were_alerted_to_escalated_cases(seed: sqlite3.Connection) -> None:
    unheard = """
        SELECT number FROM customer_case k WHERE escalation AND NOT EXISTS (
            SELECT * FROM notification n JOIN user u USING (email) JOIN user_group_member m USING (user_id)
            WHERE n.case_id = k.case_id AND n.type = 'alert'
            AND u.role = 'manager' AND m.group_id = k.assignment_group_id)"""
    assert found(seed, unheard) == []


def test_articles_are_linked_and_sent_only_when_the_policy_allows_it(seed: sqlite3.Connection) -> None:
    linked = """
        SELECT kb_number FROM case_knowledge JOIN knowledge a USING (knowledge_id) JOIN customer_case k USING (case_id)
        WHERE a.state <> 'published' OR a.sys_created_on > k.sys_created_on"""
    assert found(seed, linked) == []
    sent = """
        SELECT kb_number FROM notification n JOIN knowledge a USING (knowledge_id)
        WHERE a.visibility <> 'external' OR a.state <> 'published' OR n.type <> 'solution_proposal'"""
    assert found(seed, sent) == []
    assert stored(seed, "case_knowledge", "used_as") == {"suggested", "applied", "resolution"}
    assert stored(seed, "knowledge", "state") == {"draft", "published", "retired"}
