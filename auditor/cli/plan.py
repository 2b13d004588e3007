"""`auditor plan`: the tracking plan itself. Each command is imported when it is called."""

import click

from auditor.cli.commands import Commands

_COMMANDS = {
    "check": "auditor.cli.plan_check",
    "convert": "auditor.cli.plan_convert",
    "diff": "auditor.cli.plan_diff",
    "infer": "auditor.cli.plan_infer",
    "lint": "auditor.cli.plan_lint",
    "show": "auditor.cli.plan_show",
}


@click.group("plan", cls=Commands, modules=_COMMANDS)
def command() -> None:
    """Work with a tracking plan: what should be sent.

    PLAN is a file or a folder: Segment Protocols (JSON of either API, Typewriter's plan.json, CSV), RudderStack (YAML
    of rudder-cli with its catalog, JSON of the API), Avo (JSON or CSV), or Auditor's own YAML. What it is, is told by
    what is in it.

    Exit codes: 0 done; 1 as the command says; 2 it could not do its job; 3 there are no events.

    \b
    Examples:
      auditor plan show plan.json
      auditor plan infer capture.jsonl > tracking-plan.yml
      auditor check capture.jsonl --plan tracking-plan.yml

    See also: docs/tracking-plans.md.
    """
