"""Tools for the links between parent and child incidents."""

from __future__ import annotations

from typing import Annotated

from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.words import ChildLinkId, IncidentId
from engine.gyms.toolkit import Refusal, Row, Toolbox

tools = Toolbox()

Parent = Annotated[IncidentId, "Id of the parent incident, such as INC_001."]
Child = Annotated[IncidentId, "Id of the child incident, such as INC_002."]


@tools.read
def list_child_incidents(gym: Itsm, parent_incident: Parent) -> list[Row]:
    """List the links to the children of an incident as a plain array; it is empty when there are none."""
    return gym.select("child_incident", {"parent_incident": parent_incident})


@tools.read
def find_parent_incident(gym: Itsm, child_incident: Child) -> Row:
    """Return the link to the parent of an incident. Fails with NOT_FOUND when it has no parent."""
    message = f"No parent found for child incident '{child_incident}'"
    absent = Refusal("NOT_FOUND", message, "child_incident", child_incident)
    return gym.lookup("child_incident", child_incident=child_incident, otherwise=absent)


@tools.write
def add_child_incident(gym: Itsm, parent_incident: Parent, child_incident: Child) -> Row:
    """Link one child incident to a parent and return the link.

    Fails with INVALID_RELATIONSHIP for an incident and itself, and when the two are linked already, either way round.
    """
    return gym.insert("child_incident", parent_incident=parent_incident, child_incident=child_incident)


@tools.write
def add_child_incidents(
    gym: Itsm,
    parent_incident: Parent,
    child_incidents: Annotated[list[str], "Ids of the children; blank ones are dropped."],
) -> list[Row]:
    """Link several child incidents to a parent and return the links as a plain array.

    All or nothing: one unknown or already linked child, and no link is made.
    """
    gym.require("incident", parent_incident)
    children = [child.strip() for child in child_incidents if child.strip()]
    unknown = [child for child in children if not gym.find("incident", incident_id=child)]
    if unknown:
        message = f"Child incidents not found: {', '.join(unknown)}"
        raise Refusal("CHILD_INCIDENTS_NOT_FOUND", message, "child_incidents", unknown)
    return [gym.insert("child_incident", parent_incident=parent_incident, child_incident=child) for child in children]


@tools.write
def update_child_incident(
    gym: Itsm, child_incident_mapping_id: ChildLinkId, parent_incident: Parent, child_incident: Child
) -> Row:
    """Point an existing link at another pair of incidents and return it as it is then."""
    link = gym.require("child_incident", child_incident_mapping_id)
    return gym.update(link, {"parent_incident": parent_incident, "child_incident": child_incident})


@tools.write
def remove_child_incident(
    gym: Itsm,
    child_incident_mapping_id: ChildLinkId | None = None,
    parent_incident: Parent | None = None,
    child_incident: Child | None = None,
) -> dict[str, str]:
    """Delete one link, named by its id or by parent and child together. The incidents themselves stay."""
    if child_incident_mapping_id:
        link = gym.require("child_incident", child_incident_mapping_id)
    elif parent_incident and child_incident:
        link = gym.lookup("child_incident", parent_incident=parent_incident, child_incident=child_incident)
    else:
        message = "Give child_incident_mapping_id, or parent_incident and child_incident"
        raise Refusal("MISSING_IDENTIFIERS", message)
    gym.delete(link)
    return {"message": "Child incident mapping removed successfully"}
