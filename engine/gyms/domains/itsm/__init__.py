"""The ITSM gym: incidents, problems, changes and what they touch."""

from __future__ import annotations

from pathlib import Path

from engine.gyms.domains.itsm import (
    changes,
    children,
    groups,
    incidents,
    items,
    knowledge,
    locations,
    mappings,
    notifications,
    problems,
    services,
    slas,
    templates,
    users,
)
from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.tables import TABLES
from engine.gyms.toolkit import Domain

DOMAIN = Domain(
    name="itsm",
    server_name="gym-itsm-mcp",
    folder=Path(__file__).parent,
    gym=Itsm,
    tables=TABLES,
    toolboxes=(
        users.tools,
        groups.tools,
        locations.tools,
        templates.tools,
        items.tools,
        services.tools,
        changes.tools,
        problems.tools,
        incidents.tools,
        children.tools,
        incidents.counting_tools,
        services.offering_tools,
        knowledge.tools,
        slas.tools,
        notifications.tools,
        mappings.change_tools,
        mappings.item_tools,
        slas.record_tools,
    ),
    listed_as_null=("title", "outputSchema", "icons", "annotations", "meta", "execution"),
)
