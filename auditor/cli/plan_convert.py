"""`auditor plan convert`: a tracking plan in another format."""

import importlib

import click

from auditor.cli import options
from auditor.cli.plan_show import PLAN

_TARGETS = {
    "auditor": "auditor.plans.writers.own",
    "segment": "auditor.plans.writers.segment",
    "json-schema": "auditor.plans.writers.json_schema",
    "markdown": "auditor.plans.writers.markdown",
}


@click.command("convert", no_args_is_help=True)
@PLAN
@click.option("--to", "target", type=options.OneOf(tuple(_TARGETS)), required=True, help="The format to write.")
def command(path: str, target: str) -> int:
    """Write a tracking plan to stdout in another format.

    PLAN is a file, a folder, or - for stdin, of any format that `auditor plan show` reads. The targets:

    \b
    auditor      Auditor's own YAML; holds everything that any format says
    segment      JSON of Segment's Public API
    json-schema  one JSON Schema over a recorded call
    markdown     a page for people

    What the target has no place for is listed on stderr.

    Exit codes: 0 it is written; 2 there is no plan to read.

    \b
    Examples:
      auditor plan convert plan.json --to auditor > tracking-plan.yml
      auditor plan convert tracking-plan.yml --to markdown > tracking-plan.md

    See also: auditor plan show; docs/tracking-plans.md.
    """
    from auditor.cli import setup
    from auditor.plans import read

    text, lost = importlib.import_module(_TARGETS[target]).render(read(path))
    setup.write(text)
    if lost:
        click.echo(f"auditor: {target} has no place for:", err=True)
    for line in lost:
        click.echo(f"  {line}", err=True)
    return 0
