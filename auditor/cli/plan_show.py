"""`auditor plan show`: what is in a tracking plan, as it was read."""

import click

from auditor.cli import options

PLAN = click.argument("path", metavar="PLAN")


@click.command("show", no_args_is_help=True)
@PLAN
@click.option("--event", "names", multiple=True, metavar="NAME", help="Show all of this event. May be repeated.")
@options.form("text", "json")
@options.COLOR
def command(path: str, names: tuple[str, ...], form: str, color: str) -> int:
    """Show what was read of a tracking plan.

    Its format, events and versions, properties, and what in it is invalid. PLAN is a file, a folder, or - for stdin.
    Invalid parts of schemas are kept and are no constraint; each is named with its line and its JSON pointer. --event
    shows everything that is planned of one event.

    Exit codes: 0 it is shown; 2 there is no plan to read.

    \b
    Examples:
      auditor plan show tracking-plan.json
      auditor plan show rudder-project/ --format json
      auditor plan show plan.yml --event "Signed Up"

    See also: auditor plan lint, auditor plan convert; docs/tracking-plans.md.
    """
    from auditor.cli import setup
    from auditor.plans import read

    plan = read(path)
    if form == "json" and names:
        raise click.UsageError("--event is for the text; --format json counts, and shows no event")
    chosen = [event for event in plan.events if event.label in names]
    if missing := [name for name in names if not any(event.label == name for event in chosen)]:
        from auditor.config.suggest import did_you_mean

        known = {event.label for event in plan.events}
        raise click.UsageError(f'the plan has no event "{missing[0]}"{did_you_mean(missing[0], known)}')
    setup.show("plan", form, plan, color=color, again=path, events=chosen)
    return 0
