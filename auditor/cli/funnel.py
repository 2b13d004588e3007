"""`auditor funnel`: the signup funnel, and whether what is lost was people or tracking."""

from dataclasses import replace
from pathlib import Path

import click

from auditor.cli import options


@click.command("funnel", no_args_is_help=True)
@options.LOGS
@options.form("text", "json", "csv")
@options.CONFIG
@options.PACKS
@click.option(
    "--by",
    metavar="PROPERTY",
    help="Split by day, method, browser, version (of the app), or any field of the rule language, such as "
    "context.campaign.source.",
)
@options.TRUTH
@options.TRUTH_QUERY
@click.option(
    "--missing-out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the users whose client signup never came to FILE: user_id, created_at, method and cause, as CSV.",
)
@click.option(
    "--parts",
    type=click.IntRange(1),
    metavar="N",
    help="Count the log in N parts, put on disk, to save memory. By default a log of 512 MiB or more is; 1: never.",
)
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
    by: str | None,
    truth: str | None,
    truth_query: str | None,
    missing_out: Path | None,
    parts: int | None,
    dialect: str | None,
    tz: str | None,
    redact: bool | None,
    strict: bool,
    rejects: Path | None,
    quiet: bool,
    color: str,
) -> int:
    """Show the signup funnel: who left, and what tracking lost.

    For each step people and devices, conversion, time and drop-off. Each loss that the log can explain has its cause,
    the rule that names the fix, and examples. The conversion stands there as measured, and corrected for what is
    proved, with its interval.

    LOG is a file, a folder, a glob, or - for stdin, as for `auditor check`. Steps of your own go under funnel: in
    auditor.yml (docs/funnel.md).

    With --truth the accounts of the database are what counts: which of them have their signup, by method, browser and
    day, and since when the rate can be relied on. A user without a row has not signed up.

    Exit codes: 0 it was counted, whatever was lost; 2 it could not do its job; 3 there are no events.

    \b
    Examples:
      auditor funnel 'logs/**/*.gz'
      auditor funnel logs/ --by context.campaign.source
      auditor funnel logs/ --truth users.csv --missing-out missing.csv
      auditor funnel logs/ --truth postgresql://me@db/shop \\
              --truth-query 'SELECT id AS user_id, created_at FROM users'
      auditor funnel logs/ --format json > funnel.json

    See also: auditor check, auditor rules show; docs/funnel.md.
    """
    from auditor.cli import setup
    from auditor.config.suggest import did_you_mean
    from auditor.funnels.splitting import NAMES, known
    from auditor.language.fields import PLAIN
    from auditor.runners.funnel import funnel_of
    from auditor.runners.local import CLEAN, NOTHING

    if by is not None and not known(by):
        hint = did_you_mean(by, [*NAMES, *PLAIN])
        raise click.UsageError(f'--by: there is no property "{by}"{hint or "; a field, such as properties.plan"}')
    request, rules = setup.requested(logs, config, packs, redact, dialect=dialect, tz=tz)
    request = replace(request, truth=setup.truth_of(truth, truth_query))
    with setup.Reading(rejects, quiet, color) as sink:
        funnel = funnel_of(request, rules, sink, by, parts)
    setup.refuse_rejects(funnel, strict)
    if missing_out is not None:
        from auditor.reports.missing_csv import render as render_missing

        setup.write_file(missing_out, render_missing(funnel), "--missing-out")
    again = options.again(logs, config, packs, dialect, tz)
    setup.show("funnel", form, funnel, color=color, again=again)
    if funnel.events:
        return CLEAN
    click.echo(f"auditor: {setup.why_nothing(funnel, logs)}", err=True)
    return NOTHING
