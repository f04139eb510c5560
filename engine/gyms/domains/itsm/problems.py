"""Tools for problems: the causes behind incidents."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.words import (
    After,
    Assignee,
    AssignmentGroup,
    Before,
    Impact,
    IncidentId,
    ItemId,
    OfferingId,
    ProblemCategory,
    ProblemId,
    ProblemPriority,
    ProblemStatus,
    ServiceId,
    Urgency,
    UserId,
)
from engine.gyms.toolkit import Maybe, Refusal, Row, Toolbox

tools = Toolbox(absent=(None, ""))

_TEXTS = ("problem_statement", "short_description", "worknotes", "workaround", "fix_notes")
_ENUMS = ("status", "category", "impact", "urgency", "priority")
Statement = Annotated[str, "What is wrong, in full."]
Number = Annotated[str, "Number of the problem, such as PRB0000001."]


class ProblemFields(TypedDict, total=False):
    """What a problem may have beside what it must have."""

    short_description: Annotated[str, "What is wrong, in up to 255 characters."]
    service: ServiceId
    service_offering: OfferingId
    configuration_item: ItemId
    assigned_to: Assignee
    assignment_group: AssignmentGroup
    original_task: Annotated[IncidentId, "Id of the incident that the problem was found by, such as INC_001."]
    category: ProblemCategory
    worknotes: Annotated[str, "Notes of those who work on it."]
    workaround: Annotated[str, "How to live with it until it is fixed."]
    fix_notes: Annotated[str, "How it was fixed."]


class ProblemChanges(ProblemFields, total=False):
    """What update_problem may change."""

    problem_statement: Statement
    opened_by: Annotated[UserId, "Id of the user who opened the problem."]
    status: ProblemStatus
    impact: Impact
    urgency: Urgency
    priority: ProblemPriority


class ProblemFilters(ProblemChanges, total=False):
    """Filters of list_problems."""

    problem_id: ProblemId
    number: Number
    created_after: After
    created_before: Before


@tools.write
def create_problem(
    gym: Itsm,
    problem_statement: Statement,
    status: ProblemStatus,
    impact: Impact,
    urgency: Urgency,
    priority: ProblemPriority,
    **fields: Unpack[ProblemFields],
) -> Row:
    """Create a problem and return it with its new id and number; you are recorded as the one who opened it.

    All referenced users, groups, items, services and incidents must exist.
    """
    return gym.insert(
        "problem",
        number=f"PRB{gym.next_number('problem', 'number'):07d}",
        problem_statement=problem_statement,
        opened_by=gym.actor.id,
        status=status,
        impact=impact,
        urgency=urgency,
        priority=priority,
        **fields,
    )


@tools.write
def update_problem(
    gym: Itsm,
    problem_id: Maybe[ProblemId] = None,
    number: Annotated[Maybe[Number], "Number of the problem, such as PRB0000001, when you do not know its id."] = None,
    **changes: Unpack[ProblemChanges],
) -> Row:
    """Change fields of a problem, found by problem_id or else by number, and return it as it is then.

    Give only what changes; "" counts as not given, so fields cannot be cleared. Fails with NO_CHANGES_DETECTED when
    every given field already holds its value.
    """
    name, value = ("problem_id", problem_id) if problem_id else ("number", number)
    if not value:
        raise gym.nothing_given(("problem_id", "number"))
    gym.must_give(changes)
    absent = Refusal("VALIDATION_ERROR", f"Problem with {name} '{value}' not found", name, value)
    return gym.update(gym.lookup("problem", otherwise=absent, **{name: value}), changes, always=_ENUMS)


@tools.read
def find_problem_by_number(gym: Itsm, number: Number) -> Row:
    """Look up one problem by its number. Numbers can repeat between organisations; the first row is returned."""
    absent = Refusal("NOT_FOUND", f"Problem with number '{number}' not found", "number", number)
    return gym.lookup("problem", number=number, otherwise=absent)


@tools.read
def list_problems(gym: Itsm, **filters: Unpack[ProblemFilters]) -> dict[str, object]:
    """List problems, newest first, as `problems` and `total_count`.

    All given filters must fit. Statements, descriptions and notes match in part and any case, all else exactly.
    """
    return gym.listing("problem", filters, contains=_TEXTS)


@tools.read
def get_problems_assigned_to(
    gym: Itsm, assigned_to: Maybe[Assignee] = None, assignment_group: Maybe[AssignmentGroup] = None
) -> dict[str, object]:
    """List the problems of a user, of a group, or of that user within that group; without either, all problems."""
    return gym.listing("problem", {"assigned_to": assigned_to, "assignment_group": assignment_group})
