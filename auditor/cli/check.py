"""`auditor check`: run every rule over recorded events."""

from pathlib import Path

import click

from auditor.cli import options

FORMATS = ("text", "json")


@click.command("check", no_args_is_help=True)
@options.LOGS
@options.form(*FORMATS)
@options.CONFIG
@options.PACKS
@options.PLAN
@options.SELECT
@options.IGNORE
@options.FAIL_ON
@options.MIN_CONFIDENCE
@options.DIALECT
@options.TZ
@options.REDACT
@options.STRICT
@options.REJECTS
@options.COLOR
def command(
    logs: tuple[str, ...],
    form: str,
    config: Path | None,
    packs: tuple[Path, ...],
    plan: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str | None,
    min_confidence: str | None,
    dialect: str | None,
    tz: str | None,
    redact: bool | None,
    strict: bool,
    rejects: Path | None,
    color: str,
) -> int:
    """Find identity mistakes in recorded events.

    LOG is a file, a folder, a glob, or - for stdin; JSON lines, arrays, batches, single objects or a HAR, CSV or
    Parquet tables; plain, gzip, zstd or zip. No configuration is needed.

    \b
    auditor check events.jsonl
    auditor check 'logs/**/*.gz' --fail-on warning
    auditor check session.har server.jsonl
    auditor check capture.jsonl --plan tracking-plan.yml
    auditor check capture.jsonl --format json > findings.json
    """
    from auditor.cli import setup
    from auditor.runners.local import NOTHING, check

    given = {"plan": plan, "fail_on": fail_on, "min_confidence": min_confidence, "dialect": dialect, "tz": tz}
    request, rules = setup.requested(logs, config, packs, redact, select, ignore, **given)
    with setup.Rejects(rejects) as sink:
        report = check(request, rules, sink)
    setup.refuse_rejects(report, strict)
    if form == "json":
        from auditor.reports.json import render

        setup.write(render(report))
    else:
        from auditor.reports.text import render as render_text

        again = options.again(logs, config, packs, dialect, tz)
        setup.write(render_text(report, width=setup.width(), colour=setup.in_colour(color), again=again))
    if report.exit_code == NOTHING:
        click.echo(f"auditor: nothing was checked: {setup.why_nothing(report, logs)}", err=True)
    return report.exit_code
