"""The command `auditor`. Each command is imported when it is called: start-up is a feature."""

import errno
import gc
import os
import sys

import click

from auditor import __version__
from auditor.cli.commands import Commands

BUG = 70
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
UNABLE = 2
_COMMANDS = {
    "check": "auditor.cli.check",
    "events": "auditor.cli.events",
    "timeline": "auditor.cli.timeline",
    "funnel": "auditor.cli.funnel",
    "identities": "auditor.cli.identities",
    "plan": "auditor.cli.plan",
    "rules": "auditor.cli.rules",
    "baseline": "auditor.cli.baseline",
    "report": "auditor.cli.report",
    "init": "auditor.cli.init",
    "config": "auditor.cli.config",
    "schema": "auditor.cli.schema",
}
"""In the order of the help: the main job first."""


@click.group(
    cls=Commands, modules=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, "-V", "--version", prog_name="auditor", message="%(prog)s %(version)s")
def auditor() -> None:
    """The linter for analytics tracking: reads recorded events and shows identity mistakes.

    No configuration is needed. Nothing leaves this machine.

    \b
    Examples:
      auditor check capture.jsonl
      auditor events 'logs/**/*.gz'
      auditor check --help

    \b
    Exit codes, the same for every format:
      0   clean: no finding at or above --fail-on
      1   findings at or above --fail-on
      2   could not do its job (usage, configuration, unreadable input)
      3   nothing was checked: no events
      70  a bug in Auditor

    Every option can be set as a variable too, AUDITOR_ and its name: AUDITOR_FAIL_ON=warning is --fail-on warning. The
    command line decides over variables, variables over the configuration.
    """


def _name_the_variable(error: click.ClickException) -> None:
    """Nobody looks for a wrong option in the environment, unless told."""
    if isinstance(error, click.BadParameter) and error.param is not None and error.ctx is not None:
        from auditor.cli.options import variable_behind

        if (variable := variable_behind(error.param, error.ctx)) is not None:
            click.echo(f"It is set by the variable {variable}.", err=True)


def run() -> None:
    """Run the command line and exit with its code; no user's mistake ends in a traceback.

    The process ends at once: to free half a million events one by one, which the system does in a moment, would take
    longer than a report.
    """
    code = _code()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # nobody reads any more, or it was closed for that
        code = UNABLE
    os._exit(code)


def _code() -> int:
    from auditor.config.settings import ConfigError
    from auditor.model.log import InputError

    gc.disable()  # a log makes no cycles, and looking for them among its events costs more than the rules do
    try:
        return auditor(standalone_mode=False) or 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        _name_the_variable(error)
        return UNABLE
    except (InputError, ConfigError) as error:
        click.echo(f"auditor: {error}", err=True)
        return UNABLE
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone, as `head` does; nothing is left to say to it
        return UNABLE
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            click.echo(f"auditor: the output cannot be written: {error.strerror}", err=True)
            return UNABLE
        import traceback

        traceback.print_exc()
        click.echo(
            "auditor: this is a bug in Auditor, not in your log. Please report it with the lines above; "
            "they name code, not data, but look them over first.",
            err=True,
        )
        return BUG
