"""`auditor check`: run every rule over recorded events."""

import os
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click

from auditor.model.dialects import DIALECTS

FORMATS = ("text", "json")


@click.command("check", no_args_is_help=True)
@click.argument("logs", nargs=-1, required=True, metavar="LOG...")
@click.option(
    "-f", "--format", "form", type=click.Choice(FORMATS), default="text", help="How the report is written to stdout."
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration; else the nearest auditor.yml or [tool.auditor], up to .git.",
)
@click.option(
    "--rules",
    "packs",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A file or folder of rules of your own. May be repeated.",
)
@click.option("--select", multiple=True, metavar="ID", help="Run only this rule. May be repeated.")
@click.option("--ignore", multiple=True, metavar="ID", help="Leave this rule out. May be repeated.")
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning", "info", "never")),
    help="The least severity that makes the exit code 1.  [default: error]",
)
@click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    help="Whose events these are, or har; else told from the content.",
)
@click.option(
    "--tz",
    metavar="ZONE",
    help="The time zone of a Mixpanel project whose times are local (made before 2023), such as Europe/Berlin.",
)
@click.option(
    "--redact/--no-redact",
    default=None,
    help="Show stable pseudonyms instead of ids and e-mail addresses.  [default: only where CI is set]",
)
@click.option("--strict", is_flag=True, help="Rejected records make the run fail with exit code 2.")
@click.option(
    "--rejects",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the rejected records to FILE, whole, one after the other.",
)
@click.option(
    "--color",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    help="Colour in the text report.  [default: auto]",
)
def command(
    logs: tuple[str, ...],
    form: str,
    config: Path | None,
    packs: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str | None,
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
    auditor check capture.jsonl --format json > findings.json
    """
    from auditor.cli.setup import known_rules, rules_in_force, settings_in_force
    from auditor.config.settings import is_zone
    from auditor.model.log import InputError
    from auditor.runners.local import NOTHING, Request, check

    settings = settings_in_force(config)
    if tz is not None and not is_zone(tz):
        raise click.BadParameter(f'"{tz}" is no time zone: use a name such as Europe/Berlin.', param_hint="--tz")
    settings = replace(
        settings,
        fail_on=fail_on or settings.fail_on,
        dialect=dialect or settings.dialect,
        tz=tz or settings.tz,
    )
    rules = rules_in_force(settings, packs)
    wanted = settings.redact if redact is None else redact
    request = Request(
        inputs=logs,
        settings=settings,
        today=datetime.now(UTC).date(),
        select=known_rules(select, rules, "--select"),
        ignore=known_rules(ignore, rules, "--ignore"),
        redact=_in_ci() if wanted is None else wanted,
    )
    kept = _Rejects(rejects)
    try:
        report = check(request, rules, kept.write if rejects is not None else None)
    finally:
        kept.close()
    if strict and report.rejected:
        place = "; ".join(f"{file}:{line}: {reason}" for file, line, _, reason in report.rejects[:3])
        raise InputError(f"{report.rejected} of {report.records} records were rejected, and --strict is on: {place}")
    if form == "json":
        from auditor.reports.json import render

        _write(render(report))
    else:
        from auditor.cli.setup import in_colour
        from auditor.reports.text import render as render_text

        width = min(shutil.get_terminal_size((80, 24)).columns, 110)
        _write(render_text(report, width=width, colour=in_colour(color, dict(os.environ))))
    if report.exit_code == NOTHING:
        click.echo(f"auditor: nothing was checked: {_why_nothing(report, logs)}", err=True)
    return report.exit_code


def _why_nothing(report: Any, logs: tuple[str, ...]) -> str:
    named = ", ".join("stdin" if log == "-" else log for log in logs)
    if report.rejected:
        file, line, _, reason = report.rejects[0]
        return f"no record of {named} is an event; the first: {file}:{line}: {reason}"
    if report.skipped:
        return f"there are no events in {named}: {report.skipped} records, but no call (in a HAR: none to a collector)"
    return f"there are no events in {named}"


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def _write(text: str) -> None:
    """To stdout as UTF-8, whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


class _Rejects:
    """The file of ``--rejects``. It is made anew at the start, so that it never holds another run's rejects."""

    def __init__(self, path: Path | None) -> None:
        self.file: IO[bytes] | None = None
        if path is not None:
            try:
                self.file = path.open("wb")
            except OSError as error:
                raise click.UsageError(f"--rejects {path}: cannot be written ({error.strerror})") from error

    def write(self, _: Any, data: bytes) -> None:
        """One record per line."""
        assert self.file is not None
        self.file.write(data.rstrip(b"\r\n") + b"\n")

    def close(self) -> None:
        if self.file is not None:
            self.file.close()
