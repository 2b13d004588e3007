"""A rule explained in Markdown, for people on a forge: the pages of ``docs/rules/``, and their index.

What `auditor rules show` says in plain text, from the same rule; links are those of a page in ``docs/rules/``.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from auditor.language.examples_markdown import examples_of
from auditor.language.loader import RuleSet
from auditor.language.plan_rules import PlanRule
from auditor.language.profiles import OFF
from auditor.language.prose import cell, prose
from auditor.language.rule import PROFILES, Kind, Rule
from auditor.language.sentence import sentence
from auditor.model.finding import SEVERITIES
from auditor.model.sdk import TITLES

AnyRule = Rule | PlanRule

GROUPS = {
    "signup": "Signup and login",
    "identity": "Identity",
    "alias": "Alias",
    "logout": "Logout",
    "delivery": "Delivery",
    "privacy": "Privacy",
    "naming": "Names",
    "plan": "Tracking plan",
    "plan-lint": "Mistakes in a tracking plan itself",
}
"""Headings of the index, in its order; a group that is not here goes by its name and comes last."""

_DEFAULT_DESTINATION = "segment"
_MOST_VALUES = 6
_MOST_CHARACTERS = 60
_LINK = re.compile(r"(?<!\\)\[([^\]]+)\]\([^)]+\)")
_SOURCE = re.compile(r" \(domain\.md [\d.]+\)|(?<=\()domain\.md [\d.]+, ")


def page(rule: AnyRule, rules: RuleSet) -> str:
    """The page of one rule."""
    parts = [f"# {rule.id}", prose(rule.summary), _facts(rule), "## What it looks for", *_sentence(rule)]
    parts += ["## Why it matters", prose(rule.why)] if rule.why else []
    parts += ["## How to fix it", *_fix(rule)]
    parts += ["## Kinds", *_kinds(rule)] if any(kind.message for kind in rule.kinds) else []
    parts += ["## Good to know", prose(rule.notes)] if rule.notes else []
    destinations = list(_destinations(rule, rules))
    parts += ["## Destinations", "\n".join(f"* {line}" for line in destinations)] if destinations else []
    parts += ["## Parameters", _parameters(rule, rules)] if rule.used_params else []
    parts += ["## Tuning it", *_tuning(rule, rules), "## Examples", *examples_of(rule)]
    if rule.pack:  # our pages are not beside that of somebody else's rule
        parts = [_LINK.sub(r"\1", part) for part in parts]
    else:
        parts.append(f"[All rules](README.md) · [the rule's file](../../rules/{rule.group}/{rule.id}.yml)")
    return "\n\n".join(parts) + "\n"


def index(rules: Iterable[AnyRule]) -> str:
    """The list of all rules by group, each linked to its page."""
    held: dict[str, list[AnyRule]] = {group: [] for group in GROUPS}
    for rule in rules:
        held.setdefault(rule.group, []).append(rule)
    parts = [
        "# Rules",
        "`auditor rules show ID` prints what stands on a rule's page; both are generated from the rule.\n"
        "A rule of [low confidence](../adding-a-rule.md#the-words) is counted but hidden, unless\n"
        "`--min-confidence low` asks for it. Where a rule has kinds, each may have a severity of its own.",
    ]
    for group, members in held.items():
        if members:
            lines = ["| rule | default | says |", "|---|---|---|"]
            lines += [_row(rule) for rule in sorted(members, key=lambda rule: rule.id)]
            parts += [f"## {GROUPS.get(group, group)}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _row(rule: AnyRule) -> str:
    name = f"`{rule.id}`" if rule.pack else f"[`{rule.id}`]({rule.id}.md)"
    return f"| {name} | {'; '.join(_default(rule))} | {cell(prose(rule.summary))} |"


def _default(rule: AnyRule) -> Iterator[str]:
    """What becomes of a rule without any configuration, in a few words."""
    yield ", ".join(_severities(rule))
    if not rule.enabled:
        yield "switched off"
    if isinstance(rule, Rule) and rule.destinations and _DEFAULT_DESTINATION not in rule.destinations:
        yield "only for some destinations"
    if rule.confidence == "low":
        yield "low confidence"


def _severities(rule: AnyRule) -> list[str]:
    """Those that its findings can have, the severest first."""
    found = {kind.severity or rule.severity for kind in rule.kinds} or {rule.severity}
    return sorted(found, key=SEVERITIES.index, reverse=True)


def _facts(rule: AnyRule) -> str:
    cells = [", ".join(_severities(rule)), rule.confidence, GROUPS.get(rule.group, rule.group)]
    cells.append("yes" if rule.enabled else "no, switch it on in `auditor.yml`")
    return f"| severity | confidence | group | runs by default |\n|---|---|---|---|\n| {' | '.join(cells)} |"


def _sentence(rule: AnyRule) -> Iterator[str]:
    if isinstance(rule, PlanRule):
        yield f"Each place of a tracking plan that the lint `{rule.lint}` blames."
        return
    first, *kinds = sentence(rule).splitlines()
    yield prose(re.sub(rf"\$({'|'.join(rule.used_params)})\b", r"`\1`", first) if rule.used_params else first)
    if kinds:
        yield "\n".join(f"* `{name}`: {prose(said)}" for name, said in (line.split(": ", 1) for line in kinds))


def _fix(rule: AnyRule) -> Iterator[str]:
    """The fix of the rule, and as code by SDK; where only its kinds have one, those follow with the kinds."""
    yield prose(rule.fix) if rule.fix else "It depends on the kind, see below."
    snippets = rule.fix_code if isinstance(rule, Rule) else {}
    for snippet in dict.fromkeys(snippets.values()):
        families = [family for family, held in snippets.items() if held == snippet]
        titles = ", ".join(TITLES[family] for family in families)
        code = f"```{'python' if families == ['python'] else 'js'}\n{snippet.text.rstrip()}\n```"
        yield f"With {titles}:\n\n{code}" if snippet.is_code else f"With {titles}: {prose(snippet.text)}"


def _kinds(rule: AnyRule) -> Iterator[str]:
    for kind in rule.kinds:
        if kind.message is None and kind.fix is None and kind.severity is None:
            continue
        yield f"### {kind.name}"
        yield f"{(kind.severity or rule.severity).capitalize()}." + (f" {prose(kind.fix)}" if kind.fix else "")
        if kind.message:
            yield f"> {prose(kind.message)}"


# --- Destinations, parameters, tuning ----------------------------------------------------------------------


def _destinations(rule: AnyRule, rules: RuleSet) -> Iterator[str]:
    if isinstance(rule, PlanRule):
        if PROFILES in rule.options:
            yield "What a name may be is what the [destinations](../destinations.md) in use take."
        return
    if rule.destinations:
        yield _for_whom("It runs", rule.destinations)
    for kind in rule.kinds:
        if isinstance(kind, Kind) and kind.destinations:
            yield _for_whom(f"The kind `{kind.name}` is reported", kind.destinations)
    for name, profile in rules.profiles.items():
        said = profile.rules.get(rule.id)
        for kind_name, severity in ({"": said} if isinstance(said, str) else said or {}).items():
            what = f"the kind `{kind_name}`" if kind_name else "it"
            does = f"switches {what} off" if severity == OFF else f"makes {what} {_article(severity)}"
            yield f"`{name}` {does}."
    if PROFILES in rule.options.values():
        yield "What it says depends on the profiles of the [destinations](../destinations.md) in use."


def _for_whom(what: str, names: tuple[str, ...]) -> str:
    listed = ", ".join(f"`{name}`" for name in names)
    if _DEFAULT_DESTINATION in names:
        return f"{what} where no [destination](../destinations.md) is configured, or one of these: {listed}."
    return f"{what} only where one of these [destinations](../destinations.md) is configured: {listed}."


def _article(severity: str) -> str:
    return f"{'a' if severity == 'warning' else 'an'} {severity}"


def _parameters(rule: AnyRule, rules: RuleSet) -> str:
    lines = ["| parameter | default | what |", "|---|---|---|"]
    for name in rule.used_params:
        own = rule.params.get(name) if isinstance(rule, Rule) else None
        doc = own or (rules.params[name].doc if name in rules.params else "")
        default = rules.params[name].default if name in rules.params else _setting(rule, name)
        lines.append(f"| `{name}` | {cell(_written(default))} | {cell(prose(_SOURCE.sub('', doc)))} |")
    return "\n".join(lines)


def _setting(rule: AnyRule, name: str) -> Any:
    return rule.settings.get(name, "") if isinstance(rule, Rule) else ""


def _written(value: Any) -> str:
    """A parameter's default: the beginning of a long one."""
    if isinstance(value, list):
        shown = ", ".join(f"`{item}`" for item in value[:_MOST_VALUES])
        more = len(value) - _MOST_VALUES
        return (shown + f" and {more} more" if more > 0 else shown) or "none"
    text = str(value)
    return f"`{text}`" if len(text) <= _MOST_CHARACTERS else f"`{text[:_MOST_CHARACTERS]}`..."


def _tuning(rule: AnyRule, rules: RuleSet) -> Iterator[str]:
    yield "In `auditor.yml`:"
    lines = ["rules:"]
    lines.append(f"  {rule.id}: {'off' if rule.enabled else 'true'}   # or a severity: error, warning, info")
    plain = [n for n in rule.used_params if n in rules.params and isinstance(rules.params[n].default, str | int)]
    short = [name for name in plain if len(str(rules.params[name].default)) <= 20]
    if short:
        lines += ["params:", *(f"  {name}: {rules.params[name].default}" for name in short)]
    if rule.confidence == "low":
        lines.append("min_confidence: low   # shows its findings")
    yield "<!-- test: config -->\n```yaml\n" + "\n".join(lines) + "\n```"
    if isinstance(rule, Rule) and not rule.pack:
        yield (
            f"`{rule.id}: {{tolerate: 5%}}` keeps it silent as long as no more than that share of the events\n"
            "it looks at is flagged. Single findings are accepted by an entry of [`ignore`]"
            "(../../README.md#configuration)\nwith a reason, today's all together by a "
            "[baseline](../reports.md#accepting-what-there-is)."
        )
