"""Tools for knowledge articles and their links to cases."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.csm.house import Csm
from engine.gyms.domains.csm.words import (
    After,
    ArticleId,
    ArticleState,
    Before,
    CaseId,
    LinkId,
    Name,
    ProductId,
    UsedAs,
    UserId,
    Visibility,
)
from engine.gyms.toolkit import PLAIN, Clearable, Maybe, Row, Toolbox

tools = Toolbox()

ARTICLE = (
    "knowledge_id",
    "kb_number",
    "title",
    "state",
    "visibility",
    "product_id",
    "owner_id",
    "sys_created_on",
    "body",
)

Title = Annotated[Name, "Title."]
Number = Annotated[str, "Number of the article, such as KB-0000001 (newer ones look like KB000370)."]
Body = Annotated[str, Field(max_length=120), PLAIN, "Text, up to 120 characters. It cannot be changed later."]
Owner = Annotated[UserId, "Id of the user who wrote it."]
About = Annotated[ProductId, "Id of the product that it is about."]


class ArticleFields(TypedDict, total=False):
    """What an article has, whether it is searched or changed."""

    kb_number: Number
    state: ArticleState
    visibility: Visibility
    owner_id: Owner


class ArticleFilters(ArticleFields, total=False):
    """Filters of retrieve_knowledge."""

    knowledge_id: ArticleId
    title: Annotated[str, "Part of the title, any case."]
    product_id: About
    created_before: Before
    created_after: After


class ArticleChanges(ArticleFields, total=False):
    """What update_knowledge may change."""

    title: Title
    product_id: Clearable[About]


class LinkFields(TypedDict, total=False):
    """What a link has, whether it is searched or changed."""

    case_id: CaseId
    knowledge_id: ArticleId
    used_as: UsedAs


class LinkFilters(LinkFields, total=False):
    """Filters of find_case_knowledge_linkages and delete_case_knowledge_linkages."""

    case_kb_id: LinkId


@tools.read
def retrieve_knowledge(
    gym: Csm,
    search_text: Annotated[Maybe[str], "Words to look for; an article has all of them in its title or body."] = None,
    limit: Annotated[Maybe[int], "How many articles at most."] = None,
    **filters: Unpack[ArticleFilters],
) -> list[Row]:
    """List articles. All given filters must fit; without any, all articles are listed.

    They come by id, or, with search_text, by `score`: how often the words occur, the best first.
    """
    words = (search_text or "").lower().split()
    articles = gym.listing("knowledge", filters, ARTICLE, contains=("title",))
    if words:
        for article in articles:
            text = f"{article['title']} {article['body'] or ''}".lower()
            found = [text.count(word) for word in words]
            article["score"] = float(sum(found)) if all(found) else 0.0
        articles = sorted((a for a in articles if a["score"]), key=lambda a: a["score"], reverse=True)
    return articles if limit is None else articles[: max(limit, 0)]


@tools.write
def create_knowledge(
    gym: Csm,
    title: Title,
    state: ArticleState,
    body: Body,
    visibility: Visibility,
    owner_id: Owner,
    product_id: Maybe[About] = None,
) -> Row:
    """Write an article and return it with its new id and number."""
    knowledge_id = gym.next_id("knowledge")
    return gym.insert(
        "knowledge",
        knowledge_id=knowledge_id,
        kb_number=f"KB{knowledge_id:06d}",
        title=title,
        body=body,
        state=state,
        visibility=visibility,
        owner_id=owner_id,
        product_id=product_id,
    )


@tools.write
def update_knowledge(gym: Csm, knowledge_id: ArticleId, **changes: Unpack[ArticleChanges]) -> Row:
    """Change fields of an article and return it as it is then. Its body stays what it was."""
    return gym.update(gym.require("knowledge", knowledge_id), changes)


@tools.read
def find_case_knowledge_linkages(gym: Csm, **filters: Unpack[LinkFilters]) -> list[Row]:
    """List links between cases and articles by id. All given filters must fit; without any, all links are listed."""
    return gym.listing("case_knowledge", filters)


@tools.write
def link_case_knowledge(gym: Csm, case_id: CaseId, knowledge_id: ArticleId, used_as: UsedAs) -> Row:
    """Link an article to a case and return the link. Fails when the two are linked already.

    Whether the article is published is not checked.
    """
    return gym.insert("case_knowledge", case_id=case_id, knowledge_id=knowledge_id, used_as=used_as)


@tools.write
def updated_linked_case_knowledge(gym: Csm, case_kb_id: LinkId, **changes: Unpack[LinkFields]) -> Row:
    """Change a link between a case and an article and return it as it is then."""
    return gym.update(gym.require("case_knowledge", case_kb_id), changes)


@tools.write
def delete_case_knowledge_linkages(gym: Csm, **filters: Unpack[LinkFilters]) -> dict[str, int]:
    """Delete all links that pass every given filter (at least one). Answers how many were `deleted`.

    Filters reach across all cases: knowledge_id alone takes the article off every case.
    """
    return {"deleted": len(gym.delete_matching("case_knowledge", filters))}
