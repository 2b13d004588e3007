"""`auditor plan check`: how a log covers a tracking plan, both ways."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli import options

if TYPE_CHECKING:
    from auditor.model.coverage import Coverage


@click.command("check", no_args_is_help=True)
@options.LOGS
@options.PLAN
@options.form("text", "json")
@click.option(
    "--min-coverage",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Fail if fewer of the planned events were seen.",
)
@click.option(
    "--min-properties",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Fail if fewer of the planned properties, of events that were seen, were seen.",
)
@click.option(
    "--max-unplanned",
    type=click.IntRange(0),
    metavar="COUNT",
    help="Fail if more events were seen that are not planned.",
)
@options.CONFIG
@options.DIALECT
@options.TZ
@options.STRICT
@options.REJECTS
@options.QUIET
@options.COLOR
def command(
    logs: tuple[str, ...],
    plan: Path | None,
    form: str,
    min_coverage: float | None,
    min_properties: float | None,
    max_unplanned: int | None,
    config: Path | None,
    dialect: str | None,
    tz: str | None,
    strict: bool,
    rejects: Path | None,
    quiet: bool,
    color: str,
) -> int:
    """Show what of a tracking plan was seen, and what is unplanned.

    Planned events that were never seen; events that were seen and never planned, with the planned name they probably
    mean; of each planned property how often it was there, how often null, and which of its planned values never came.
    Whether each call keeps to the plan is what `auditor check --plan` says.

    LOG is a file, a folder, a glob, or - for stdin, as for `auditor check`.

    Exit codes: 0 every threshold holds; 1 one does not; 2 it could not do its job; 3 there are no events.

    \b
    Examples:
      auditor plan check capture.jsonl --plan tracking-plan.yml
      auditor plan check 'logs/**/*.gz' --plan plan.json --min-coverage 90

    See also: auditor check, auditor plan infer; docs/tracking-plans.md.
    """
    from auditor.cli import setup
    from auditor.runners.coverage import cover
    from auditor.runners.local import CLEAN, FOUND, NOTHING

    request, rules = setup.requested(logs, config, (), False, plan=plan, dialect=dialect, tz=tz)
    if request.tracking_plan is None:
        raise click.UsageError("which tracking plan? Give --plan PLAN, or set tracking_plan in auditor.yml")
    with setup.Reading(rejects, quiet, color, then="the plan") as sink:
        coverage = cover(request, request.tracking_plan, rules, sink)
    setup.refuse_rejects(coverage, strict)
    failed = _failed(coverage, min_coverage, min_properties, max_unplanned) if coverage.calls else []
    setup.show("coverage", form, coverage, failed, color=color)
    if not coverage.calls:
        click.echo(f"auditor: {setup.why_nothing(coverage, logs)}", err=True)
        return NOTHING
    return FOUND if failed else CLEAN


def _failed(coverage: "Coverage", events: float | None, properties: float | None, unplanned: int | None) -> list[str]:
    """The thresholds that do not hold, as sentences."""
    found = []
    if events is not None and coverage.percent < events:
        found.append(
            f"--min-coverage {events:g} does not hold: {coverage.seen} of {len(coverage.events)} planned events were "
            f"seen ({coverage.percent:.1f} %)"
        )
    if properties is not None and coverage.properties_percent < properties:
        found.append(
            f"--min-properties {properties:g} does not hold: {coverage.properties_percent:.1f} % of the planned "
            "properties were seen"
        )
    if unplanned is not None and len(coverage.unplanned) > unplanned:
        found.append(f"--max-unplanned {unplanned} does not hold: {len(coverage.unplanned)} events are not planned")
    return found
