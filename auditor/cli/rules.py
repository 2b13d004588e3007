"""`auditor rules`: list the rules, explain one, run their examples."""

import json
from pathlib import Path
from typing import Any

import click

_CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration; else the nearest auditor.yml or [tool.auditor].",
)
_PACKS = click.option(
    "--rules", "packs", type=click.Path(path_type=Path), multiple=True, help="A file or folder of rules of your own."
)


@click.group("rules")
def command() -> None:
    """List the rules, explain one, run their examples."""


@command.command("list")
@_CONFIG
@_PACKS
@click.option(
    "-f", "--format", "form", type=click.Choice(("text", "json", "markdown")), default="text", help="How to print them."
)
def list_rules(config: Path | None, packs: tuple[Path, ...], form: str) -> int:
    """List every rule with its default severity."""
    from auditor.cli.plan_rules import plan_rules_in_force
    from auditor.cli.setup import rules_in_force, settings_in_force

    settings = settings_in_force(config)
    every: list[Any] = [*rules_in_force(settings, packs).rules, *plan_rules_in_force(settings, packs)]
    rules = sorted(every, key=lambda rule: rule.id)
    if form == "json":
        rows = [{"id": r.id, "severity": r.severity, "group": r.group, "summary": r.summary} for r in rules]
        click.echo(json.dumps(rows, indent=2))
        return 0
    if form == "markdown":
        from auditor.language.explain_markdown import index

        click.echo(index(rules), nl=False)
        return 0
    width = max(len(rule.id) for rule in rules)
    for rule in rules:
        click.echo(f"{rule.id:<{width}}  {rule.severity:<7}  {rule.summary}")
    return 0


@command.command("show")
@click.argument("rule_id", metavar="ID")
@_CONFIG
@_PACKS
@click.option(
    "-f", "--format", "form", type=click.Choice(("text", "markdown")), default="text", help="How to print it."
)
def show(rule_id: str, config: Path | None, packs: tuple[Path, ...], form: str) -> int:
    """Explain a rule: the sentence it checks, why, how to fix it, its parameters and examples."""
    from auditor.cli.plan_rules import plan_rules_in_force
    from auditor.cli.setup import known_rules, rules_in_force, settings_in_force
    from auditor.language.explain import explained
    from auditor.language.plan_explain import explained_plan_rule

    settings = settings_in_force(config)
    over_plans = {rule.id: rule for rule in plan_rules_in_force(settings, packs)}
    rules = rules_in_force(settings, packs, with_examples=True)
    (name,) = known_rules((rule_id,), rules, "rules show", over_plans)[:1]
    if form == "markdown":
        from auditor.language.explain_markdown import page

        chosen = over_plans.get(name) or next(rule for rule in rules.rules if rule.id == name)
        click.echo(page(chosen, rules), nl=False)
    elif name in over_plans:
        click.echo(explained_plan_rule(over_plans[name], rules))
    else:
        click.echo(explained(next(rule for rule in rules.rules if rule.id == name), rules))
    return 0


@command.command("test")
@click.argument("packs", nargs=-1, type=click.Path(path_type=Path), metavar="[PACK...]")
@click.option("--mutate", is_flag=True, help="Then change each rule in every way that its examples should notice.")
@_CONFIG
def test(packs: tuple[Path, ...], mutate: bool, config: Path | None) -> int:
    """Run the examples of the rules in PACK..., or of the built-in rules.

    Exit code 1 if an example comes out otherwise, or with --mutate if no example notices a change to its rule.
    """
    from auditor.cli.plan_rules import plan_rules_in_force
    from auditor.cli.setup import rules_in_force, settings_in_force
    from auditor.config.settings import Settings
    from auditor.engine.examples import run_examples
    from auditor.engine.plan_examples import run_plan_examples

    settings = settings_in_force(config) if config is not None else Settings()

    def reload(changed: Settings) -> Any:
        return rules_in_force(changed, packs, with_examples=True)

    def reload_plan_rules(changed: Settings) -> Any:
        return plan_rules_in_force(changed, packs)

    rules = reload(settings)
    chosen = [rule for rule in rules.rules if not packs or rule.pack]
    over_plans = [rule for rule in reload_plan_rules(settings) if not packs or rule.pack]
    failures = [failure for rule in chosen for failure in run_examples(rule, rules, settings, reload)]
    failures += [f for rule in over_plans for f in run_plan_examples(rule, settings, reload_plan_rules)]
    for failure in failures:
        click.echo(f"{failure.place}: {failure.rule}, example {failure.example!r}: {failure.text}")
    every = [*chosen, *over_plans]
    count = sum(len(rule.examples) for rule in every)
    click.echo(f"{len(every)} rules, {count} examples: {count - len(failures)} as expected, {len(failures)} otherwise")
    if failures or not mutate:
        return 1 if failures else 0
    from auditor.engine.mutation import mutate as mutated
    from auditor.engine.plan_mutation import mutate_plan_rule

    found = [mutated(rule, rules, settings, reload) for rule in chosen]
    found += [mutate_plan_rule(rule, settings, reload_plan_rules) for rule in over_plans]
    return 1 if _survivors(found) else 0


def _survivors(mutated: list[Any]) -> bool:
    """Print the changes to rules that no example notices."""
    survivors = [survivor for each in mutated for survivor in each.survivors]
    for survivor in survivors:
        click.echo(f"{survivor.place}: {survivor.rule}: {survivor.text}")
    count = sum(each.count for each in mutated)
    click.echo(f"{count} mutants: {count - len(survivors)} noticed, {len(survivors)} not")
    return bool(survivors)
