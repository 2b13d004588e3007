"""`auditor identities`: what a destination makes of the people in a log, and what mending a mistake is worth."""

from pathlib import Path
from typing import Any

import click

from auditor.cli import options


class Destination(click.ParamType):  # type: ignore[type-arg]
    """A destination whose merge rules are known."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name, if it is one; else a usage error with a suggestion."""
        from auditor.config.suggest import did_you_mean
        from auditor.identities.catalogue import DESTINATIONS, WITHOUT

        if value in DESTINATIONS:
            return value
        if value in WITHOUT:
            self.fail(f"{WITHOUT[value]}; those that are: {', '.join(DESTINATIONS)}", param, ctx)
        hint = did_you_mean(value, DESTINATIONS) or f"; it is one of {', '.join(DESTINATIONS)}"
        return self.fail(f'there is no destination "{value}"{hint}', param, ctx)


@click.command("identities", no_args_is_help=True)
@options.LOGS
@click.option(
    "-d",
    "--destination",
    "wanted",
    type=Destination(),
    multiple=True,
    metavar="NAME",
    help="Whose merge rules: a profile of docs/destinations.md. May be repeated.  [default: those of the configuration,"
    " else those that the log names]",
)
@click.option(
    "--fix", metavar="RULE", help="Replay as if what this rule finds were mended, and say what that is worth."
)
@options.form("text", "json", "csv")
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
    wanted: tuple[str, ...],
    fix: str | None,
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
    """Replay a log through a destination's identity merge rules.

    How many people make how many profiles; who is split, and which anonymous events are orphaned; who was merged by
    mistake; which merges the destination refuses, with its own reason. Calls are replayed in the order in which they
    were received.

    --fix RULE replays the log as if the events that the rule's findings name had been right.

    Exit codes: 0 it was replayed, whatever came of it; 2 it could not do its job; 3 there are no events.

    \b
    Examples:
      auditor identities capture.jsonl --destination mixpanel-legacy
      auditor identities logs/ -d posthog --fix missing-reset-on-logout
      auditor identities logs/ --destination unify --format csv > people.csv

    See also: auditor check, auditor rules show; docs/destinations.md.
    """
    from auditor.cli import setup
    from auditor.runners.identities import identities_of
    from auditor.runners.local import CLEAN, NOTHING

    request, rules = setup.requested(logs, config, packs, redact, dialect=dialect, tz=tz)
    if fix is not None:
        _mendable(setup.known_rules((fix,), setup.ids_of(rules), "--fix"))
    with setup.Reading(rejects, quiet, color) as sink:
        identified = identities_of(request, rules, tuple(dict.fromkeys(wanted)), fix, sink)
    setup.refuse_rejects(identified, strict)
    again = options.again(logs, config, packs, dialect, tz)
    setup.show("identities", form, identified, color=color, again=again)
    if identified.events:
        return CLEAN
    click.echo(f"auditor: nothing was replayed: {setup.why_nothing(identified, logs)}", err=True)
    return NOTHING


def _mendable(rules: tuple[str, ...]) -> None:
    """Raises a usage error for what is not exactly one rule that can be mended."""
    from auditor.identities.mends import MENDABLE

    if len(rules) != 1:
        raise click.UsageError("--fix takes one rule")
    if rules[0] not in MENDABLE:
        raise click.UsageError(
            f"--fix {rules[0]}: no merge rule depends on this mistake; those that can be mended are"
            f" {', '.join(sorted(MENDABLE))}"
        )
