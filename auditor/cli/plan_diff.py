"""`auditor plan diff`: what a change of a tracking plan would break."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli import options

if TYPE_CHECKING:
    from auditor.model.plan import Plan


@click.command("diff", no_args_is_help=True)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--log",
    "logs",
    multiple=True,
    metavar="LOG",
    help="Hold the events of this log against both plans. May be repeated.",
)
@options.form("text", "json")
@click.option(
    "--fail-on",
    type=options.OneOf(("breaking", "violations", "never")),
    envvar="AUDITOR_DIFF_FAIL_ON",  # --fail-on takes a severity elsewhere
    default="breaking",
    show_default=True,
    help="What makes the exit code 1: a breaking change, or recorded events that would start to violate.",
)
@options.CONFIG
@options.DIALECT
@options.TZ
@options.REDACT
@options.STRICT
@options.REJECTS
@options.QUIET
@options.COLOR
def command(
    old: str,
    new: str,
    logs: tuple[str, ...],
    form: str,
    fail_on: str,
    config: Path | None,
    dialect: str | None,
    tz: str | None,
    redact: bool | None,
    strict: bool,
    rejects: Path | None,
    quiet: bool,
    color: str,
) -> int:
    """Compare two tracking plans: what a change would break.

    A change is breaking if an event that was valid may be a violation under the new plan: an event or a version is
    gone, a property is required, a type or a list of values is narrower. A property that is planned anew, or may have
    more types or values, is harmless.

    With a log, its events are held against both plans: how many would start to violate the plan, of which events, and
    examples of each. Plans may be in different formats.

    Exit codes: 0 clean; 1 something breaks that --fail-on names; 2 it could not do its job; 3 the log has no events.

    \b
    Examples:
      auditor plan diff plan.json plan-next.json
      auditor plan diff plan.json plan-next.json \\
              --log 'logs/**/*.gz' --fail-on violations

    See also: auditor plan lint, auditor plan convert; docs/tracking-plans.md.
    """
    from auditor import __version__
    from auditor.cli import setup
    from auditor.model.plan_diff import PlanDiff
    from auditor.plans import read
    from auditor.plans.comparison.plans import changes

    if fail_on == "violations" and not logs:
        raise click.UsageError("--fail-on violations needs a log: --log LOG")
    before, after = read(old), read(new)
    found = tuple(changes(before, after))
    replayed = None
    if logs:
        from auditor.cli.plan_rules import params_in_force
        from auditor.model.naming import Redacting
        from auditor.runners.plan_replay import replay

        settings = setup.overridden(setup.settings_in_force(config), redact=redact, dialect=dialect, tz=tz)
        shown = Redacting().text if setup.wants_redaction(settings.redact) else str
        with setup.Reading(rejects, quiet, color, then="both plans") as sink:
            replayed, recorded = replay(before, after, logs, settings, params_in_force(settings), sink, shown)
        setup.refuse_rejects(recorded, strict)
        if not replayed.events:
            click.echo(f"auditor: {setup.why_nothing(recorded, logs)}", err=True)
            return 3
    broken = any(change.breaking for change in found)
    failed = fail_on == "breaking" and broken
    failed = failed or (fail_on != "never" and replayed is not None and replayed.starting > 0)
    diff = PlanDiff(__version__, old, new, found, replayed, 1 if failed else 0, _notes(before, after))
    setup.show("plan_diff", form, diff, color=color)
    return diff.exit_code


def _notes(*plans: "Plan") -> list[str]:
    """What of either plan could not be compared, because it means nothing."""
    from auditor.reports.lines import many

    return [
        f"{plan.files[0] if plan.files else plan.name}: {many(len(plan.invalid), 'invalid part')} left out "
        "(auditor plan lint says which)"
        for plan in plans
        if plan.invalid
    ]
