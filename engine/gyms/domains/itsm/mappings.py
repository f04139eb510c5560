"""Tools for what hangs on an incident: changes mapped to it (or to a problem) and configuration items it affects."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.words import (
    AffectedItemId,
    After,
    Before,
    ChangeId,
    From,
    IncidentId,
    ItemId,
    MappingId,
    ProblemId,
)
from engine.gyms.toolkit import INCLUSIVE, Refusal, Row, Toolbox

change_tools = Toolbox()
item_tools = Toolbox()


class MappingKeys(TypedDict, total=False):
    """What names change mappings."""

    change_request_mapping_id: MappingId
    change_id: ChangeId
    incident_id: IncidentId
    problem_id: ProblemId


class MappingFilters(MappingKeys, total=False):
    """Filters of list_change_request_mappings."""

    created_after: From
    created_before: Before


class AffectedFilters(TypedDict, total=False):
    """Filters over the links between incidents and configuration items."""

    incident_affected_cis_id: AffectedItemId
    configuration_item: ItemId
    incident_id: IncidentId
    created_after: After
    created_before: Before


@change_tools.write_any_of("incident_id", "problem_id")
def map_change_request(
    gym: Itsm,
    change_id: ChangeId,
    incident_id: IncidentId | None = None,
    problem_id: ProblemId | None = None,
) -> Row:
    """Link a change to an incident, to a problem, or in one row to both, and return the mapping.

    At least one of incident_id and problem_id is needed. A change can be mapped to the same record once.
    """
    return gym.insert(
        "change_request_mapping", change_id=change_id, incident_id=incident_id or None, problem_id=problem_id or None
    )


@change_tools.read
def list_change_request_mappings(gym: Itsm, **filters: Unpack[MappingFilters]) -> dict[str, object]:
    """List change mappings, newest first, as `change_request_mappings` and `total_count`. All filters must fit."""
    return gym.listing("change_request_mapping", filters, bounds=INCLUSIVE)


@change_tools.read
def find_change_request_mappings_for_incident(
    gym: Itsm, incident_id: Annotated[IncidentId, "Id of the incident whose mappings are wanted, such as INC_001."]
) -> dict[str, object]:
    """List the change mappings of an incident, newest first, as `change_request_mappings` and `total_count`."""
    return _of(gym, "incident", incident_id)


@change_tools.read
def find_change_request_mappings_for_problem(
    gym: Itsm, problem_id: Annotated[ProblemId, "Id of the problem whose mappings are wanted, such as PRB_001."]
) -> dict[str, object]:
    """List the change mappings of a problem, newest first, as `change_request_mappings` and `total_count`."""
    return _of(gym, "problem", problem_id)


@change_tools.write_any_of("change_request_mapping_id", "change_id", "incident_id", "problem_id")
def delete_change_request_mappings(gym: Itsm, **filters: Unpack[MappingKeys]) -> dict[str, object]:
    """Delete every change mapping that fits all given filters; the changes, incidents and problems stay.

    Returns `deleted_count`, the `deleted_mappings` and a `message`. There is no undo; nothing found is NOT_FOUND.
    """
    rows = gym.delete_matching("change_request_mapping", filters)
    one = f"change request mapping '{rows[0].id}'"
    what = one if len(rows) == 1 else f"{len(rows)} change request mapping(s)"
    return {"deleted_count": len(rows), "deleted_mappings": rows, "message": f"Successfully deleted {what}"}


@item_tools.write
def link_affected_ci_to_incident(gym: Itsm, configuration_item: ItemId, incident_id: IncidentId) -> Row:
    """Record that an incident affects a configuration item, and return the link. A pair can be linked once."""
    return gym.insert("incident_affected_cis", configuration_item=configuration_item, incident_id=incident_id)


@item_tools.read
def list_incident_affected_cis(gym: Itsm, **filters: Unpack[AffectedFilters]) -> dict[str, object]:
    """List links between incidents and configuration items, newest first, as `incident_affected_cis` and `total_count`.

    All given filters must fit.
    """
    return gym.listing("incident_affected_cis", filters)


@item_tools.write_any_of(
    "incident_affected_cis_id", "configuration_item", "incident_id", "created_before", "created_after"
)
def remove_affected_ci_from_incident(gym: Itsm, **filters: Unpack[AffectedFilters]) -> dict[str, int]:
    """Delete every link between incident and configuration item that fits all given filters; return `deleted_count`.

    There is no undo: list the same filters with list_incident_affected_cis first. Nothing found is NOT_FOUND.
    """
    return {"deleted_count": len(gym.delete_matching("incident_affected_cis", filters, bounds=INCLUSIVE))}


def _of(gym: Itsm, table: str, key: str) -> dict[str, object]:
    column = gym.tables[table].key
    absent = Refusal("NOT_FOUND", f"{gym.tables[table].noun} '{key}' not found", column, key)
    gym.require(table, key, otherwise=absent)
    return gym.listing("change_request_mapping", {column: key})
