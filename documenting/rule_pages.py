"""The pages of the rules: ``docs/rules/README.md`` and one for each rule, as `auditor rules show` has them."""

from pathlib import Path

from auditor.cli.plan_rules import plan_rules_in_force
from auditor.cli.setup import rules_in_force
from auditor.config.settings import Settings
from auditor.language.explain_markdown import AnyRule, index, page
from documenting.pages import RULE_PAGES


def expected() -> dict[Path, str]:
    """Every page that belongs into ``docs/rules/``, with its text."""
    settings = Settings()
    rules = rules_in_force(settings, with_examples=True)
    every: list[AnyRule] = [*rules.rules, *plan_rules_in_force(settings)]
    texts = {"README": index(every)} | {rule.id: page(rule, rules) for rule in every}
    return {RULE_PAGES / f"{name}.md": text for name, text in texts.items()}


def stale() -> list[Path]:
    """The pages that are missing, not as they should be, or of no rule."""
    wanted = expected()
    there = set(RULE_PAGES.glob("*.md"))
    return sorted(
        {path for path, text in wanted.items() if path not in there or path.read_text(encoding="utf-8") != text}
        | (there - wanted.keys())
    )


def write() -> None:
    """Write the pages anew, and take away those of rules that are gone."""
    RULE_PAGES.mkdir(exist_ok=True)
    wanted = expected()
    for path in set(RULE_PAGES.glob("*.md")) - wanted.keys():
        path.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
