"""`auditor plan infer`: a tracking plan from recorded events."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli import options

if TYPE_CHECKING:
    from auditor.plans.inference.planning import Inferred


@click.command("infer", no_args_is_help=True)
@options.LOGS
@click.option(
    "--to",
    "target",
    type=options.OneOf(("auditor", "segment")),
    default="auditor",
    show_default=True,
    help="Auditor's own YAML, with comments on how sure each part is, or JSON of Segment's Public API.",
)
@click.option(
    "--into",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="PLAN",
    help="Add what PLAN (Auditor's YAML) does not have yet, and change nothing that stands there.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="AUDITOR_INFER_OUTPUT",  # --output is FORMAT=FILE elsewhere
    metavar="FILE",
    help="Write to FILE instead of stdout; it may be PLAN.",
)
@click.option("--name", default="Inferred", help="The name of the plan.", show_default=True)
@click.option(
    "--min-count",
    type=click.IntRange(min=1),
    metavar="COUNT",
    default=20,
    show_default=True,
    help="A property is required if it was there always, in at least so many events.",
)
@click.option(
    "--max-values",
    type=click.IntRange(min=0),
    metavar="COUNT",
    default=8,
    show_default=True,
    help="List the values of a text property if there are at most so many. 0: never.",
)
@options.CONFIG
@options.DIALECT
@options.TZ
@options.STRICT
@options.REJECTS
@options.QUIET
def command(
    logs: tuple[str, ...],
    target: str,
    into: Path | None,
    output: Path | None,
    name: str,
    min_count: int,
    max_values: int,
    config: Path | None,
    dialect: str | None,
    tz: str | None,
    strict: bool,
    rejects: Path | None,
    quiet: bool,
) -> int:
    """Infer a tracking plan from recorded events.

    It is a beginning, for people to correct. Of each event: its properties (of identify and group: traits) with their
    types, those that are required, values where they are few and each was seen often, and formats such as date-time.
    Every event of the log meets the plan. A comment says how often each property was there. Ids, names and sensitive
    values never get into the plan. The same log gives the same plan, whatever the order of its events.

    LOG is a file, a folder, a glob, or - for stdin, as for `auditor check`.

    Exit codes: 0 it is written; 2 it could not do its job; 3 there are no events.

    \b
    Examples:
      auditor plan infer capture.jsonl > tracking-plan.yml
      auditor plan infer 'logs/**/*.gz' --to segment -o plan.json
      auditor plan infer capture.jsonl --into plan.yml -o plan.yml

    See also: auditor plan lint, auditor plan check; docs/tracking-plans.md.
    """
    from auditor.cli import setup
    from auditor.cli.plan_rules import params_in_force
    from auditor.plans.inference.planning import Wanted
    from auditor.runners.plan_infer import infer, infer_into

    if into is not None and target != "auditor":
        raise click.UsageError("--into adds to a plan in Auditor's own YAML; leave out --to")
    settings = setup.overridden(setup.settings_in_force(config), dialect=dialect, tz=tz)
    words = params_in_force(settings)
    private = (words["sensitive_keys"], words["personal_keys"])
    wanted = Wanted(required=min_count, values=max_values, private=private)
    with setup.Reading(rejects, quiet, then="the plan") as sink:
        taken = infer(logs, settings, wanted, words["automatic_events"], name, sink)
    setup.refuse_rejects(taken.log, strict)
    if not taken.calls:
        click.echo(f"auditor: {setup.why_nothing(taken.log, logs)}", err=True)
        return 3
    if into is not None:
        text, added = infer_into(into, taken)
        for line in added if not quiet else ():
            click.echo(f"added {line}", err=True)
        if not added and not quiet:
            click.echo(f"auditor: {into} plans all of it already", err=True)
    else:
        text = _rendered(taken.inferred, target)
    if output is None:
        setup.write(text)
    else:
        setup.write_file(output, text, "--output")
    if taken.automatic and not quiet:
        said = "1 event" if taken.automatic == 1 else f"{taken.automatic:,} events"
        click.echo(f"auditor: left out: {said} of names that SDKs and vendors send by themselves", err=True)
    return 0


def _rendered(inferred: "Inferred", target: str) -> str:
    if target == "segment":
        from auditor.plans.inference.commented import segment

        return segment(inferred)
    from auditor.plans.inference.annotated import NotInstalled, annotated
    from auditor.plans.writers.own import render

    try:
        return annotated(inferred)
    except NotInstalled as missing:
        click.echo(f"auditor: written without comments: {missing}", err=True)
        return render(inferred.plan)[0]
