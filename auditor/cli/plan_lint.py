"""`auditor plan lint`: mistakes in a tracking plan itself."""

from pathlib import Path

import click

from auditor.cli import options


@click.command("lint", no_args_is_help=True)
@click.argument("plan", metavar="PLAN")
@options.form("text", "json")
@options.CONFIG
@options.PACKS
@options.SELECT
@options.IGNORE
@options.FAIL_ON
@options.MIN_CONFIDENCE
@options.COLOR
def command(
    plan: str,
    form: str,
    config: Path | None,
    packs: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str | None,
    min_confidence: str | None,
    color: str,
) -> int:
    """Find mistakes in a tracking plan itself: no log is needed.

    Invalid schemas, patterns that let too much through, names in two spellings, one property with two types, mixed
    conventions, dynamic names, secrets and personal data, values that are never valid, and more; `auditor rules list`
    names the rules. What destinations take is judged for those in the configuration.

    PLAN is a plan in any format that `auditor plan show` reads: a file, a folder, or - for stdin.

    Exit codes: 0 clean; 1 findings at or above --fail-on; 2 there is no plan to read; 3 it plans no event.

    \b
    Examples:
      auditor plan lint plan.json
      auditor plan lint tracking/ --fail-on warning --format json

    See also: auditor plan show, auditor rules show; docs/tracking-plans.md.
    """
    from datetime import UTC, datetime

    from auditor.cli import setup
    from auditor.cli.plan_rules import plan_rules_in_force
    from auditor.engine.plan_linting import NOTHING, Chosen, lint_plan
    from auditor.plans import read

    settings = setup.overridden(setup.settings_in_force(config), fail_on=fail_on, min_confidence=min_confidence)
    rules = plan_rules_in_force(settings, packs)
    ids, what = [rule.id for rule in rules], "rule over plans"
    chosen = Chosen(setup.known_rules(select, ids, "--select", what), setup.known_rules(ignore, ids, "--ignore", what))
    report = lint_plan(read(plan), rules, settings, datetime.now(UTC).date(), chosen)
    setup.show("plan_lint", form, report, color=color)
    if report.exit_code == NOTHING:
        click.echo(f"auditor: nothing was checked: {plan} plans no event", err=True)
    return report.exit_code
