"""Rules over a tracking plan (``rules/plan-lint/*.yml``): read by who asks for them, and by no `auditor check`.

Such a rule says ``applies_to: plan`` and names a lint, an algorithm in ``auditor/plans/lints/``; severity, words and
examples (small plans) stand in the rule, as everywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auditor.config.settings import ConfigError, Settings
from auditor.config.suggest import did_you_mean
from auditor.config.yaml_source import YamlError, read
from auditor.language.compiler import Compiler
from auditor.language.loader import OVER_PLANS, RuleSet, pack_files, rules_folder
from auditor.language.reading import Path as Place
from auditor.language.reading import Reading
from auditor.language.rule import PROFILES
from auditor.language.vocabulary import values
from auditor.model.finding import SEVERITIES

_KEYS = (
    "id", "applies_to", "summary", "severity", "confidence", "enabled", "tags", "lint", "message", "fix", "why",
    "notes", "kinds", "examples",
)  # fmt: skip
_KIND_KEYS = ("severity", "message", "fix")
_EXAMPLE_KEYS = ("name", "pass", "fail", "finds", "kind", "severity", "message", "params", "destinations")

LintOptions = Callable[[str], Mapping[str, str] | None]
"""The options of a lint and their types (``value`` or ``profiles``); ``None`` if there is no such lint."""


@dataclass(frozen=True)
class PlanKind:
    """One way to break a rule, with its own words and severity; ``None`` means as the rule says."""

    name: str
    severity: str | None = None
    message: str | None = None
    fix: str | None = None


@dataclass(frozen=True)
class PlanExample:
    """A small plan and what the rule must say of it.

    ``finds`` are the places to blame, in order: an event's name, or ``event: way.to.a.property``; "" is the plan.
    """

    outcome: str
    plan: Any
    name: str | None = None
    finds: tuple[str, ...] = ()
    kind: str | None = None
    severity: str | None = None
    message: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    destinations: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanRule:
    """One rule over a plan, with the parameters of a run in its ``options``."""

    id: str
    summary: str
    severity: str
    lint: str
    options: Mapping[str, Any]
    message: str
    fix: str
    why: str
    source: str
    notes: str = ""
    confidence: str = "high"
    enabled: bool = True
    group: str = OVER_PLANS
    tags: tuple[str, ...] = ()
    kinds: tuple[PlanKind, ...] = ()
    used_params: tuple[str, ...] = ()
    examples: tuple[PlanExample, ...] = ()
    pack: bool = False

    def kind(self, name: str | None) -> PlanKind | None:
        """One of its kinds."""
        return next((kind for kind in self.kinds if kind.name == name), None)


def load_plan_rules(rules: RuleSet, settings: Settings, options_of: LintOptions) -> tuple[PlanRule, ...]:
    """The rules over plans, built-in and of the packs, by id. Raises ``ConfigError`` with all that is wrong.

    ``rules`` are those over events that the same settings make: they hold the parameters that both share.
    """
    loading = _Loading(rules, settings, options_of)
    for path in sorted((rules_folder() / OVER_PLANS).glob("*.yml")):
        loading.file(path, pack=False)
    for pack in settings.rule_packs:
        for path in pack_files(Path(pack), []):
            loading.file(path, pack=True)
    if loading.problems:
        raise ConfigError(loading.problems)
    return tuple(sorted(loading.found.values(), key=lambda rule: rule.id))


class _Loading:
    def __init__(self, rules: RuleSet, settings: Settings, options_of: LintOptions) -> None:
        self.rules, self.settings, self.options_of = rules, settings, options_of
        self.problems: list[str] = []
        self.found: dict[str, PlanRule] = {}

    def file(self, path: Path, *, pack: bool) -> None:
        try:
            reading = Reading(read(path.read_text(encoding="utf-8"), path.name if not pack else str(path)), str(path))
        except (YamlError, OSError, UnicodeDecodeError) as error:
            self.problems.append(str(error))
            return
        data = reading.document.data
        entries = data.get("rules") if isinstance(data, dict) and "rules" in data else [data]
        for number, entry in enumerate(entries if isinstance(entries, list) else []):
            place: Place = ("rules", number) if entries is not None and "rules" in data else ()
            if isinstance(entry, dict) and entry.get("applies_to") == "plan":
                self.rule(reading, entry, place, pack)
            elif not pack:
                reading.note(place, 'a rule in this folder says "applies_to: plan"')
        self.problems.extend(reading.problems)

    def rule(self, reading: Reading, data: Mapping[str, Any], path: Place, pack: bool) -> None:
        reader = _RuleReader(reading, path, self.rules, self.settings, self.options_of)
        rule = reader.rule(data, pack)
        if rule is None:
            return
        if rule.id in self.found or any(rule.id == other.id for other in self.rules.rules):
            reading.note((*path, "id"), f'there is a rule "{rule.id}" already; ids are unique over all packs')
            return
        self.found[rule.id] = rule


class _RuleReader:
    def __init__(
        self, reading: Reading, path: Place, rules: RuleSet, settings: Settings, options_of: LintOptions
    ) -> None:
        self.reading, self.path, self.rules = reading, path, rules
        self.settings, self.options_of = settings, options_of

    def rule(self, data: Mapping[str, Any], pack: bool) -> PlanRule | None:
        reading, path = self.reading, self.path
        reading.keys(path, data, _KEYS, "a rule over a plan")
        name = reading.rule_id(path, data)
        if name is None:
            return None
        lint, options, used = self._lint(data, name)
        return PlanRule(
            id=name,
            summary=reading.text(path, data, "summary", "a rule", required=True),
            severity=reading.choice(path, data, "severity", SEVERITIES, "warning"),
            lint=lint,
            options=options,
            message=reading.text(path, data, "message", "a rule", required="kinds" not in data),
            fix=reading.text(path, data, "fix", "a rule"),
            why=reading.text(path, data, "why", "a rule", required=True),
            source=f"{_shown(Path(reading.name))}:{reading.document.line(path)}",
            notes=reading.text(path, data, "notes", "a rule"),
            confidence=reading.choice(path, data, "confidence", ("high", "medium", "low"), "high"),
            enabled=reading.flag(path, data, "enabled", True),
            tags=reading.words(path, data, "tags"),
            kinds=self._kinds(data),
            used_params=used,
            examples=self._examples(data, name),
            pack=pack,
        )

    def _lint(self, data: Mapping[str, Any], rule: str) -> tuple[str, dict[str, Any], tuple[str, ...]]:
        path = (*self.path, "lint")
        entry = self.reading.mapping(path, data.get("lint"), '"lint"')
        if len(entry) != 1:
            self.reading.note(path, f'rule {rule} needs "lint": one algorithm and its options, {{name: options}}')
            return "", {}, ()
        name, given = next(iter(entry.items()))
        types = self.options_of(str(name))
        if types is None:
            self.reading.note((*path, name), f'there is no lint "{name}"')
            return "", {}, ()
        setting = self.settings.rules.get(rule)
        own = {} if setting is None else setting.params
        params, problems = values(self.rules.params, {**self._shared(), **own})
        for word, problem in problems.items():
            self.reading.problems.append(f"{self.settings.place('rules', rule, 'params', word)}: {problem}")
        compiler = Compiler(self.reading, params, {})
        where = (*path, name)
        options = self.reading.mapping(where, given if given is not None else {}, "options")
        self.reading.keys(where, options, types, f"lint {name}")
        held: dict[str, Any] = {}
        for option, kind in types.items():
            if kind == PROFILES:
                held[option] = tuple(self.rules.profiles[word] for word in self.settings.destinations)
            elif option not in options:
                self.reading.note(where, f'lint {name} needs the option "{option}"')
            else:
                held[option] = compiler.value(options[option], (*where, option))
        return str(name), held, tuple(sorted(compiler.used))

    def _shared(self) -> dict[str, Any]:
        return {key: value for key, value in self.settings.params.items() if key in self.rules.params}

    def _kinds(self, data: Mapping[str, Any]) -> tuple[PlanKind, ...]:
        path = (*self.path, "kinds")
        found = []
        for name, value in self.reading.mapping(path, data.get("kinds", {}), '"kinds"').items():
            where = (*path, name)
            entry = self.reading.mapping(where, value if value is not None else {}, f'kind "{name}"')
            self.reading.keys(where, entry, _KIND_KEYS, f'kind "{name}"')
            severity = self.reading.choice(where, entry, "severity", SEVERITIES, "") if "severity" in entry else None
            message = self.reading.text(where, entry, "message", "a kind") or None
            found.append(PlanKind(name, severity, message, self.reading.text(where, entry, "fix", "a kind") or None))
        return tuple(found)

    def _examples(self, data: Mapping[str, Any], rule: str) -> tuple[PlanExample, ...]:
        given = data.get("examples")
        entries = given if isinstance(given, list) else []
        if len(entries) < 2 or not any(isinstance(entry, dict) and "fail" in entry for entry in entries):
            self.reading.note((*self.path, "examples"), f"rule {rule} needs at least two examples, one of them failing")
        found = []
        for number, value in enumerate(entries):
            path = (*self.path, "examples", number)
            entry = self.reading.mapping(path, value, "an example")
            self.reading.keys(path, entry, _EXAMPLE_KEYS, "an example")
            outcomes = [key for key in ("pass", "fail") if key in entry]
            if len(outcomes) != 1:
                self.reading.note(path, "an example is one small plan under pass or fail")
                continue
            for word in self.reading.words(path, entry, "destinations"):
                if word not in self.rules.profiles:
                    hint = did_you_mean(word, self.rules.profiles)
                    self.reading.note(path, f'there is no destination profile "{word}"{hint}')
            found.append(
                PlanExample(
                    outcome=outcomes[0],
                    plan=entry[outcomes[0]],
                    name=entry.get("name"),
                    finds=self.reading.words(path, entry, "finds"),
                    kind=entry.get("kind"),
                    severity=entry.get("severity"),
                    message=entry.get("message"),
                    params=self.reading.mapping((*path, "params"), entry.get("params", {}), '"params"'),
                    destinations=self.reading.words(path, entry, "destinations"),
                )
            )
        return tuple(found)


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
