"""`auditor baseline`: accept today's findings, so that a check shows only new ones."""

from pathlib import Path

import click

from auditor.cli import options

FILE = Path("auditor-baseline.json")


@click.command("baseline", no_args_is_help=True)
@options.LOGS
@click.option(
    "--baseline",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=FILE,
    show_default=True,
    metavar="FILE",
    help="The file to write.",
)
@click.option("--prune", is_flag=True, help="Only take out of the file what is found no more; accept nothing new.")
@options.CONFIG
@options.PACKS
@options.SELECT
@options.IGNORE
@options.MIN_CONFIDENCE
@options.DIALECT
@options.TZ
@options.STRICT
@options.QUIET
def command(
    logs: tuple[str, ...],
    path: Path,
    prune: bool,
    config: Path | None,
    packs: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    min_confidence: str | None,
    dialect: str | None,
    tz: str | None,
    strict: bool,
    quiet: bool,
) -> int:
    """Accept today's findings, so that a check shows only new ones.

    `auditor check --baseline FILE` reports only what the file does not hold. It holds fingerprints and counts, no ids
    and no times: it fits the next capture, and can be committed.

    Exit codes: 0 the file is written; 2 it could not do its job; 3 there are no events, and the file is left as it is.

    \b
    Examples:
      auditor baseline capture.jsonl
      auditor check capture.jsonl --baseline auditor-baseline.json
      auditor baseline capture.jsonl --prune

    See also: auditor check, and ignore: in auditor.yml for single findings; docs/reports.md.
    """
    from auditor.cli import setup
    from auditor.config.baseline_file import baseline_text
    from auditor.engine.baselining import baseline_of, pruned
    from auditor.runners.local import CLEAN, NOTHING, check

    given = {"min_confidence": min_confidence, "dialect": dialect, "tz": tz}
    request, rules = setup.requested(logs, config, packs, False, select, ignore, **given)
    before = setup.baseline(path) if prune else None
    with setup.Reading(None, quiet):
        report = check(request, rules)
    setup.refuse_rejects(report, strict)
    if not report.events:
        why = setup.why_nothing(report, logs)
        click.echo(f"auditor: nothing was checked: {why}; {path} is left as it is", err=True)
        return NOTHING
    now = baseline_of(report.findings)
    if before is not None:
        now = pruned(before, now)
    try:
        path.write_text(baseline_text(now), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{path}: cannot be written ({error.strerror})") from error
    count = sum(held.count for held in now.accepted.values())
    click.echo(f"{path}: {count:,} findings of {len(now.accepted)} kinds are accepted")
    return CLEAN
