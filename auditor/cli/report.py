"""`auditor report`: write a JSON report in another format, without a second look at the log."""

from pathlib import Path

import click

from auditor.cli import options
from auditor.reports.formats import FORMATS


@click.command("report", no_args_is_help=True)
@click.argument("findings", metavar="FINDINGS", type=click.Path(path_type=Path, allow_dash=True))
@options.form(*FORMATS)
@options.OUTPUT
@options.REDACT
@options.COLOR
def command(findings: Path, form: str, output: tuple[tuple[str, Path], ...], redact: bool | None, color: str) -> int:
    """Write the findings of an earlier check in another format.

    FINDINGS is what `auditor check --format json` (or jsonl) printed, or - for stdin. The log is not read again.

    Exit codes: 0, 1 or 3, as the check ended; 2 it could not do its job.

    \b
    Examples:
      auditor check logs/ --format json > findings.json
      auditor report findings.json -f markdown
      auditor report findings.json -o sarif=auditor.sarif -o junit=auditor.xml

    See also: auditor check; docs/reports.md.
    """
    import sys

    from auditor.cli.outputs import Outputs
    from auditor.reports.findings_file import NotFindings, read_report

    try:
        data = sys.stdin.buffer.read() if str(findings) == "-" else findings.read_bytes()
        report = read_report(data)
    except OSError as error:
        raise click.UsageError(f"{findings}: cannot be read ({error.strerror})") from error
    except NotFindings as wrong:
        raise click.UsageError(f"{findings}: {wrong}") from wrong
    if redact is False and report.redacted:
        raise click.UsageError(f"{findings} was written with pseudonyms: --no-redact cannot bring the ids back")
    wanted = Outputs(form, output, redact, color)
    if wanted.overview:
        from auditor.language.snippets import fix_code_of

        report.fix_code = fix_code_of({finding.rule for finding in report.findings})
    wanted.write(report)
    return report.exit_code
