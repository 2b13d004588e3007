"""`auditor init`: write an auditor.yml from what a log holds."""

from datetime import UTC, datetime
from pathlib import Path

import click

from auditor.cli import options


@click.command("init", no_args_is_help=True)
@options.LOGS
@click.option(
    "-o",
    "--output",
    default="auditor.yml",
    envvar="AUDITOR_INIT_OUTPUT",  # --output is FORMAT=FILE elsewhere
    metavar="FILE",
    help="The file to write, or - for stdout.  [default: auditor.yml]",
)
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
@options.DIALECT
@options.TZ
@options.STRICT
@options.REJECTS
@options.QUIET
def command(
    logs: tuple[str, ...],
    output: str,
    force: bool,
    dialect: str | None,
    tz: str | None,
    strict: bool,
    rejects: Path | None,
    quiet: bool,
) -> int:
    """Write an auditor.yml from what a log holds.

    It is a beginning, to be read before it is used. It names the signup, login and logout events, the paths of the
    signup form and of the logout, what seems to be behind login, and the destinations that the log names. Each line has
    its evidence as a comment; what the log does not prove is commented out. No user's id goes into the file.

    A file that is there is never overwritten without --force. Auditor works without a configuration as well.

    Exit codes: 0 it is written; 2 it could not do its job (the file is there, too); 3 there are no events.

    \b
    Examples:
      auditor init 'logs/**/*.gz'
      auditor init capture.jsonl -o -

    See also: auditor events, auditor config --show; docs/reports.md.
    """
    from auditor.cli import setup
    from auditor.config.settings import Settings
    from auditor.model.log import InputError
    from auditor.reports.config_file import render
    from auditor.runners.inventory import propose_config
    from auditor.runners.local import CLEAN, NOTHING, Request

    if output != "-" and not force and Path(output).exists():
        raise InputError(f"{output} is there already: --force overwrites it, and -o - prints to stdout instead")
    settings = setup.overridden(Settings(), dialect=dialect, tz=tz)
    request = Request(inputs=logs, settings=settings, today=datetime.now(UTC).date())
    with setup.Reading(rejects, quiet) as sink:
        proposal = propose_config(request, setup.rules_in_force(settings), sink)
    setup.refuse_rejects(proposal, strict)
    if not proposal.events:
        click.echo(f"auditor: nothing was written: {setup.why_nothing(proposal, logs)}", err=True)
        return NOTHING
    text = render(proposal, options.again(logs, None, (), dialect, tz))
    if output == "-":
        setup.write(text)
        return CLEAN
    try:
        with Path(output).open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError(f"{output}: cannot be written ({error.strerror})") from error
    if not quiet:
        click.echo(f"auditor: wrote {output}: read it, then run auditor check with it", err=True)
    return CLEAN
