"""`auditor events`: what is in a log, and what it cannot show."""

from pathlib import Path

import click

from auditor.cli import options


@click.command("events", no_args_is_help=True)
@options.LOGS
@options.form("text", "json")
@options.CONFIG
@options.PACKS
@options.DIALECT
@options.TZ
@options.REDACT
@options.STRICT
@options.REJECTS
@options.QUIET
@options.COLOR
def command(
    logs: tuple[str, ...],
    form: str,
    config: Path | None,
    packs: tuple[Path, ...],
    dialect: str | None,
    tz: str | None,
    redact: bool | None,
    strict: bool,
    rejects: Path | None,
    quiet: bool,
    color: str,
) -> int:
    """Show what is in a log, and what it cannot show.

    Calls by type; event names with how often, first and last when; libraries and sources; devices, users, persons.
    Which event is the signup, the login, the logout, by the names in the configuration or by likeness. Which
    destinations the log names. And what it cannot show: which rules find nothing in it, whatever was done wrong, and
    why.

    LOG is a file, a folder, a glob, or - for stdin, as for `auditor check`.

    Exit codes: 0 it is shown; 2 it could not do its job; 3 there are no events.

    \b
    Examples:
      auditor events capture.jsonl
      auditor events 'logs/**/*.gz' --format json > events.json

    See also: auditor init, which writes an auditor.yml from it; docs/log-formats.md.
    """
    from auditor.cli import setup
    from auditor.runners.inventory import take_inventory
    from auditor.runners.local import CLEAN, NOTHING

    request, rules = setup.requested(logs, config, packs, redact, dialect=dialect, tz=tz)
    with setup.Reading(rejects, quiet, color) as sink:
        inventory = take_inventory(request, rules, sink)
    setup.refuse_rejects(inventory, strict)
    again = options.again(logs, config, packs, dialect, tz)
    setup.show("events", form, inventory, color=color, again=again)
    if inventory.events:
        return CLEAN
    click.echo(f"auditor: {setup.why_nothing(inventory, logs)}", err=True)
    return NOTHING
