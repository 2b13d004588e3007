"""What commands share: the configuration in force, the rules compiled with it, rejects, and where output goes."""

import importlib
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Protocol, TextIO

from auditor.config.config_file import find_config, read_config
from auditor.config.settings import ConfigError, PlanSetting, Settings
from auditor.engine.checking import options_of
from auditor.language.loader import OVER_PLANS, RuleSet, load, rules_folder

if TYPE_CHECKING:
    from auditor.cli.progress import Progress
    from auditor.model.baseline import Baseline
    from auditor.model.truth import TruthSource
    from auditor.plans.conformance import Conformance
    from auditor.runners.local import Request

    class Account(Protocol):
        """What every reader of a log says of its records; a reject is (file, line, byte offset, reason)."""

        @property
        def records(self) -> int: ...
        @property
        def rejected(self) -> int: ...
        @property
        def skipped(self) -> int: ...
        @property
        def rejects(self) -> list[tuple[str, int, int, str]]: ...


def settings_in_force(config: Path | None) -> Settings:
    """The settings of ``--config``, else of the nearest config file, else none. Raises ``ConfigError``."""
    path = config or find_config(Path.cwd())
    return Settings() if path is None else read_config(path)


def overridden(settings: Settings, **given: Any) -> Settings:
    """The settings with what the command line sets; ``None`` is an option that was not given."""
    return replace(settings, **{key: value for key, value in given.items() if value is not None})


def rules_in_force(settings: Settings, packs: tuple[Path, ...] = (), *, with_examples: bool = False) -> RuleSet:
    """The rules that settings and ``--rules`` make. Raises ``ConfigError``."""
    return load(replace(settings, rule_packs=(*settings.rule_packs, *packs)), options_of, with_examples=with_examples)


def ids_of(rules: RuleSet) -> list[str]:
    """The ids of the rules over events."""
    return [rule.id for rule in rules.rules]


def known_rules(names: tuple[str, ...], known: Iterable[str], option: str, what: str = "rule") -> tuple[str, ...]:
    """Rule ids from an option, commas allowed. Raises ``ConfigError`` for one that is not ``known``; ``what`` it is."""
    from auditor.config.suggest import did_you_mean

    found = tuple(part.strip() for name in names for part in name.split(",") if part.strip())
    ids = set(known)
    problems = [
        f'{option}: there is no {what} "{name}"{_other_kind(name) or did_you_mean(name, ids)}'
        for name in found
        if name not in ids
    ]
    if problems:
        raise ConfigError(problems)
    return found


def _other_kind(name: str) -> str:
    """Which command runs a built-in rule; for one that was named to a command which does not."""
    if not name.replace("-", "").isalnum():
        return ""
    file = next(rules_folder().glob(f"*/{name}.yml"), None)
    if file is None:
        return ""
    return "; auditor plan lint has it" if file.parent.name == OVER_PLANS else "; auditor check has it"


def requested(
    logs: tuple[str, ...],
    config: Path | None,
    packs: tuple[Path, ...],
    redact: bool | None,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    **given: Any,
) -> "tuple[Request, RuleSet]":
    """What a command that reads logs was asked for, and the rules in force. Raises ``ConfigError``."""
    from auditor.runners.local import Request

    plan = given.pop("plan", None)
    settings = overridden(settings_in_force(config), redact=redact, **given)
    if plan is not None:
        policy = None if settings.tracking_plan is None else settings.tracking_plan.policy
        settings = replace(settings, tracking_plan=PlanSetting(plan, policy))
    rules = rules_in_force(settings, packs)
    request = Request(
        inputs=logs,
        settings=settings,
        today=datetime.now(UTC).date(),
        select=known_rules(select, ids_of(rules), "--select"),
        ignore=known_rules(ignore, ids_of(rules), "--ignore"),
        redact=wants_redaction(settings.redact),
        tracking_plan=_tracking_plan(settings.tracking_plan),
    )
    return request, rules


def baseline(path: Path | None) -> "Baseline | None":
    """What ``--baseline`` names. Raises ``ConfigError``."""
    if path is None:
        return None
    from auditor.config.baseline_file import read_baseline  # few runs have one

    return read_baseline(path)


def truth_of(place: str | None, query: str | None) -> "TruthSource | None":
    """What ``--truth`` and ``--truth-query`` name. Raises a usage error for the query alone."""
    if place is not None:
        from auditor.model.truth import TruthSource  # few runs ask a database

        return TruthSource(place, query)
    if query is not None:
        import click

        raise click.UsageError("--truth-query goes with --truth URL")
    return None


def _tracking_plan(setting: PlanSetting | None) -> "Conformance | None":
    """The plan, read. Raises ``PlanError``."""
    if setting is None:
        return None
    from auditor.plans import read  # plans load for a while, and most runs have none
    from auditor.plans.conformance import Conformance

    return Conformance(read(setting.path), setting.policy)


# --- Reading ----------------------------------------------------------------------------------------------


class Reading:
    """Open while a log is read and judged: the file of ``--rejects``, made anew, so that it never holds another run's;
    and, where somebody looks at stderr, how far the run is. ``then`` is what follows the reading, in a word or two."""

    def __init__(self, rejects: Path | None, quiet: bool, color: str = "auto", then: str = "rules") -> None:
        self.path, self.quiet, self.color, self.then = rejects, quiet, color, then
        self.file: IO[bytes] | None = None
        self.progress: Progress | None = None

    def __enter__(self) -> Any:
        """What takes the rejects; ``None`` without a file. Raises a usage error if the file cannot be written."""
        if self.path is not None:
            try:
                self.file = self.path.open("wb")
            except OSError as error:
                import click

                raise click.UsageError(f"--rejects {self.path}: cannot be written ({error.strerror})") from error
        if not self.quiet and not in_ci() and at_terminal(sys.stderr):
            from auditor.cli.progress import Progress  # most runs are shorter, or nobody looks

            self.progress = Progress(self.then, in_colour(self.color, sys.stderr))
            self.progress.__enter__()
        return None if self.file is None else self._write

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.progress is not None:
            self.progress.__exit__(kind, error, at)
        if self.file is not None:
            self.file.close()

    def _write(self, _: Any, data: bytes) -> None:
        """One record per line."""
        assert self.file is not None
        self.file.write(data.rstrip(b"\r\n") + b"\n")


def refuse_rejects(account: "Account", strict: bool) -> None:
    """Raises ``InputError`` where ``--strict`` is on and something was rejected."""
    if strict and account.rejected:
        from auditor.model.log import InputError

        place = "; ".join(f"{file}:{line}: {reason}" for file, line, _, reason in account.rejects[:3])
        raise InputError(f"{account.rejected} of {account.records} records were rejected, and --strict is on: {place}")


def why_nothing(account: "Account", logs: tuple[str, ...]) -> str:
    """Why there was nothing to work on."""
    named = ", ".join("stdin" if log == "-" else log for log in logs)
    if account.rejected:
        file, line, _, reason = account.rejects[0]
        return f"no record of {named} is an event; the first: {file}:{line}: {reason}"
    if account.skipped:
        return f"there are no events in {named}: {account.skipped} records, but no call (in a HAR: none to a collector)"
    return f"there are no events in {named}"


# --- Output -----------------------------------------------------------------------------------------------


def in_ci() -> bool:
    """Whether this runs in CI, as the variable ``CI`` says it."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def wants_redaction(wanted: bool | None, *, shared: bool = False) -> bool:
    """Whether ids are shown as pseudonyms: as the option or the configuration wants it, else in CI, and where the
    report will be shared."""
    return in_ci() or shared if wanted is None else wanted


def at_terminal(stream: TextIO | None = None) -> bool:
    """Whether somebody looks at a stream (stdout, if none is given), at a terminal that can do more than print."""
    stream = stream or sys.stdout
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def in_colour(choice: str, stream: TextIO | None = None) -> bool:
    """Whether a stream (stdout, if none is given) gets colour: the option, then NO_COLOR and FORCE_COLOR, then whether
    it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return at_terminal(stream)


def with_links(choice: str) -> bool:
    """Whether a report on stdout has links that can be followed: where a person looks at it in colour, and nowhere
    else: what `--color always` sends into a pipe is text."""
    return in_colour(choice) and at_terminal() and not in_ci()


def width() -> int:
    """Columns of a text report."""
    import shutil

    return min(shutil.get_terminal_size((80, 24)).columns, 110)


def write_file(path: Path, text: str, option: str) -> None:
    """To a file that an option names. Raises ``InputError`` where it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        from auditor.model.log import InputError

        raise InputError(f"{option} {path}: cannot be written ({error.strerror})") from error


def show(kind: str, form: str, held: Any, *more: Any, color: str, **text: Any) -> None:
    """Write what a command found to stdout. ``reports/KIND_FORM.py`` renders it, and only that one is loaded; ``more``
    goes to each of them, ``text`` to the one for people, with the width and colour of the terminal."""
    render = importlib.import_module(f"auditor.reports.{kind}_{form}").render
    people = {"width": width(), "colour": in_colour(color), **text} if form == "text" else {}
    write(render(held, *more, **people))


def write(text: str) -> None:
    """To stdout as UTF-8, whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
