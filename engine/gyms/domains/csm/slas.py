"""Tools for SLA definitions and the SLA clocks of cases."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.csm.house import Csm
from engine.gyms.domains.csm.words import (
    Active,
    After,
    Before,
    CaseId,
    CaseSlaId,
    Metric,
    Name,
    Priority,
    SlaDefinitionId,
    Stage,
)
from engine.gyms.toolkit import Clearable, Maybe, Moment, Row, Toolbox

tools = Toolbox()

DEFINITION = (
    "sla_def_id",
    "name",
    "metric",
    "target_mins",
    "pause_on_pending",
    "applies_to_priority",
    "active",
    "sys_created_on",
)
STAGES = get_args(get_args(Stage)[0])

TargetMins = Annotated[int, "Minutes until the target is missed."]
Pauses = Annotated[bool, "Whether the clock stands still while the case is pending."]
ForPriority = Annotated[Priority, "Priority of the cases that it is for."]
Started = Annotated[Moment, "When the clock started, UTC (YYYY-MM-DD HH:MM:SS)."]
Breach = Annotated[Moment, "When the target is missed, UTC (YYYY-MM-DD HH:MM:SS). It is not computed."]
Completed = Annotated[Moment, "When the target was met, UTC (YYYY-MM-DD HH:MM:SS). It is not filled by itself."]
Breached = Annotated[bool, "Whether the target was missed."]


class DefinitionFields(TypedDict, total=False):
    """What an SLA definition has, whether it is searched or changed."""

    metric: Metric
    target_mins: TargetMins
    pause_on_pending: Pauses
    active: Active


class DefinitionFilters(DefinitionFields, total=False):
    """Filters of find_sla_definitions."""

    sla_def_id: SlaDefinitionId
    name: Annotated[Name, "Part of the name, any case."]
    applies_to_priority: ForPriority
    created_before: Before
    created_after: After


class DefinitionChanges(DefinitionFields, total=False):
    """What update_sla_definition may change."""

    name: Annotated[Name, "Name."]
    applies_to_priority: Clearable[ForPriority]


class ClockFields(TypedDict, total=False):
    """What an SLA record has, whether it is searched or changed."""

    case_id: CaseId
    sla_def_id: SlaDefinitionId
    stage: Stage
    start_time: Started
    has_breached: Breached


class ClockFilters(ClockFields, total=False):
    """Filters of find_case_slas and delete_case_slas."""

    case_sla_id: CaseSlaId
    breach_time: Breach
    completed_time: Completed


class ClockChanges(ClockFields, total=False):
    """What update_case_sla_details may change."""

    breach_time: Clearable[Breach]
    completed_time: Clearable[Completed]


@tools.read
def find_sla_definitions(gym: Csm, **filters: Unpack[DefinitionFilters]) -> list[Row]:
    """List SLA definitions by id. All given filters must fit; without any, all definitions are listed."""
    return gym.listing("sla_definition", filters, DEFINITION, contains=("name",))


@tools.write
def add_new_sla_definition(
    gym: Csm,
    metric: Metric,
    name: Annotated[Name, "Name."],
    target_mins: TargetMins,
    pause_on_pending: Pauses,
    active: Active,
    applies_to_priority: Maybe[ForPriority] = None,
) -> Row:
    """Create an SLA definition and return it with its new id."""
    return gym.insert(
        "sla_definition",
        name=name,
        metric=metric,
        target_mins=target_mins,
        pause_on_pending=pause_on_pending,
        applies_to_priority=applies_to_priority,
        active=active,
    )


@tools.write
def update_sla_definition(gym: Csm, sla_def_id: SlaDefinitionId, **changes: Unpack[DefinitionChanges]) -> Row:
    """Change fields of an SLA definition and return it as it is then. Clocks that run already stay as they are."""
    return gym.update(gym.require("sla_definition", sla_def_id), changes)


@tools.read
def total_sum_of_target_mins_per_priority(gym: Csm, priority: Maybe[Priority] = None) -> dict[str, Any]:
    """Add up the target minutes of the SLA definitions of one priority, or of `all`."""
    total = gym.measure("sla_definition", {"applies_to_priority": priority}, "total(target_mins)")
    return {"priority": priority or "all", "sum": int(total)}


@tools.read
def average_target_mins_per_priority(
    gym: Csm, priority_list: Annotated[Maybe[list[Priority]], "Only these priorities; all if left out."] = None
) -> list[dict[str, Any]]:
    """Average the target minutes of SLA definitions per priority. Those for no priority are left out."""
    filters = {"applies_to_priority": priority_list}
    averages = gym.per("sla_definition", "applies_to_priority", filters, measure="avg(target_mins)")
    return [{"priority": priority, "avg_target_mins": average} for priority, average in averages.items()]


@tools.read
def find_case_slas(gym: Csm, **filters: Unpack[ClockFilters]) -> list[Row]:
    """List the SLA records of cases by id. All given filters must fit, times exactly; without any, all are listed."""
    return gym.listing("case_sla", filters)


@tools.write
def link_new_case_sla(
    gym: Csm,
    case_id: CaseId,
    sla_def_id: SlaDefinitionId,
    stage: Stage,
    start_time: Maybe[Started] = None,
    breach_time: Maybe[Breach] = None,
    has_breached: Maybe[Breached] = None,
    completed_time: Maybe[Completed] = None,
) -> Row:
    """Start the clock of an SLA definition on a case and return the record. It starts now unless start_time says when.

    The same definition may be linked twice: look at find_case_slas before.
    """
    return gym.insert(
        "case_sla",
        case_id=case_id,
        sla_def_id=sla_def_id,
        stage=stage,
        start_time=start_time or gym.now,
        breach_time=breach_time,
        has_breached=has_breached,
        completed_time=completed_time,
    )


@tools.write
def update_case_sla_details(gym: Csm, case_sla_id: CaseSlaId, **changes: Unpack[ClockChanges]) -> Row:
    """Change fields of a case's SLA record and return it as it is then. No field follows from another."""
    return gym.update(gym.require("case_sla", case_sla_id), changes)


@tools.write
def delete_case_slas(gym: Csm, **filters: Unpack[ClockFilters]) -> dict[str, int]:
    """Delete all SLA records that pass every given filter (at least one). Answers how many were `deleted`.

    Filters reach across all cases: sla_def_id alone removes that definition everywhere.
    """
    return {"deleted": len(gym.delete_matching("case_sla", filters))}


@tools.read
def find_stage_wise_breached_case_sla_counts(gym: Csm, stage: Maybe[Stage] = None) -> dict[str, int]:
    """Count the SLA records that missed their target per stage, as an object with the stages as keys."""
    return gym.per("case_sla", "stage", {"has_breached": True}, listed=[stage] if stage else STAGES)
