"""`auditor check`: run every rule over recorded events."""

from dataclasses import replace
from pathlib import Path

import click

from auditor.cli import options
from auditor.reports.formats import FORMATS

_LEFT: list[object] = []
"""What was read, until the process ends (``cli.main.run``)."""


@click.command("check", no_args_is_help=True)
@options.LOGS
@options.form(*FORMATS)
@options.OUTPUT
@options.CONFIG
@options.PACKS
@options.PLAN
@options.SELECT
@options.IGNORE
@options.BASELINE
@options.FAIL_ON
@options.MIN_CONFIDENCE
@options.TRUTH
@options.TRUTH_QUERY
@options.DIALECT
@options.TZ
@options.REDACT
@options.STRICT
@options.REJECTS
@options.QUIET
@click.option(
    "--statistics",
    is_flag=True,
    help="Say on stderr how long reading, timelines and each rule took, and how much each rule looked at.",
)
@options.COLOR
def command(
    logs: tuple[str, ...],
    form: str,
    output: tuple[tuple[str, Path], ...],
    config: Path | None,
    packs: tuple[Path, ...],
    plan: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    baseline: Path | None,
    fail_on: str | None,
    min_confidence: str | None,
    truth: str | None,
    truth_query: str | None,
    dialect: str | None,
    tz: str | None,
    redact: bool | None,
    strict: bool,
    rejects: Path | None,
    quiet: bool,
    statistics: bool,
    color: str,
) -> int:
    """Find identity mistakes in recorded events.

    LOG is a file, a folder, a glob, or - for stdin; JSON lines, arrays, batches, single objects or a HAR, CSV or
    Parquet tables; plain, gzip, zstd or zip. No configuration is needed. Findings of one cause are one block, with the
    events around the first of them, why it matters, and what to change.

    Exit codes: 0 clean; 1 findings at or above --fail-on; 2 it could not do its job; 3 there are no events. The format
    does not change them.

    \b
    Examples:
      auditor check events.jsonl
      auditor check 'logs/**/*.gz' --fail-on warning
      auditor check session.har server.jsonl
      auditor check capture.jsonl --plan tracking-plan.yml
      auditor check capture.jsonl --baseline auditor-baseline.json
      auditor check capture.jsonl -o sarif=auditor.sarif -o junit=auditor.xml

    See also: auditor rules show, auditor timeline, auditor baseline; docs/reports.md, docs/ci.md.
    """

    from auditor.cli import setup
    from auditor.cli.outputs import Outputs
    from auditor.runners.local import NOTHING, check

    given = {"plan": plan, "fail_on": fail_on, "min_confidence": min_confidence, "dialect": dialect, "tz": tz}
    request, rules = setup.requested(logs, config, packs, redact, select, ignore, **given)
    again = options.again(logs, config, packs, dialect, tz)
    wanted = Outputs(form, output, request.settings.redact, color, tuple(again))
    request = replace(
        request,
        redact=False,
        private=wanted.private,
        overview=wanted.overview,
        baseline=setup.baseline(baseline),
        truth=setup.truth_of(truth, truth_query),
    )
    if statistics:
        from auditor.engine.timing import Statistics  # few runs are timed

        request = replace(request, statistics=Statistics())
    with setup.Reading(rejects, quiet, color) as sink:
        report = check(request, rules, sink, _LEFT)
    setup.refuse_rejects(report, strict)
    wanted.write(report)
    if request.statistics is not None:
        from auditor.reports.statistics_text import render

        click.echo(render(request.statistics), nl=False, err=True)
    if report.exit_code == NOTHING:
        click.echo(f"auditor: nothing was checked: {setup.why_nothing(report, logs)}", err=True)
    return report.exit_code
