"""`auditor config`: every setting in effect, and where its value comes from."""

from pathlib import Path
from typing import Any

import click

from auditor.cli import options


@click.command("config", no_args_is_help=True)
@click.option("--show", is_flag=True, help="Print every setting with its value and its origin.")
@options.form("text", "json")
@options.CONFIG
@options.PACKS
@options.SELECT
@options.IGNORE
@options.FAIL_ON
@options.MIN_CONFIDENCE
@options.DIALECT
@options.TZ
@options.REDACT
@options.COLOR
def command(
    show: bool,
    form: str,
    config: Path | None,
    packs: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str | None,
    min_confidence: str | None,
    dialect: str | None,
    tz: str | None,
    redact: bool | None,
    color: str,
) -> int:
    """Show every setting in effect, and where its value comes from.

    The origin is the default, a line of auditor.yml or pyproject.toml, a destination's profile, a variable (CI), or the
    command line. Give the options that you give to `auditor check` to see what they make of it.

    Exit codes: 0 it is shown; 2 the configuration has a mistake.

    \b
    Examples:
      auditor config --show
      auditor config --show --fail-on warning --ignore user-id-is-email
      auditor config --show --format json

    See also: auditor init, auditor schema config.
    """
    from auditor.cli import setup
    from auditor.engine.in_force import Elsewhere, settings_shown
    from auditor.engine.plan import make_plan

    if not show:
        raise click.UsageError("nothing to do; did you mean auditor config --show?")
    settings = setup.settings_in_force(config)
    rules = setup.rules_in_force(settings, packs)
    ids = setup.ids_of(rules)
    chosen: dict[str, tuple[str, Any]] = {
        "fail_on": ("--fail-on", fail_on),
        "min_confidence": ("--min-confidence", min_confidence),
        "dialect": ("--dialect", dialect),
        "tz": ("--tz", tz),
        "redact": ("--redact" if redact else "--no-redact", redact),
        "rule_packs": ("--rules", packs or None),
        "select": ("--select", setup.known_rules(select, ids, "--select") or None),
        "ignore": ("--ignore", setup.known_rules(ignore, ids, "--ignore") or None),
    }
    given = {key: (options.given_as(key, flag), value) for key, (flag, value) in chosen.items() if value is not None}
    variables = {"redact": ("CI", True)} if setup.in_ci() else {}
    plan = make_plan(rules, settings, *(given.get(key, ("", ()))[1] for key in ("select", "ignore")))
    shown = settings_shown(settings, rules, plan, Elsewhere(given, variables))
    setup.show("settings", form, shown, settings.path, color=color)
    return 0
