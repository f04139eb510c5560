"""Tools for knowledge articles and their links to incidents."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import Field
from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.words import (
    After,
    ArticleId,
    ArticleLinkId,
    ArticleState,
    Before,
    IncidentId,
    NotEmpty,
    UsedAs,
    UserId,
    Visibility,
)
from engine.gyms.toolkit import Maybe, Refusal, Row, Toolbox, blanks_as_null, without_blanks

tools = Toolbox()

Title = Annotated[str, Field(min_length=1, max_length=120)]
State = Annotated[ArticleState, "State of the article."]
Audience = Annotated[Visibility, "Who may read it."]
Owner = Annotated[UserId, "Id of the user who owns the article."]
Number = Annotated[str, "Number of the article, such as KB0000001."]


class ArticleFilters(TypedDict, total=False):
    """Filters of retrieve_knowledge_articles."""

    knowledge_id: ArticleId
    kb_number: Number
    title: Annotated[str, "Part of the title, any case."]
    body: Annotated[str, "Part of the body, any case."]
    state: State
    visibility: Audience
    owner_id: Owner
    created_after: After
    created_before: Before


class ArticleChanges(TypedDict, total=False):
    """What update_knowledge_article may change."""

    title: Annotated[Title, "New title, up to 120 characters."]
    body: Annotated[str, 'New body; "" clears it.']
    state: State
    visibility: Audience
    owner_id: Annotated[UserId, 'Id of the new owner; "" clears it.']


class LinkFilters(TypedDict, total=False):
    """Filters of find_incident_knowledge_links."""

    incident_kb_id: ArticleLinkId
    incident_id: IncidentId
    knowledge_id: ArticleId
    used_as: Annotated[str, "One or several of suggested, applied, resolution, separated by commas."]


@tools.read
def retrieve_knowledge_articles(gym: Itsm, **filters: Unpack[ArticleFilters]) -> dict[str, object]:
    """List knowledge articles, newest first, as `knowledges` and `total_count`.

    All given filters must fit. Title and body match in part and in any case, everything else exactly.
    """
    return gym.listing("knowledge", filters, contains=("title", "body"))


@tools.write
def create_knowledge_article(
    gym: Itsm,
    title: Annotated[Title, "Title, up to 120 characters; the owner has no other article of this title."],
    owner_id: Owner,
    body: Annotated[Maybe[Annotated[str, NotEmpty]], "Text of the article, not empty."] = None,
    state: Annotated[Maybe[ArticleState], "State; published if left out."] = None,
    visibility: Annotated[Maybe[Visibility], "Who may read it; internal if left out."] = None,
) -> Row:
    """Create a knowledge article in your organisation and return it with its new id and number."""
    return gym.insert(
        "knowledge",
        kb_number=f"KB{gym.next_number('knowledge', 'kb_number'):07d}",
        title=title,
        owner_id=owner_id,
        body=body,
        state=state,
        visibility=visibility,
    )


@tools.write
def update_knowledge_article(
    gym: Itsm,
    knowledge_id: Maybe[ArticleId] = None,
    kb_number: Annotated[
        Maybe[Number], "Number of the article, such as KB0000001, when you do not know its id."
    ] = None,
    **changes: Unpack[ArticleChanges],
) -> Row:
    """Change fields of an article, found by knowledge_id or else by kb_number, and return it as it is then.

    Give only what changes. Fails with NO_CHANGES_DETECTED when every given field already holds its value.
    """
    if not (knowledge_id or kb_number):
        raise gym.nothing_given(("knowledge_id", "kb_number"))
    gym.must_give(changes)
    article = gym.require("knowledge", knowledge_id) if knowledge_id else gym.lookup("knowledge", kb_number=kb_number)
    return gym.update(article, blanks_as_null(changes))


@tools.read
def find_incident_knowledge_links(gym: Itsm, **filters: Unpack[LinkFilters]) -> list[Row]:
    """List links between incidents and articles, newest first, as a plain array. All given filters must fit exactly."""
    wanted = without_blanks(filters)
    uses = [use.strip() for use in str(wanted.pop("used_as", "")).split(",") if use.strip()]
    if unknown := [use for use in uses if use not in get_args(UsedAs)]:
        message = f"used_as takes {', '.join(get_args(UsedAs))}, not {', '.join(unknown)}"
        raise Refusal("INVALID_ENUM_VALUE", message, "used_as", unknown)
    links = gym.select("incident_knowledge", wanted)
    return [link for link in links if not uses or link["used_as"] in uses]


@tools.write
def link_knowledge_to_incident(
    gym: Itsm,
    incident_id: IncidentId,
    knowledge_id: ArticleId,
    used_as: Annotated[Maybe[UsedAs], "What the article was for the incident; suggested if left out."] = None,
) -> Row:
    """Link an article to an incident and return the link. A pair can be linked once only, whatever it is used as."""
    incident = gym.find("incident", incident_id=incident_id) or gym.actor  # an unknown one is refused on insert
    return gym.insert(
        "incident_knowledge",
        incident_id=incident_id,
        knowledge_id=knowledge_id,
        used_as=used_as,
        org_id=incident["org_id"],
    )


@tools.write
def remove_knowledge_link_to_incident(
    gym: Itsm,
    incident_kb_id: Maybe[ArticleLinkId] = None,
    incident_id: Maybe[IncidentId] = None,
    knowledge_id: Maybe[ArticleId] = None,
    used_as: Annotated[Maybe[UsedAs], "Only a link of this use; ignored beside incident_kb_id."] = None,
) -> dict[str, str]:
    """Delete one link, named by its id or by incident and article together. Incident and article stay."""
    if incident_kb_id:
        link = gym.require("incident_knowledge", incident_kb_id)
    elif incident_id and knowledge_id:
        where: dict[str, Any] = {"incident_id": incident_id, "knowledge_id": knowledge_id, "used_as": used_as}
        link = gym.lookup("incident_knowledge", **{name: value for name, value in where.items() if value})
    else:
        raise Refusal("MISSING_IDENTIFIERS", "Give incident_kb_id, or incident_id and knowledge_id")
    gym.delete(link)
    return {"message": "Knowledge link removed successfully"}
