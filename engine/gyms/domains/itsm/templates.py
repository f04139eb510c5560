"""Tools for incident templates: values that incidents of one kind start from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, with_config
from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.tables import TEMPLATE_VALUES
from engine.gyms.domains.itsm.words import (
    After,
    Before,
    Channel,
    ItemId,
    Level,
    OfferingId,
    Priority,
    ServiceId,
    TemplateCategory,
    TemplateId,
    UserId,
)
from engine.gyms.toolkit import Maybe, Refusal, Row, Toolbox, shown, without_blanks

tools = Toolbox()

TemplateName = Annotated[str, Field(min_length=1, max_length=120)]


@with_config(ConfigDict(extra="allow", json_schema_extra={"required": ["caller_id", "short_description"]}))
class TemplateValues(TypedDict, total=False):
    """What incidents made from a new template start with."""

    caller_id: Annotated[UserId, "Id of the user the incident is for. Needed."]
    short_description: Annotated[str, "What the incident is about, 1 to 120 characters. Needed."]
    channel: Annotated[Channel, "How the incident came in."]
    category: Annotated[TemplateCategory, "Kind of incident."]
    impact: Annotated[Level, "How much of the business it touches; low if left out."]
    urgency: Annotated[Level, "How quickly it must be dealt with; low if left out."]
    priority: Annotated[Priority, "Priority; planning if left out."]
    configuration_item: ItemId
    service: ServiceId
    service_offering: OfferingId


@with_config(ConfigDict(extra="allow"))
class NewTemplateValues(TypedDict, total=False):
    """What update_incident_template may change: "" leaves a value alone, null clears one that may be empty."""

    caller_id: Annotated[UserId, "New user the incident is for."]
    short_description: Annotated[str, "New text, 1 to 120 characters."]
    channel: Annotated[Channel | None, "New channel; null clears it."]
    category: Annotated[TemplateCategory | None, "New category; null clears it."]
    impact: Annotated[Level, "New impact."]
    urgency: Annotated[Level, "New urgency."]
    priority: Annotated[Priority, "New priority."]
    configuration_item: Annotated[str | None, "New configuration item id, such as CI_001; null clears it."]
    service: Annotated[str | None, "New service id, such as SVC_001; null clears it."]
    service_offering: Annotated[str | None, "New offering id, such as SVCOFF_001, of that service; null clears it."]


def _without_blanks(values: object) -> object:
    return without_blanks(values) if isinstance(values, Mapping) else values


class TemplateFilters(TypedDict, total=False):
    """Filters of get_incident_templates."""

    incident_template_id: TemplateId | None
    name: Annotated[str | None, "The template's whole name."]
    active: Annotated[bool | None, "Only active (true) or inactive (false) templates."]
    created_after: After | None
    created_before: Before | None


@tools.write
def create_new_incident_template(
    gym: Itsm,
    name: Annotated[TemplateName, "Name, up to 120 characters, not used by another template."],
    change_request_values: Annotated[TemplateValues, "The values that incidents made from the template start with."],
    active: Annotated[Maybe[bool], "Whether the template can be used; true if left out."] = None,
) -> Row:
    """Create an incident template and return it with its new id.

    The values stand in `change_request_values`, which needs at least caller_id and short_description. When both
    service and service_offering are given, the offering must belong to the service.
    """
    values = without_blanks(change_request_values)
    for needed in ("caller_id", "short_description"):
        if not values.get(needed):
            raise Refusal("MISSING_FIELD", f"Field '{needed}' is required in change_request_values", needed)
    _refuse_used_name(gym, name)
    _refuse_unknown_values(values)
    return gym.insert("incident_template", name=name, active=active, **values)


@tools.write
def update_incident_template(
    gym: Itsm,
    incident_template_id: TemplateId,
    name: Annotated[str, Field(max_length=120, min_length=0), 'New name; "" leaves it alone.'] = "",
    active: Annotated[bool | None, "Whether the template can be used; null leaves it alone."] = None,
    change_request_values: Annotated[
        Maybe[Annotated[NewTemplateValues, BeforeValidator(_without_blanks)]],
        shown(dict.fromkeys(sorted(TEMPLATE_VALUES), "")),
        'The values to change. In it "" leaves a value alone and null clears one that may be empty.',
    ] = None,
) -> Row:
    """Change a template and return it as it is then.

    Give only what changes. Fails with NO_CHANGES_DETECTED when every given field already holds its value.
    """
    values: dict[str, object] = dict(change_request_values or {})
    changes = {**values, **({"name": name} if name else {}), **({} if active is None else {"active": active})}
    gym.must_give(changes)
    template = gym.require("incident_template", incident_template_id)
    _refuse_unknown_values(values)
    _refuse_used_name(gym, name, besides=incident_template_id)
    return gym.update(template, changes)


@tools.read
def get_incident_template_by_name(gym: Itsm, name: Annotated[str, "The whole name, in its own case."]) -> Row:
    """Look up one template by its exact name; its values stand in `change_request_values`. Fails with NOT_FOUND."""
    return gym.lookup("incident_template", name=name)


@tools.read
def get_incident_templates(gym: Itsm, **filters: Unpack[TemplateFilters]) -> dict[str, object]:
    """List templates, newest first, as `incident_templates` and `total_count`. All given filters must fit exactly."""
    return gym.listing("incident_template", filters)


def _refuse_used_name(gym: Itsm, name: str, besides: str = "") -> None:
    twin = gym.find("incident_template", name=name)
    if twin and twin.id != besides:
        raise Refusal("DUPLICATE_TEMPLATE_NAME", f"Incident template with name '{name}' already exists", "name", name)


def _refuse_unknown_values(values: Mapping[str, object]) -> None:
    unknown = sorted(values.keys() - set(TEMPLATE_VALUES))
    if unknown:
        message = f"Unknown fields in change_request_values: {', '.join(unknown)}"
        raise Refusal("VALIDATION_ERROR", message, "change_request_values")
