"""Options and arguments that several commands have: one word, one meaning, one help text."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from auditor.model.dialects import DIALECTS
from auditor.reports.formats import FORMATS

_Function = TypeVar("_Function", bound=Callable[..., Any])
_NAMED_LOGS = 3
"""Inputs that a command to type repeats; a shell may have made hundreds out of one pattern."""

_SLASHES = re.compile(r"//+")


class OneOf(click.Choice):  # type: ignore[type-arg]
    """A choice that guesses what was meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value, if it is one of the choices; else a usage error with a suggestion."""
        if value not in self.choices:
            from auditor.config.suggest import did_you_mean

            known = [str(choice) for choice in self.choices]
            hint = did_you_mean(str(value), known) or f"; it is one of {', '.join(known)}"
            self.fail(f'there is no "{value}"{hint}', param, ctx)
        return super().convert(value, param, ctx)


class Output(click.ParamType):  # type: ignore[type-arg]
    """``FORMAT=FILE``."""

    name = "output"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Path]:
        """The format and the file; else a usage error."""
        if isinstance(value, tuple):
            return value
        form, sign, file = str(value).partition("=")
        if not sign or not file:
            self.fail(f'"{value}" is not FORMAT=FILE, such as sarif=auditor.sarif', param, ctx)
        path = Path(file)
        if path.is_dir() or not path.absolute().parent.is_dir():
            self.fail(f"{file}: {'it is a folder' if path.is_dir() else 'its folder does not exist'}", param, ctx)
        return OneOf(FORMATS).convert(form, param, ctx), path


class Zone(click.ParamType):  # type: ignore[type-arg]
    """A time zone of the tz database."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name, if there is such a zone; else a usage error."""
        from auditor.config.settings import is_zone, zone_meant

        if not is_zone(value):
            self.fail(f'"{value}" is no time zone{zone_meant(value)}', param, ctx)
        return value


def readable_from_variables(command: click.Command) -> None:
    """Every option of a command, read from a variable too: ``--fail-on`` from ``AUDITOR_FAIL_ON``, unless it has one of
    its own. Given both ways, the command line decides; an empty variable is none."""
    for option in command.params:
        if isinstance(option, click.Option):
            long = next(name for name in option.opts if name.startswith("--"))
            usual = f"AUDITOR_{long[2:].replace('-', '_').upper()}"
            option.envvar = option.envvar or usual
            option.show_envvar = option.envvar != usual  # the others follow from the epilog
            command.epilog = "Each option is a variable too: AUDITOR_FAIL_ON is --fail-on."
    if isinstance(command, click.Group):
        for inner in command.commands.values():  # those written in one file; others are loaded when they are called
            readable_from_variables(inner)


def variable_behind(option: click.Parameter, context: click.Context) -> str | None:
    """The variable that an option's value comes from; ``None`` if it comes from elsewhere."""
    if option.name is None or context.get_parameter_source(option.name) is not click.core.ParameterSource.ENVIRONMENT:
        return None
    return option.envvar if isinstance(option.envvar, str) else None


def given_as(key: str, flag: str) -> str:
    """How an option of the running command was given: its flag, or its variable. ``key`` is a key of the configuration
    or the option's name."""
    context = click.get_current_context()
    name = {"rule_packs": "packs"}.get(key, key)
    found = (variable_behind(option, context) for option in context.command.params if option.name == name)
    return next(found, None) or flag


def form(*names: str) -> Callable[[_Function], _Function]:
    """``--format`` with the formats a command knows; the first is the default."""
    return click.option(
        "-f",
        "--format",
        "form",
        type=OneOf(names),
        default=names[0],
        show_default=True,
        metavar="FORMAT",
        help=f"How the report is written to stdout: {', '.join(names)}.",
    )


OUTPUT = click.option(
    "-o",
    "--output",
    type=Output(),
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write the report into a file as well. May be repeated.",
)
LOGS = click.argument("logs", nargs=-1, required=True, metavar="LOG...")
CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration; else the nearest auditor.yml or [tool.auditor], up to .git.",
)
PACKS = click.option(
    "--rules",
    "packs",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A file or folder of rules of your own. May be repeated.",
)
PLAN = click.option(
    "--plan",
    type=click.Path(path_type=Path),
    help="The tracking plan to check against, in any format; else tracking_plan in the configuration.",
)
DIALECT = click.option(
    "--dialect",
    type=OneOf(DIALECTS),
    metavar="NAME",
    help=f"Whose events these are: {', '.join(DIALECTS)}. Else told from the content.",
)
TZ = click.option(
    "--tz",
    type=Zone(),
    help="The time zone of a Mixpanel project whose times are local (made before 2023), such as Europe/Berlin.",
)
REDACT = click.option(
    "--redact/--no-redact",
    default=None,
    help="Show stable pseudonyms instead of ids and e-mail addresses.  [default: in CI, and in formats to be shared]",
)
STRICT = click.option("--strict", is_flag=True, help="Rejected records make the run fail with exit code 2.")
REJECTS = click.option(
    "--rejects",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the rejected records to FILE, whole, one after the other.",
)
QUIET = click.option("-q", "--quiet", is_flag=True, help="Say on stderr only why a run fails: no progress, no notes.")
COLOR = click.option(
    "--color",
    type=OneOf(("auto", "always", "never")),
    default="auto",
    show_default=True,
    help="Colour in the text report; auto heeds NO_COLOR and FORCE_COLOR.",
)
SELECT = click.option("--select", multiple=True, metavar="ID", help="Run only this rule. May be repeated.")
IGNORE = click.option("--ignore", multiple=True, metavar="ID", help="Leave this rule out. May be repeated.")
BASELINE = click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Report only what this file, made with `auditor baseline`, does not hold.",
)
FAIL_ON = click.option(
    "--fail-on",
    type=OneOf(("error", "warning", "info", "never")),
    help="The least severity that makes the exit code 1.  [default: error]",
)
MIN_CONFIDENCE = click.option(
    "--min-confidence",
    type=OneOf(("low", "medium", "high")),
    help="Show only findings of rules with at least this confidence.  [default: medium]",
)

TRUTH = click.option(
    "--truth",
    metavar="FILE|URL",
    help="Who signed up, by the database: CSV, Parquet or JSON lines with user_id, created_at and perhaps method, or "
    "the URL of a database.",
)
TRUTH_QUERY = click.option(
    "--truth-query", metavar="SQL", help="The query for the database of --truth; its columns are those of a file."
)


def again(
    logs: tuple[str, ...], config: Path | None, packs: tuple[Path, ...], dialect: str | None, tz: str | None
) -> list[str]:
    """The words that make another command read the log as this one did."""
    words = [_SLASHES.sub("/", log) for log in logs] if len(logs) <= _NAMED_LOGS else ["LOG..."]
    if config is not None:
        words += ["--config", str(config)]
    for pack in packs:
        words += ["--rules", str(pack)]
    for option, value in (("--dialect", dialect), ("--tz", tz)):
        words += [] if value is None else [option, value]
    return words
