"""`auditor timeline`: one device, user or anonymousId in order of time, with the findings in the margin."""

from pathlib import Path

import click

from auditor.cli import options


@click.command("timeline", no_args_is_help=True)
@options.LOGS
@click.option(
    "--user", metavar="ID", help="What a user did: every event with this userId, and what came before signup."
)
@click.option(
    "--device", metavar="ID", help="A browser or phone: an anonymousId that it had, or its number (1, 2, ...)."
)
@click.option("--anonymous", metavar="ID", help="Every event that carries this anonymousId, a server's too.")
@options.form("text", "json")
@options.CONFIG
@options.PACKS
@options.SELECT
@options.IGNORE
@options.MIN_CONFIDENCE
@options.DIALECT
@options.TZ
@options.REDACT
@options.STRICT
@options.REJECTS
@options.QUIET
@options.COLOR
def command(
    logs: tuple[str, ...],
    user: str | None,
    device: str | None,
    anonymous: str | None,
    form: str,
    config: Path | None,
    packs: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    min_confidence: str | None,
    dialect: str | None,
    tz: str | None,
    redact: bool | None,
    strict: bool,
    rejects: Path | None,
    quiet: bool,
    color: str,
) -> int:
    """Show one user or device in order of time, with its findings.

    Page loads are bands on the left, with how long after the event before each event came; a line says when an id
    becomes another one. Events that a finding flags are marked >, and [1] in the margin leads to the finding below.

    ID may also be a pseudonym from a redacted report. Exactly one of --user, --device and --anonymous is needed.

    Exit codes: 0 it is shown, whatever was found; 2 it could not do its job (an unknown ID, too); 3 there are no
    events.

    \b
    Examples:
      auditor timeline capture.jsonl --device 1
      auditor timeline logs/ --user u_1041
      auditor timeline logs/ --anonymous 692a8a2d-bbf1-4456-9583 --format json

    See also: auditor check, whose report ends with the command for its first finding.
    """
    from auditor.cli import setup
    from auditor.engine.one_timeline import Sought
    from auditor.runners.local import CLEAN, NOTHING
    from auditor.runners.timeline import timeline_of

    given = {"user": user, "device": device, "anonymous": anonymous}
    wanted = [Sought(name, value) for name, value in given.items() if value is not None]
    if len(wanted) != 1:
        raise click.UsageError("say whose timeline: one of --user ID, --device ID, --anonymous ID")
    chosen = {"min_confidence": min_confidence, "dialect": dialect, "tz": tz}
    request, rules = setup.requested(logs, config, packs, redact, select, ignore, **chosen)
    with setup.Reading(rejects, quiet, color) as sink:
        timeline = timeline_of(wanted[0], request, rules, sink)
    setup.refuse_rejects(timeline, strict)
    setup.show("timeline", form, timeline, color=color)
    if timeline.rows:
        return CLEAN
    click.echo(f"auditor: {setup.why_nothing(timeline, logs)}", err=True)
    return NOTHING
