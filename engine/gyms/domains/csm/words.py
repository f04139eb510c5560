"""The types of CSM's arguments: ids, accepted values, texts and times."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.gyms.toolkit import Moment

# Ids

UserId = Annotated[int, "User id."]
GroupId = Annotated[int, "Group id."]
MemberId = Annotated[int, "Membership id."]
AccountId = Annotated[int, "Account id."]
ContactId = Annotated[int, "Contact id."]
LocationId = Annotated[int, "Location id."]
ProductId = Annotated[int, "Product id."]
InstalledId = Annotated[int, "Id of the installed unit."]
ContractId = Annotated[int, "Contract id."]
EntitlementId = Annotated[int, "Entitlement id."]
SlaDefinitionId = Annotated[int, "SLA definition id."]
CaseId = Annotated[int, "Case id (a number; for CS-0000001 search by number)."]
CaseSlaId = Annotated[int, "Id of a case's SLA record."]
InteractionId = Annotated[int, "Interaction id."]
ArticleId = Annotated[int, "Knowledge article id (not its number KB-0000001)."]
LinkId = Annotated[int, "Id of the link between case and article."]
NotificationId = Annotated[int, "Notification id."]
PortalUserId = Annotated[UserId, "Id of the portal user behind the contact."]
AssignmentGroup = Annotated[GroupId, "Id of the group that works on the case."]
Assignee = Annotated[UserId, "Id of the user who works on the case."]

# Accepted values (all are case-sensitive)

Role = Annotated[Literal["admin", "agent", "manager", "customer"], "Role of the user."]
GroupType = Annotated[Literal["support", "backoffice", "field", "vendor"], "Kind of group."]
AccountType = Annotated[Literal["customer", "partner", "internal"], "Kind of account."]
City = Annotated[Literal["new_york", "london", "mumbai", "tokyo", "sydney"], "City."]
Country = Annotated[Literal["usa", "uk", "india", "japan", "australia"], "Country."]
Category = Annotated[Literal["software", "hardware", "service"], "Kind of product."]
Lifecycle = Annotated[Literal["active", "retired"], "Whether the product is still sold."]
InstalledStatus = Annotated[Literal["in_use", "in_stock", "repair", "retired"], "What the unit is doing."]
ContractType = Annotated[Literal["support", "warranty", "subscription"], "Kind of contract."]
ContractStatus = Annotated[Literal["draft", "active", "suspended", "expired"], "State of the contract."]
SupportLevel = Annotated[Literal["standard", "premium", "enterprise"], "Level of support."]
Coverage = Annotated[Literal["h8x5", "h12x6", "h24x7"], "Hours a day by days a week that support is there."]
Metric = Annotated[Literal["response", "resolution"], "What is timed: the first response or the resolution."]
Priority = Annotated[Literal["critical", "high", "moderate", "low"], "Priority."]
Channel = Annotated[Literal["web", "email", "phone", "chat", "social", "alert", "community"], "How it came in."]
State = Annotated[Literal["new", "in_progress", "pending", "resolved", "closed", "canceled"], "State of the case."]
EscalationReason = Annotated[
    Literal["urgency", "vip", "impact", "breach_risk", "customer_request"], "Why the case is escalated."
]
Stage = Annotated[Literal["in_progress", "paused", "completed", "canceled"], "State of the SLA clock."]
InteractionStatus = Annotated[Literal["open", "handled", "closed"], "State of the interaction."]
ArticleState = Annotated[Literal["draft", "published", "retired"], "State of the article."]
Visibility = Annotated[Literal["internal", "external"], "Whether staff only or customers too may read it."]
UsedAs = Annotated[
    Literal["suggested", "applied", "resolution"], "Whether the article was only found, was used, or solved the case."
]
NotificationType = Annotated[
    Literal["report", "update", "alert", "reminder", "solution_proposal", "next_steps", "other"], "What it is about."
]
NotificationStatus = Annotated[Literal["success", "failed"], "Whether it could be sent."]

# Texts, amounts and times

Name = Annotated[str, Field(min_length=1)]
Price = Annotated[int, "Price in the smallest unit of the currency."]
Active = Annotated[bool, "Whether it is in use."]
After = Annotated[Moment, "Only what was created at or after this time, UTC (2025-08-27 15:30:00)."]
Before = Annotated[Moment, "Only what was created at or before this time, UTC (2025-08-27 15:30:00)."]
