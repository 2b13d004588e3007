"""`auditor rules`: list the rules, explain one, run their examples."""

import json
from pathlib import Path
from typing import Any

import click

from auditor.cli import options
from auditor.cli.commands import Suggesting


@click.group("rules", cls=Suggesting)
def command() -> None:
    """List the rules, explain one, run their examples.

    Exit codes: 0 done; 1 an example comes out otherwise; 2 it could not do its job.

    \b
    Examples:
      auditor rules list
      auditor rules show identify-after-track

    See also: docs/adding-a-rule.md.
    """


@command.command("list")
@options.CONFIG
@options.PACKS
@options.form("text", "json", "markdown")
def list_rules(config: Path | None, packs: tuple[Path, ...], form: str) -> int:
    """List every rule with its default severity.

    Those of your own packs too (--rules, or rule_packs in the configuration), and those over tracking plans.

    Exit codes: 0 they are listed; 2 a rule or the configuration has a mistake.

    \b
    Examples:
      auditor rules list
      auditor rules list --rules our-rules/ --format json

    See also: auditor rules show.
    """
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
@options.CONFIG
@options.PACKS
@options.form("text", "markdown")
def show(rule_id: str, config: Path | None, packs: tuple[Path, ...], form: str) -> int:
    """Explain a rule: what it looks for, why, how to fix it.

    With its parameters, what destinations make of it, and its examples.

    Exit codes: 0 it is explained; 2 there is no such rule.

    \b
    Examples:
      auditor rules show identify-after-track
      auditor rules show our-own-rule --rules our-rules/

    See also: auditor rules list; docs/adding-a-rule.md.
    """
    from auditor.cli.plan_rules import plan_rules_in_force
    from auditor.cli.setup import ids_of, known_rules, rules_in_force, settings_in_force
    from auditor.language.explain import explained
    from auditor.language.plan_explain import explained_plan_rule

    settings = settings_in_force(config)
    over_plans = {rule.id: rule for rule in plan_rules_in_force(settings, packs)}
    rules = rules_in_force(settings, packs, with_examples=True)
    (name,) = known_rules((rule_id,), [*ids_of(rules), *over_plans], "rules show")[:1]
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
@options.CONFIG
def test(packs: tuple[Path, ...], mutate: bool, config: Path | None) -> int:
    """Run the examples of the built-in rules, or of packs.

    PACK is a file or folder of rules. An example says what a rule must find, or that it finds nothing.

    Exit codes: 0 all as expected; 1 an example comes out otherwise, or with --mutate no example notices a change to its
    rule; 2 a rule has a mistake.

    \b
    Examples:
      auditor rules test our-rules/
      auditor rules test our-rules/ --mutate

    See also: docs/adding-a-rule.md.
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
