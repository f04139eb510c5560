"""``eog-tui ctl``: pause, speak to, approve or stop a run that another process has, such as the app or ``run``."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from engine.who import me
from eog_tui.commands.options import JsonOption, StoreOption
from eog_tui.commands.output import fail, opened_store, say, say_json
from eog_tui.commands.typed import allowed, typed_arguments

if TYPE_CHECKING:
    from engine.runs.orders import Order
    from engine.trajectory.store import Store

PATIENCE_SECONDS = 5.0
"""How long the run's process has to take an order."""

POLL_SECONDS = 0.03

VERBS = ("pause", "resume", "step", "stop", "say", "approve", "reject", "answer", "allow", "rules")

Outcome = Literal["carried out", "refused", "not taken", "under way"]

EXITS: dict[Outcome, int] = {"carried out": 0, "refused": 1, "not taken": 3, "under way": 4}

UNDER_WAY = "The run's process has it and is still busy."
NO_REASON = "Without a reason: the model is told only that a person did not allow the call."


@dataclass(frozen=True)
class Asked:
    """What a person typed."""

    run_id: int
    by: str
    words: str
    arguments: str | None
    refuse: bool


def ctl(
    run: Annotated[int, typer.Argument(metavar="RUN", help="Number of a run, see eog-tui runs status:waiting.")],
    verb: Annotated[
        str,
        typer.Argument(
            metavar="VERB",
            help="pause, resume, step, stop, say TEXT, approve, reject REASON (the model reads it), answer TEXT, allow"
            " PATTERN, rules (tells which calls wait) or rules none, writing or every.",
        ),
    ],
    text: Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="What the verb needs.")] = None,
    arguments: Annotated[
        str | None,
        typer.Option(metavar="JSON", help="For approve: run the call with these arguments instead; @FILE reads them."),
    ] = None,
    refuse: Annotated[bool, typer.Option("--refuse", help="For answer: the task is refused, TEXT says why.")] = False,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Steer a run of any process. Exit code 0 carried out, 1 refused, 3 nobody took it, 4 taken but not done yet."""
    asked = Asked(run, me(), " ".join(text or ()).strip(), arguments, refuse)
    with opened_store(store) as opened:
        opened.mark_interrupted()
        opened.run(run)
        if verb == "rules" and not asked.words:
            _print_rules(opened, run, json_=json_)
            return
        outcome, reason = _outcome(opened, verb, asked)
    if json_:
        say_json({"run_id": run, "order": verb, "outcome": outcome, "reason": reason or None})
    else:
        more = NO_REASON if (verb, outcome, asked.words) == ("reject", "carried out", "") else reason
        words = f"run {run}: {verb}: {outcome}" + (f". {more}" if more else "")
        say(words, err=outcome != "carried out")
    raise typer.Exit(EXITS[outcome])


def _outcome(store: Store, verb: str, asked: Asked) -> tuple[Outcome, str]:
    """Give the order; what became of it, and why it is not carried out."""
    from engine.runs.orders import OrderError

    try:
        order = _order(store, verb, asked)
    except OrderError as error:
        return "refused", str(error)
    ended = verb == "stop" and _end_left_run(store, asked.run_id)
    return ("carried out", "") if ended else _given(store, asked, order)


def _order(store: Store, verb: str, asked: Asked) -> Order:
    """The order that a verb stands for; words that are missing or too many end the command.

    Raises:
        OrderError: it is a word about what waits, and nothing waits for it.
    """
    from engine.runs import orders

    by, words = asked.by, asked.words
    bare: dict[str, Callable[..., Order]] = {
        "pause": orders.Pause,
        "resume": orders.Resume,
        "step": orders.Step,
        "stop": orders.Stop,
    }
    if verb not in VERBS:
        fail(f"no such verb: {verb} (there are {', '.join(VERBS)})")
    if asked.arguments is not None and verb != "approve":
        fail("--arguments is for approve")
    if asked.refuse and verb != "answer":
        fail("--refuse is for answer")
    if verb in (*bare, "approve") and words:
        fail(f"{verb} takes no text")
    if verb in ("say", "allow") and not words:
        fail(f"{verb} needs " + ("a text" if verb == "say" else "a tool's name or a pattern such as find_*"))
    match verb:
        case "say":
            return orders.Say(by=by, text=words)
        case "answer":
            return orders.Answer(by=by, text=words, refused=asked.refuse)
        case "allow":
            return orders.Supervise(by=by, also=allowed(words))
        case "rules":
            return _rules(by, words)
        case "approve" | "reject":
            return _word(store, verb, asked)
        case _:
            return bare[verb](by=by)


def _word(store: Store, verb: str, asked: Asked) -> Order:
    """A word about the call or plan that waits."""
    from pydantic import ValidationError

    from engine.runs.orders import AcceptPlan, ApproveCall, OrderError, Reject
    from engine.tasks.refusals import refusals
    from engine.trajectory.events import Plan
    from eog_tui.live.waiting import awaited

    waiting = awaited(store, store.run(asked.run_id))
    if waiting is None:
        raise OrderError("It does not wait for a word.")
    if isinstance(waiting, Plan):
        if verb == "reject" or asked.arguments is not None:
            raise OrderError("It waits with its plan, which can be approved as it is; the app changes it.")
        return AcceptPlan(by=asked.by)
    if verb == "reject":
        return Reject(by=asked.by, call_id=waiting.call_id, reason=asked.words)
    arguments = None if asked.arguments is None else typed_arguments(asked.arguments)
    try:
        return ApproveCall(by=asked.by, call_id=waiting.call_id, arguments=arguments)
    except ValidationError as error:
        fail(refusals(error, ApproveCall)[0].replace("arguments", "--arguments", 1))


def _rules(by: str, words: str) -> Order:
    from pydantic import ValidationError

    from engine.runs.orders import Supervise

    try:
        return Supervise.model_validate({"by": by, "approve": words})
    except ValidationError:
        fail(f"no such rule: {words} (there are none, writing and every)")


def _print_rules(store: Store, run: int, *, json_: bool) -> None:
    from eog_tui.live.rules import RulesInForce

    rules = RulesInForce(store).of(run)
    if json_:
        say_json({"run_id": run, **rules.model_dump(mode="json")})
    else:
        but = f", save {' '.join(rules.allow)}" if rules.allow and rules.approve != "none" else ""
        waits = {"none": "no call waits", "writing": "writing calls wait", "every": "every call waits"}[rules.approve]
        say(f"run {run}: {waits} for a word{but}")


def _end_left_run(store: Store, run: int) -> bool:
    """End a person's run that was left and that no process has open; returns whether it was one."""
    row = store.run(run)
    if row.agent != "human" or not row.alive:
        return False
    from engine.runs.engine import Engine
    from engine.runs.orders import OrderError
    from eog_tui.live.left_runs import end_left_run

    try:
        with Engine(store) as engine:
            return end_left_run(engine, run)
    except OrderError:
        return False  # it ends by itself; who is asked next says so


def _given(store: Store, asked: Asked, order: Order) -> tuple[Outcome, str]:
    """Leave an order for the run's process, and wait for what becomes of it; also why it is not carried out."""
    from engine.runs.orders import ORDER
    from engine.trajectory.store import StoreError
    from eog_tui.live.ordering import NOBODY

    try:
        number = store.put_order(asked.run_id, ORDER.dump_json(order).decode())
    except StoreError as error:
        return "refused", str(error)
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while time.monotonic() < deadline:
            state: Any = store.order_state(number)
            if state.done:
                return "carried out", ""
            if state.refusal is not None:
                return "refused", state.refusal
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        back = store.withdraw_order(number)
        say("the order is taken back" if back else "too late to take the order back", err=True)
        raise typer.Exit(130) from None
    return ("not taken", NOBODY.format(run=asked.run_id)) if store.withdraw_order(number) else ("under way", UNDER_WAY)
