"""`auditor schema`: the JSON Schemas of what Auditor reads and prints."""

import click


@click.command("schema")
@click.argument("name", required=False)
def command(name: str | None) -> int:
    """Print a JSON Schema, or without NAME the list of them.

    `config` is auditor.yml, `rules` a file of rules, `tracking-plan` a plan in Auditor's own YAML; the others are what
    commands print with --format json. An editor that knows JSON Schema completes and checks with them.

    Exit codes: 0 it is printed; 2 there is none of that name.

    \b
    Examples:
      auditor schema
      auditor schema config > auditor.schema.json
      auditor schema findings

    See also: docs/reports.md.
    """
    import json
    from pathlib import Path

    import auditor
    from auditor.cli.setup import write
    from auditor.config.suggest import did_you_mean

    folder = Path(auditor.__file__).parent / "schemas"
    files = {path.stem.rpartition("-")[0]: path for path in sorted(folder.glob("*.json"))}
    if name is None:
        width = max(map(len, files))
        for known, path in files.items():
            said = json.loads(path.read_text(encoding="utf-8"))["description"].partition(". ")[0].rstrip(".")
            write(f"{known:<{width}}  {said}\n")
        return 0
    if name not in files:
        hint = did_you_mean(name, files) or f"; there are {', '.join(files)}"
        raise click.UsageError(f'there is no schema "{name}"{hint}')
    write(files[name].read_text(encoding="utf-8"))
    return 0
