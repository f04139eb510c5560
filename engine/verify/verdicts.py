"""Run a task's verifiers on the state of its gyms. Pass, fail and error are told apart here and nowhere else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.gyms.database import QueryError, QueryResult
from engine.tasks.models import Verifier
from engine.tasks.refusals import refusals
from engine.trajectory.changes import Change
from engine.trajectory.events import Outcome, RunStatus, Verdict
from engine.verify.compare import VerifierError, compare, extract

Check = TypeVar("Check", bound=BaseModel)


_EXPECTED = {"equals": "", "greater_than": "more than ", "less_than": "less than ", "contains": "text with "}
"""What stands before the expected value where a reason tells it."""


class Queryable(Protocol):
    """The state of one gym, open for reading."""

    async def query_all(self, queries: Sequence[str]) -> Sequence[QueryResult | QueryError]:
        """Run some SELECTs, in their order; one that cannot run gives the error that says why."""


class _StateCheck(BaseModel):
    model_config = ConfigDict(extra="ignore")

    query: str = Field(min_length=1)
    expected_value: Any
    comparison_type: str = "equals"


class _CallCheck(BaseModel):
    model_config = ConfigDict(extra="ignore")

    selected_tools: list[str]
    minimum_tool_calls: int = 1


async def verify(
    verifiers: Sequence[Verifier],
    gyms: Mapping[str, Queryable],
    called: Sequence[str],
    untouched: Sequence[Outcome] | None = None,
) -> tuple[Verdict, ...]:
    """Run every verifier. Each gym is asked once for all of its verifiers: a remote one may take that in one go.

    Args:
        verifiers: in the task's order.
        gyms: state by server name, in the task's order; a verifier without ``gym_name`` reads the first.
        called: names of the tools that ran in a gym, one entry a call.
        untouched: outcomes of the same verifiers on the untouched seed, noted in the verdicts.
    """
    begun = [
        _begin(index, verifier, gyms, called, untouched[index] if untouched else None)
        for index, verifier in enumerate(verifiers)
    ]
    answers = await _ask([each for each in begun if isinstance(each, _Question)], gyms)
    return tuple(
        _judge(each, answers[each.gym, each.check.query]) if isinstance(each, _Question) else each for each in begun
    )


async def outcomes(
    verifiers: Sequence[Verifier], gyms: Mapping[str, Queryable], called: Sequence[str] = ()
) -> tuple[Outcome, ...]:
    """Only the outcomes, in order."""
    return tuple(verdict.outcome for verdict in await verify(verifiers, gyms, called))


def affected(verifiers: Sequence[Verifier], changes: Iterable[Change]) -> list[int]:
    """Positions of the verifiers that may say something else after a call that made these changes.

    Those whose query names none of the changed tables do not: gyms have no views, so a name in the text is the only
    way to a table. Those without a query look at the calls.
    """
    tables = {change.table.lower() for change in changes}
    queries = [verifier.validation_config.get("query") for verifier in verifiers]
    return [
        index
        for index, query in enumerate(queries)
        if query is None or any(_names(str(query).lower(), table) for table in tables)
    ]


def _names(query: str, table: str) -> bool:
    """Whether a table's name stands in a query as a word: ``incident_id`` is none of table ``incident``."""
    return table in query and re.search(rf"(?<!\w){re.escape(table)}(?!\w)", query) is not None


def decide(verdicts: Sequence[Verdict]) -> RunStatus:
    """How a run ended: one failure fails it, else one error makes it errored, else it passed.

    This is the three-valued "and": a run with a failed verifier cannot pass, whatever the broken one would have
    said. A run that nothing verified is errored, never passed.
    """
    found = {verdict.outcome for verdict in verdicts}
    if "fail" in found:
        return "failed"
    return "passed" if found == {"pass"} else "errored"


@dataclass(frozen=True)
class _Question:
    """A verifier that waits for the answer of its gym."""

    gym: str
    check: _StateCheck
    known: dict[str, Any]
    """What its verdict says already."""


def _begin(
    index: int, verifier: Verifier, gyms: Mapping[str, Queryable], called: Sequence[str], untouched: Outcome | None
) -> Verdict | _Question:
    known: dict[str, Any] = {
        "index": index,
        "name": verifier.name or f"verifier {index + 1}",
        "type": verifier.verifier_type,
        "description": verifier.description,
        "untouched": untouched,
    }
    try:
        match verifier.verifier_type:
            case "database_state":
                return _state_question(verifier, gyms, known)
            case "tool_execution":
                return _calls_verdict(verifier, called, known)
            case other:
                raise VerifierError(f"verifier_type {other!r} is not supported")
    except VerifierError as error:
        return Verdict(**known, outcome="error", reason=str(error))


def _state_question(verifier: Verifier, gyms: Mapping[str, Queryable], known: dict[str, Any]) -> _Question:
    check = _config(_StateCheck, verifier)
    gym = verifier.gym_name or next(iter(gyms))
    known |= {"gym": gym, "query": check.query, "comparison": check.comparison_type, "expected": check.expected_value}
    if gym not in gyms:
        raise VerifierError(f"gym_name {gym!r} is not a gym of this task ({', '.join(gyms)})")
    return _Question(gym, check, known)


async def _ask(
    questions: Sequence[_Question], gyms: Mapping[str, Queryable]
) -> dict[tuple[str, str], QueryResult | QueryError]:
    """The answers by gym and query."""
    queries: dict[str, list[str]] = {}
    for question in questions:
        queries.setdefault(question.gym, []).append(question.check.query)
    answers = await asyncio.gather(*(gyms[gym].query_all(asked) for gym, asked in queries.items()))
    return {
        (gym, query): answer
        for (gym, asked), found in zip(queries.items(), answers, strict=True)
        for query, answer in zip(asked, found, strict=True)
    }


def _judge(question: _Question, answer: QueryResult | QueryError) -> Verdict:
    check, known = question.check, question.known
    if isinstance(answer, QueryError):
        return Verdict(**known, outcome="error", reason=str(answer))
    if answer.truncated:
        return Verdict(**known, outcome="error", reason=f"the query gives more than {len(answer.rows):,} rows")
    actual = extract(answer.columns, answer.rows)
    known = known | {"actual": actual}
    try:
        satisfied = compare(check.comparison_type, actual, check.expected_value)
    except VerifierError as error:
        return Verdict(**known, outcome="error", reason=str(error))
    if satisfied:
        return Verdict(**known, outcome="pass")
    words = _EXPECTED[check.comparison_type]
    return Verdict(
        **known, outcome="fail", reason=f"found {_short(actual)}, expected {words}{_short(check.expected_value)}"
    )


def _calls_verdict(verifier: Verifier, called: Sequence[str], known: dict[str, Any]) -> Verdict:
    check = _config(_CallCheck, verifier)
    missing = [tool for tool in check.selected_tools if tool not in called]
    known |= {
        "comparison": "called",
        "expected": {"tools": check.selected_tools, "minimum_calls": check.minimum_tool_calls},
        "actual": {"tools": list(dict.fromkeys(called)), "calls": len(called)},
    }
    if missing:
        return Verdict(**known, outcome="fail", reason=f"never called: {', '.join(missing)}")
    if len(called) < check.minimum_tool_calls:
        return Verdict(
            **known, outcome="fail", reason=f"{len(called)} calls, at least {check.minimum_tool_calls} needed"
        )
    return Verdict(**known, outcome="pass")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:119]}… ({len(text):,} characters)"


def _config(model: type[Check], verifier: Verifier) -> Check:
    try:
        return model.model_validate(verifier.validation_config)
    except ValidationError as error:
        raise VerifierError(f"validation_config.{refusals(error, model)[0]}") from None
