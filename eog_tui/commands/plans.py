"""``eog-tui plans``: the library of plans, and what plans are worth."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.who import me
from eog_tui.commands.options import JsonOption, StoreOption
from eog_tui.commands.output import fail, opened_store, say, say_json, say_table

if TYPE_CHECKING:
    from engine.analysis.uplift import Gain, Uplift
    from engine.trajectory.plans import PlanRow
    from engine.trajectory.store import Store

app = typer.Typer(help="Write, version and share plans, and measure what they are worth.", no_args_is_help=True)

PlanArgument = Annotated[str, typer.Argument(metavar="PLAN", help="Number of a plan, or NUMBER.VERSION.")]
NumberArgument = Annotated[int, typer.Argument(metavar="PLAN", help="Number of a plan.")]
TitleOption = Annotated[str | None, typer.Option(metavar="TEXT", help="What lists call it.")]
AuthorOption = Annotated[str | None, typer.Option(metavar="NAME", help="Who wrote it. Default: your user name.")]


@app.command("list")
def list_plans(
    words: Annotated[list[str] | None, typer.Argument(metavar="WORD", help="In title, task or author.")] = None,
    task: Annotated[str | None, typer.Option(metavar="NAME", help="Only plans for this task.")] = None,
    domain: Annotated[str | None, typer.Option(metavar="NAME", help="Only plans of this domain.")] = None,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """List plans, the latest first."""
    with opened_store(store) as opened:
        plans = opened.plans.list(task=task, domain=domain, words=" ".join(words or []))
    if json_:
        say_json([asdict(plan) for plan in plans])
    elif not plans:
        none = "No plans yet: eog-tui plans new TASK writes one, eog-tui plans draft RUN drafts one."
        say("No plan matches." if words or task or domain else none)
    else:
        columns = [("plan", "right"), ("domain", "left"), ("task", "left")]
        columns += [("title", "left"), ("author", "left"), ("versions", "right")]
        say_table([*columns, ("changed", "left")], [_cells(plan) for plan in plans])


@app.command("show")
def show(plan: PlanArgument, store: StoreOption = None, json_: JsonOption = False) -> None:
    """Print a plan: its latest version, or the one that is named."""
    number, version = _numbers(plan)
    with opened_store(store) as opened:
        row, said = opened.plans.get(number), opened.plans.version(number, version)
        history = opened.plans.history(number)
    if json_:
        outline = [{name: value for name, value in asdict(each).items() if name != "text"} for each in history]
        say_json({**asdict(row), "version": asdict(said), "history": outline})
        return
    say(f"plan {row.id} · {row.title} · for {row.task} ({row.domain})")
    say(f"version {said.number} of {row.versions} · {said.author} · {said.at:%Y-%m-%d %H:%M} · {said.origin}")
    say()
    say(said.text)


@app.command("new")
def new(
    source: Annotated[str, typer.Argument(metavar="TASK", help="The task it is for: a file or builtin:DOMAIN/NAME.")],
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Its text (Markdown). Default: $EDITOR opens.")
    ] = None,
    title: TitleOption = None,
    author: AuthorOption = None,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Begin a plan for a task."""
    from engine.runs.places import DomainPlaces, places, run_domain
    from engine.tasks.plan_files import PlanFile, read_plan
    from engine.tasks.source import read_tasks
    from eog_tui.commands.editing import edited

    with opened_store(store) as opened:
        tasks = read_tasks(source).require()
        if len(tasks) > 1:
            fail(f"{source}: a plan belongs to one task, and there are {len(tasks)}")
        task, domain = tasks[0], run_domain(places(tasks[0], None, DomainPlaces.read()))
        found = read_plan(file) if file else None
        if found is not None and found.task not in (None, task.name):
            fail(f"{file}: task: this plan is for {found.task}, not for {task.name}")
        title = title or (found.title if found else None) or f"Plan for {task.name}"
        author = author or (found.author if found else None) or me()
        written = nullcontext(found.text) if found else edited("", PlanFile(task=task.name, text="-").file_name)
        with written as text:
            plan_id = opened.plans.create(task.name, domain, title, author, text)
        _warn(opened, plan_id)
        _made(opened, plan_id, json_)


@app.command("edit")
def edit(plan: PlanArgument, author: AuthorOption = None, store: StoreOption = None, json_: JsonOption = False) -> None:
    """Change a plan in $EDITOR; what is saved becomes its next version."""
    from engine.trajectory.plan_exchange import export_plan
    from eog_tui.commands.editing import edited

    number, version = _numbers(plan)
    with opened_store(store) as opened:
        before, file = opened.plans.get(number), export_plan(opened, number, version)
        with edited(file.text + "\n", file.file_name) as text:
            saved = opened.plans.save(number, author or me(), text)
        _warn(opened, number)
        if json_:
            say_json({"plan": number, "version": saved, "new": saved > before.versions})
        else:
            say(f"plan {number} v{saved}" if saved > before.versions else f"plan {number} says that already")


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Markdown files with front matter.")],
    author: AuthorOption = None,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Take plans from files: a new version where task and title are known, else a new plan."""
    from engine.tasks.files import TaskError
    from engine.trajectory.plan_exchange import import_plan

    done: list[dict[str, Any]] = []
    refused = []
    words = {"plan": "a new plan", "version": "a new version", "nothing": "nothing new"}
    with opened_store(store) as opened:
        for file in files:
            try:
                imported = import_plan(opened, file, author or me())
            except TaskError as error:
                refused.append(str(error))
                continue
            done.append({"file": str(file), **asdict(imported)})
            _warn(opened, imported.plan_id)
            if not json_:
                say(f"{file}: plan {imported.plan_id} v{imported.version}, {words[imported.news]}")
    if json_:
        say_json({"imported": done, "refused": refused})
    if refused:
        fail("\n".join(refused))


@app.command("export")
def export(
    words: Annotated[list[str], typer.Argument(metavar="PLAN DIR", help="A plan and a folder; with --all a folder.")],
    all_: Annotated[bool, typer.Option("--all", help="Every plan of the library.")] = False,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Write plans as Markdown files with front matter, the same bytes for the same plan."""
    from engine.trajectory.plan_exchange import export_plan, write_plans

    if len(words) != (1 if all_ else 2):
        fail("export needs a plan and a folder, as in: plans export 12 DIR, or: plans export --all DIR")
    with opened_store(store) as opened:
        wanted = [(plan.id, None) for plan in opened.plans.list()] if all_ else [_numbers(words[0])]
        files = [export_plan(opened, number, version) for number, version in sorted(wanted)]
        written = write_plans(files, Path(words[-1]))
    if json_:
        say_json([{"plan": file.id, "file": str(path), "changed": changed} for file, path, changed in written])
    else:
        for file, path, changed in written:
            say(f"{path}: plan {file.id} v{file.version}" + ("" if changed else ", as it was"))


@app.command("diff")
def diff(
    plan: NumberArgument,
    old: Annotated[
        int | None, typer.Argument(metavar="OLD", help="A version. Default: the one before the latest.")
    ] = None,
    new: Annotated[int | None, typer.Argument(metavar="NEW", help="Another. Default: the latest.")] = None,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Print what changed between two versions of a plan."""
    with opened_store(store) as opened:
        latest = opened.plans.get(plan).versions
        old = max(latest - 1, 1) if old is None else old
        new = latest if new is None else new
        lines = opened.plans.diff(plan, old, new)
    if json_:
        say_json({"plan": plan, "old": old, "new": new, "lines": lines})
    else:
        same = (
            "has one version, so there is nothing to compare"
            if latest == 1
            else f"says the same in versions {old} and {new}"
        )
        say("\n".join(lines) if lines else f"plan {plan} {same}")


@app.command("draft")
def draft(
    run: Annotated[int, typer.Argument(metavar="RUN", help="Number of a run, see eog-tui runs.")],
    title: TitleOption = None,
    author: AuthorOption = None,
    only_print: Annotated[bool, typer.Option("--print", help="Print it and keep nothing.")] = False,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Begin a plan from what worked in a recorded run."""
    from engine.runs.plan_draft import draft as drafted

    with opened_store(store) as opened:
        row, text = opened.run(run), drafted(opened, run)
        if only_print:
            if json_:
                say_json({"run_id": run, "task": row.task, "domain": row.domain, "text": text})
            else:
                say(text)
            return
        title = title or f"Draft from run {run}"
        plan_id = opened.plans.create(row.task, row.domain, title, author or me(), text, f"run {run}")
        _made(opened, plan_id, json_)


@app.command("delete")
def delete(
    plans: Annotated[list[int], typer.Argument(metavar="PLAN", help="Numbers of plans.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    store: StoreOption = None,
) -> None:
    """Delete plans with all their versions. Runs keep what they were told."""
    with opened_store(store) as opened:
        rows = [opened.plans.get(number) for number in plans]
        for row in rows:
            versions = f"{row.versions} version{'s' if row.versions > 1 else ''}"
            say(f"plan {row.id} · {row.title} · for {row.task} · {versions}")
        if not yes:
            typer.confirm("Delete this?" if len(rows) == 1 else "Delete these?", abort=True)
        for row in rows:
            opened.plans.delete(row.id)
    say("deleted")


@app.command("uplift")
def uplift(
    query: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILTER", help="Which runs: words and filters such as domain:itsm model:gpt."),
    ] = None,
    intervened: Annotated[
        bool, typer.Option("--intervened", help="Count runs that a person reached into, too.")
    ] = False,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Compare the same tasks with and without a plan."""
    from engine.analysis.uplift import uplift as measured
    from engine.trajectory.store import RunQuery

    with opened_store(store) as opened:
        try:
            wanted = RunQuery.parse(" ".join(query or []))
        except ValueError as error:
            fail(str(error))
        report = measured(opened, wanted, intervened=intervened)
    if json_:
        say_json(asdict(report))
    else:
        _say_uplift(report)


def _numbers(plan: str) -> tuple[int, int | None]:
    from engine.trajectory.plans import plan_number

    if (numbers := plan_number(plan)) is None:
        fail(f"{plan}: a plan is named by its number, such as 12, or 12.3 for its version 3")
    return numbers


def _cells(plan: PlanRow) -> list[str]:
    changed = f"{plan.updated_at:%Y-%m-%d %H:%M}"
    return [str(plan.id), plan.domain, plan.task, plan.title, plan.author, str(plan.versions), changed]


def _warn(store: Store, plan_id: int) -> None:
    """Name the words of a plan that look like tools and are none of its task's."""
    from eog_tui.plans.subject import of_plan
    from eog_tui.plans.tool_names import ToolNames

    plan, text = store.plans.get(plan_id), store.plans.version(plan_id, None).text
    for warned in ToolNames(of_plan(store, plan.task, plan.domain)).warnings(text.splitlines()):
        say(f"plan {plan_id}: {warned}", err=True)


def _made(store: Store, plan_id: int, json_: bool) -> None:
    plan = store.plans.get(plan_id)
    if json_:
        say_json(asdict(plan))
    else:
        say(f"plan {plan_id} · {plan.title} · for {plan.task}")
        say(f"run with it: eog-tui run SOURCE --plan {plan_id}   change it: eog-tui plans edit {plan_id}")


def _say_uplift(report: Uplift) -> None:
    if report.pairs:
        columns = [(name, "left") for name in ("task", "agent")]
        figures = [(name, "right") for name in ("runs", "passed", "with plan", "verif", "with plan")]
        rows = [
            [
                pair.task,
                f"{pair.agent} · {pair.model}" if pair.model else pair.agent,
                f"{pair.without.runs} | {pair.planned.runs}",
                *(_percent(share) for share in (pair.without.success, pair.planned.success)),
                *(_percent(share) for share in (pair.without.verifiers, pair.planned.verifiers)),
            ]
            for pair in report.pairs
        ]
        say_table(columns + figures, rows)
        say()
        for name, gain in (("success", report.success), ("verifiers", report.verifiers)):
            without, planned = (getattr(side, name) for side in (report.without, report.planned))
            say(f"{name}: {_percent(without)} without, {_percent(planned)} with plan, {_gain(gain)}")
    if report.unpaired:
        have = "run has" if report.unpaired == 1 else "runs have"
        say(f"{report.unpaired} {have} no counterpart with the same task, agent and model")
    say(report.sentence)


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _gain(gain: Gain) -> str:
    if gain.low is None or gain.high is None:
        return f"{gain.mean * 100:+.1f} points"
    return f"{gain.mean * 100:+.1f} points (95 %: {gain.low * 100:+.1f} to {gain.high * 100:+.1f})"
