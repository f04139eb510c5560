"""Tools for SLA definitions and for the SLA records that incidents carry."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.words import (
    After,
    Before,
    From,
    IncidentId,
    IncidentSlaId,
    SlaDefinitionId,
    SlaMetric,
    SlaPriority,
    Stage,
)
from engine.gyms.toolkit import INCLUSIVE, Maybe, Moment, Row, Toolbox

tools = Toolbox()
record_tools = Toolbox()

Minutes = Annotated[int, Field(ge=1), "Minutes until the target is missed, at least 1."]
Name = Annotated[str, "Name, up to 120 characters, not used by another definition."]
Pausing = Annotated[bool, "Whether the clock stops while the incident waits."]
Active = Annotated[bool, "Whether the definition is in use."]
Schedule = Annotated[str, "Id of the working hours it counts, up to 32 characters."]
Measured = Annotated[SlaMetric, "What is measured: time to first response or to resolution."]
ForPriority = Annotated[SlaPriority, "Priority of the incidents it is for."]
Priorities = Annotated[Maybe[list[SlaPriority]], "Only these priorities; all that occur if left out."]
Breached = Annotated[bool, "Whether the target was missed."]


class DefinitionChanges(TypedDict, total=False):
    """What update_sla_definition may change."""

    name: Name
    metric: Measured
    target_mins: Minutes
    pause_on_pending: Pausing
    active: Active
    applies_to_priority: ForPriority
    schedule: Schedule


class DefinitionFilters(TypedDict, total=False):
    """Filters of find_sla_definitions."""

    sla_def_id: SlaDefinitionId
    name: Annotated[str, "The definition's whole name."]
    metric: Measured | None
    target_mins: Annotated[int | None, "Exact number of minutes; 0 is ignored."]
    pause_on_pending: Pausing | None
    applies_to_priority: ForPriority | None
    active: Active | None
    created_after: After
    created_before: Before


class RecordFilters(TypedDict, total=False):
    """Filters over the SLA records of incidents."""

    incident_sla_id: IncidentSlaId
    incident_id: IncidentId
    sla_def_id: SlaDefinitionId
    stage: Stage
    has_breached: Breached
    created_after: From
    created_before: Before


class RecordChanges(TypedDict, total=False):
    """What update_incident_sla_details may change."""

    incident_id: IncidentId
    sla_def_id: SlaDefinitionId
    stage: Stage
    has_breached: Breached
    start_time: Annotated[Moment, "When the clock started (ISO 8601, UTC)."]
    breach_time: Annotated[Moment, "When the target is or was missed (ISO 8601, UTC), not before start_time."]
    completed_time: Annotated[Moment, "When the target was met (ISO 8601, UTC)."]


@tools.write
def add_new_sla_definition(
    gym: Itsm,
    name: Name,
    metric: Measured,
    target_mins: Minutes,
    pause_on_pending: Pausing,
    active: Active,
    applies_to_priority: Maybe[ForPriority] = None,
    schedule: Maybe[Schedule] = None,
) -> Row:
    """Create an SLA definition in your organisation and return it with its new id."""
    return gym.insert(
        "sla_definition",
        name=name,
        metric=metric,
        target_mins=target_mins,
        pause_on_pending=pause_on_pending,
        active=active,
        applies_to_priority=applies_to_priority,
        schedule=schedule,
    )


@tools.write
def update_sla_definition(gym: Itsm, sla_def_id: SlaDefinitionId, **changes: Unpack[DefinitionChanges]) -> Row:
    """Change fields of an SLA definition and return it as it is then.

    Give only what changes. Fails with NO_CHANGES_DETECTED when every given field already holds its value.
    """
    gym.must_give(changes)
    definition = gym.require("sla_definition", sla_def_id)
    return gym.update(definition, changes, always=("metric", "applies_to_priority"))


@tools.read
def find_sla_definition_by_name(
    gym: Itsm, name: Annotated[str, "The definition's whole name, in its own case."]
) -> Row:
    """Look up one SLA definition by its exact name. Fails with NOT_FOUND when there is none."""
    return gym.lookup("sla_definition", name=name)


@tools.read
def find_sla_definitions(gym: Itsm, **filters: Unpack[DefinitionFilters]) -> dict[str, object]:
    """List SLA definitions, newest first, as `sla_definitions` and `total_count`. Filters must fit exactly."""
    return gym.listing("sla_definition", {**filters, "target_mins": filters.get("target_mins") or None})


@tools.read
def total_sum_of_target_mins_per_priority(gym: Itsm, priority: Priorities = None) -> dict[str, object]:
    """Add up the target minutes of all SLA definitions per priority, as `metrics`: PRIORITY to minutes."""
    return gym.metrics("sla_definition", "applies_to_priority", priority, "sum(target_mins)")


@tools.read
def average_target_mins_per_priority(gym: Itsm, priority: Priorities = None) -> dict[str, object]:
    """Average the target minutes of all SLA definitions per priority, as `metrics`: PRIORITY to minutes."""
    return gym.metrics("sla_definition", "applies_to_priority", priority, "round(avg(target_mins), 2)")


@record_tools.read
def find_incident_slas(gym: Itsm, **filters: Unpack[RecordFilters]) -> dict[str, object]:
    """List SLA records of incidents, newest first, as `incident_slas` and `total_count`. All given filters must fit."""
    return gym.listing("incident_sla", filters, bounds=INCLUSIVE)


@record_tools.read
def find_stage_wise_breached_incident_sla_counts(
    gym: Itsm, stages: Annotated[Maybe[list[Stage]], "Only these stages; all if left out."] = None
) -> dict[str, object]:
    """Count the SLA records that missed their target per stage, as `counts`. Stages without any are left out."""
    counts = gym.per("incident_sla", "stage", {"has_breached": True})
    return {"counts": {stage: count for stage, count in counts.items() if not stages or stage in stages}}


@record_tools.write
def link_new_incident_sla(
    gym: Itsm,
    incident_id: IncidentId,
    sla_def_id: SlaDefinitionId,
    start_time: Annotated[Moment, "When the clock starts (ISO 8601, UTC)."],
    breach_time: Annotated[Maybe[Moment], "When the target is missed (ISO 8601, UTC); it is not computed."] = None,
    completed_time: Annotated[Maybe[Moment], "When the target was met (ISO 8601, UTC)."] = None,
    stage: Annotated[Maybe[Stage], "State of the SLA clock, in any case; in_progress if left out."] = None,
    has_breached: Annotated[Maybe[bool], "Whether the target was missed; false if left out."] = None,
) -> Row:
    """Attach an SLA definition to an incident, start its clock, and return the record.

    An incident can carry a definition once. breach_time must not lie before start_time.
    """
    return gym.insert(
        "incident_sla",
        incident_id=incident_id,
        sla_def_id=sla_def_id,
        start_time=start_time,
        breach_time=breach_time,
        completed_time=completed_time,
        stage=stage,
        has_breached=has_breached,
    )


@record_tools.write
def update_incident_sla_details(gym: Itsm, incident_sla_id: IncidentSlaId, **changes: Unpack[RecordChanges]) -> Row:
    """Change fields of an incident's SLA record and return it as it is then.

    Give only what changes. Fails with VALIDATION_ERROR when every given field already holds its value.
    """
    gym.must_give(changes)
    return gym.update(gym.require("incident_sla", incident_sla_id), changes, always=("stage",))


@record_tools.write_any_of(
    "incident_sla_id", "incident_id", "sla_def_id", "stage", "has_breached", "created_before", "created_after"
)
def delete_incident_slas(gym: Itsm, **filters: Unpack[RecordFilters]) -> dict[str, int]:
    """Delete every SLA record that fits all given filters, over all organisations, and return `deleted_count`.

    There is no undo: list the same filters with find_incident_slas first. At least one filter is needed; nothing
    found is NOT_FOUND.
    """
    return {"deleted_count": len(gym.delete_matching("incident_sla", filters, bounds=INCLUSIVE))}
