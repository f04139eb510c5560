"""The benchmark's own tasks without gold calls: ours, found by their prompts and policy, satisfy their verifiers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.gyms.database import Template
from engine.gyms.domains.csm import DOMAIN
from engine.gyms.toolkit import FrozenClock

REFERENCE = Path(__file__).resolve().parents[3] / "../shared/reference"
pytestmark = pytest.mark.skipif(not REFERENCE.exists(), reason="the reference material is not at hand")
SOLUTIONS = sorted(Path(__file__).with_name("solutions").glob("*.json"))

FLAWED_TASK = "task_20260102_161510_799_ad5a67e3_7221f3c8"
FLAWED_VERIFIER = "Verify KB owner selection rule (min +44 agent/manager)"
"""Cannot be satisfied; the last test here says why."""


@pytest.fixture(scope="module")
def template() -> Template:
    (seed,) = REFERENCE.glob("gym_dbs/*/csm/dbs/*.sql")
    return Template.parse(DOMAIN.schema_sql, seed.read_text(), source=seed.name)


def test_there_is_a_solution_for_every_task_without_gold_calls():
    tasks = {task.stem for task in REFERENCE.glob("tasks/csm/task_*.json")}
    assert {solution.stem for solution in SOLUTIONS} == tasks


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda path: path.stem)
def test_the_solution_satisfies_the_verifiers_with_the_tools_that_the_task_offers(template: Template, solution: Path):
    task = json.loads((REFERENCE / "tasks/csm" / solution.name).read_text())
    calls = json.loads(solution.read_text())["calls"]
    headers = task["gym_servers_config"][0]["context"]
    clock = FrozenClock()  # verifiers ask for sys_updated_on > sys_created_on, and calls take no second here
    database = template.clone()

    def failing() -> set[str]:
        """Return the names of the verifiers that the state does not satisfy."""
        checks = [(verifier["name"], verifier["validation_config"]) for verifier in task["verifiers"]]
        return {name for name, c in checks if database.connection.execute(c["query"]).get != c["expected_value"]}

    unsatisfiable = {FLAWED_VERIFIER} if solution.stem == FLAWED_TASK else set()
    assert failing() - unsatisfiable
    for call in calls:
        assert call["tool"] in task["selected_tools"]
        answer = DOMAIN.call(database.connection, call["tool"], call["arguments"], headers, clock)
        assert not answer.is_error, answer.text
        assert answer.text not in ("{}", "[]"), f"{call} finds nothing"
    assert failing() == unsatisfiable


def test_the_flawed_verifier_asks_for_two_owners_at_once(template: Template):
    """It wants user 152, and the lowest id among active agents and managers with a +44 number; that is user 9.

    24 users come before 152, and all of them would have to lose role, number or active. Of the tools that the task
    offers only add_new_user writes to that table, and it adds rows.
    """
    task = json.loads((REFERENCE / "tasks/csm" / f"{FLAWED_TASK}.json").read_text())
    [query] = [it["validation_config"]["query"] for it in task["verifiers"] if it["name"] == FLAWED_VERIFIER]
    british = "active = 1 AND role IN ('agent', 'manager') AND phone LIKE '+44%'"
    database = template.clone()

    assert "k.owner_id = 152 AND" in query
    assert "u.user_id = (SELECT MIN(user_id) FROM user WHERE active = 1" in query
    assert database.query(f"SELECT user_id FROM user WHERE {british} ORDER BY user_id LIMIT 1").rows == [(9,)]
    before = database.query(f"SELECT count(*) FROM user WHERE {british} AND user_id < 152").rows
    assert before == [(24,)]
    writers = {tool for tool in task["selected_tools"] if DOMAIN.writes(tool) and "user" in tool}
    assert writers == {"add_new_user", "add_new_user_group"}
