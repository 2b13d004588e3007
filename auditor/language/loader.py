"""Rule files to compiled rules. All mistakes of all files are collected and reported together (exit code 2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from auditor.config.settings import ConfigError, Settings
from auditor.config.suggest import did_you_mean
from auditor.config.yaml_source import Document, YamlError, read
from auditor.language.compiler import Built, Compiler
from auditor.language.ignores import Ignoring, compile_ignores
from auditor.language.kept import KeptDocuments, KeptOptions
from auditor.language.predicates import Constant, Predicate
from auditor.language.profiles import Profile, read_profiles
from auditor.language.reading import Path as Place
from auditor.language.reading import Reading
from auditor.language.rule import Rule
from auditor.language.rule_reader import OptionsOf, RuleReader
from auditor.language.vocabulary import Param, declared_params, values
from auditor.language.written import Written

OVER_PLANS = "plan-lint"
"""The folder of the built-in rules over tracking plans (``auditor.language.plan_rules``), which no log needs."""


@dataclass(frozen=True)
class RuleSet:
    """What a run works with: rules by id order of loading, profiles, and the parameters they were compiled with.

    ``definitions`` are the vocabulary's as they stand in its file.
    ``written`` holds the rules as they stand in their files, where examples were asked for.
    """

    rules: tuple[Rule, ...]
    profiles: Mapping[str, Profile]
    params: Mapping[str, Param]
    defines: Mapping[str, Predicate]
    given: frozenset[str] = field(default=frozenset())
    ignores: tuple[Ignoring, ...] = ()
    definitions: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, Written] = field(default_factory=dict)


def rules_folder() -> Path:
    """Where the built-in rules are: the checkout's ``rules/``, else the package data of an installed wheel."""
    checkout = Path(__file__).parents[2] / "rules"
    if (checkout / "vocabulary.yml").is_file():
        return checkout
    import importlib.resources  # only where there is no checkout, and it loads for a while

    return Path(str(importlib.resources.files("auditor"))) / "rules"


def load(
    settings: Settings,
    options_of: OptionsOf,
    *,
    with_examples: bool = False,
) -> RuleSet:
    """Load the built-in rules, those of ``settings.rule_packs``. Raises ``ConfigError``."""
    folder = rules_folder()
    kept = KeptDocuments(folder)
    loading = _Loading(settings, options_of, with_examples, kept)
    vocabulary = folder / "vocabulary.yml"
    loading.vocabulary(vocabulary)
    profiles = read_profiles(folder / "destinations", loading.problems, kept.document)
    loading.profiles = profiles
    every = sorted(folder.glob("*/*.yml"))
    loading.over_plans.update(path.stem for path in every if path.parent.name == OVER_PLANS)
    paths = [path for path in every if path.parent.name != OVER_PLANS]
    for path in paths:
        if path.parent.name != "destinations":
            loading.file(path, path.parent.name)
    kept.keep()
    for pack in settings.rule_packs:
        for path in pack_files(Path(pack), loading.problems):
            loading.file(path, "pack", pack=True)
    loading.names()
    over_events = tuple(entry for entry in settings.ignore if entry.rule not in loading.over_plans)
    ignores = compile_ignores(replace(settings, ignore=over_events), loading.compiler(), loading.problems)
    if loading.problems:
        raise ConfigError(loading.problems)
    return RuleSet(
        tuple(loading.rules.values()),
        profiles,
        loading.params,
        loading.predicates(),
        frozenset(settings.params),
        ignores,
        loading.defines,
        loading.written,
    )


def pack_files(pack: Path, problems: list[str]) -> list[Path]:
    """The rule files of a pack: itself, or those in it. What is wrong with it is appended to ``problems``."""
    if pack.is_dir():
        found = sorted(p for p in pack.rglob("*.y*ml") if p.suffix in (".yml", ".yaml"))
        if not found:
            problems.append(f"{pack}: the folder holds no rule file (*.yml)")
        return found
    if not pack.is_file():
        problems.append(f"{pack}: no such rule file or folder")
        return []
    return [pack]


class _Loading:
    def __init__(self, settings: Settings, options_of: OptionsOf, with_examples: bool, kept: KeptDocuments) -> None:
        self.settings = settings
        self.options_of = KeptOptions(kept, options_of)
        self.with_examples = with_examples
        self.kept = kept
        self.problems: list[str] = []
        self.rules: dict[str, Rule] = {}
        self.known: set[str] = set()
        self.over_plans: set[str] = set()
        """Rules over tracking plans, by id; `auditor.language.plan_rules` reads them, where somebody asks for them."""
        self.written: dict[str, Written] = {}
        self.used_params: set[str] = set()
        self.params: dict[str, Param] = {}
        self.defines: dict[str, Any] = {}
        self.profiles: Mapping[str, Profile] = {}
        self.built: Built = {}

    def open(self, path: Path, *, whole: bool) -> Reading | None:
        """A document; one of ours, and without its examples, if not ``whole``."""
        name = _shown(path)
        try:
            document = read(path.read_text(encoding="utf-8"), name) if whole else self.kept.document(path, name)
            return Reading(document, name)
        except YamlError as error:
            self.problems.append(str(error))
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(f"{name}: cannot be read ({error})")
        return None

    def vocabulary(self, path: Path) -> None:
        reading = self.open(path, whole=False)
        if reading is None:
            return
        data = reading.mapping((), reading.document.data, "the vocabulary")
        reading.keys((), data, ("params", "define", "description"), "the vocabulary")
        self.params.update(declared_params(reading, data.get("params", {}), ("params",)))
        self.defines = self.defined(reading, data, self.params)
        self.problems.extend(reading.problems)

    def defined(self, reading: Reading, data: Mapping[str, Any], params: Mapping[str, Param]) -> dict[str, Any]:
        """The definitions in force in a file. What is wrong with one of its own is said once, where it stands."""
        own = reading.mapping(("define",), data.get("define", {}), '"define"')
        every = {**self.defines, **own}
        held, _ = values(params, {})
        compiler = Compiler(reading, held, every, {name: ("define", name) for name in own})
        before = len(reading.problems)
        for name in own:
            compiler.predicate(name, ("define", name))
        return every if len(reading.problems) == before else every | dict.fromkeys(own, Constant(False))

    def compiler(self) -> Compiler:
        """A compiler over the vocabulary with the config's parameters."""
        shared = {key: value for key, value in self.settings.params.items() if key in self.params}
        held, _ = values(self.params, shared)
        return Compiler(Reading(Document({}), "vocabulary"), held, self.defines)

    def predicates(self) -> dict[str, Predicate]:
        """The vocabulary's definitions, compiled with the config's parameters."""
        compiler = self.compiler()
        return {name: compiler.predicate(name, ()) for name in self.defines}

    def names(self) -> None:
        """Every rule, parameter and destination that the config names must exist, and every rule superseded."""
        settings, problems = self.settings, self.problems
        self.known |= self.over_plans
        for rule in self.rules.values():
            for name in rule.supersedes:
                if name not in self.known:
                    problems.append(
                        f'{rule.source}: there is no rule "{name}" to supersede{did_you_mean(name, self.known)}'
                    )
        for name in settings.rules:
            if name not in self.known:
                place = settings.place("rules", name)
                problems.append(f'{place}: there is no rule "{name}"{did_you_mean(name, self.known)}')
        for name in settings.params:
            if name not in self.used_params:
                place = settings.place("params", name)
                problems.append(f'{place}: there is no parameter "{name}"{did_you_mean(name, self.used_params)}')
        for number, name in enumerate(settings.destinations):
            if name not in self.profiles:
                place = settings.place("destinations", number)
                hint = did_you_mean(name, self.profiles) or f"; there are {', '.join(self.profiles)}"
                problems.append(f'{place}: there is no destination profile "{name}"{hint}')
        kinds = {rule.id: {kind.name for kind in rule.kinds} for rule in self.rules.values()}
        for profile in self.profiles.values():
            for name, said in profile.rules.items():
                if name not in kinds or not (isinstance(said, str) or said.keys() <= kinds[name]):
                    problems.append(f'{profile.name}.yml: there is no such rule or kind: "{name}"')
        for ignore in settings.ignore:
            if ignore.rule not in self.known:
                place = settings.place("ignore", ignore.place, "rule")
                problems.append(f'{place}: there is no rule "{ignore.rule}"{did_you_mean(ignore.rule, self.known)}')

    def file(self, path: Path, group: str, pack: bool = False) -> None:
        reading = self.open(path, whole=pack or self.with_examples)
        if reading is None:
            return
        data = reading.mapping((), reading.document.data, "a rule file")
        params, defines = self.params, self.defines
        if "rules" in data:
            reading.keys((), data, ("auditor", "pack", "description", "params", "define", "rules"), "a pack")
            if data.get("auditor", 1) != 1:
                reading.note(("auditor",), "this pack is for another version of the rule language; this tool speaks 1")
            params = {**params, **declared_params(reading, data.get("params", {}), ("params",))}
            defines = self.defined(reading, data, params)
            group = str(data.get("pack", group))
            entries = data["rules"] if isinstance(data["rules"], list) else []
            if not entries:
                reading.note(("rules",), '"rules" must be a list of rules')
            for number, entry in enumerate(entries):
                self.rule(reading, entry, ("rules", number), group, params, defines, pack)
        else:
            self.rule(reading, data, (), group, params, defines, pack)
        self.problems.extend(reading.problems)

    def rule(
        self,
        reading: Reading,
        data: Any,
        path: tuple[str | int, ...],
        group: str,
        params: Mapping[str, Param],
        defines: Mapping[str, Any],
        pack: bool,
    ) -> None:
        entry = reading.mapping(path, data, "a rule")
        name = entry.get("id")
        if entry.get("applies_to") == "plan":
            self.over_plans.add(str(name))
            return
        setting = self.settings.rules.get(name) if isinstance(name, str) else None
        own = declared_params(reading, entry.get("params", {}), (*path, "params"))
        every = {**params, **own}
        self.used_params.update(every)
        shared = {key: value for key, value in self.settings.params.items() if key in every}
        held, problems = values(every, shared)
        self.problems.extend(p for p in self.located(problems, "params") if p not in self.problems)
        if setting is not None:
            held.update(self.overrides(every, setting.params, str(name)))

        alike = defines is self.defines and not own.keys() & params.keys() and not (setting and setting.params)
        built = self.built if alike else None

        def compiled(reading: Reading, data: Mapping[str, Any]) -> Rule | None:
            reader = RuleReader(reading, path, group, held, defines, self.options_of, self.profiles, every, built)
            rule = reader.rule(data, own, with_examples=self.with_examples)
            return replace(rule, pack=pack) if rule is not None else None

        rule = compiled(reading, entry)
        if rule is None:
            return
        if rule.id in self.known:
            reading.note((*path, "id"), f'there is a rule "{rule.id}" already; ids are unique over all packs')
            return
        self.known.add(rule.id)
        self.rules[rule.id] = rule
        if self.with_examples:
            self.written[rule.id] = _written(reading, path, entry, held, compiled)

    def overrides(self, params: Mapping[str, Param], given: Mapping[str, Any], rule: str) -> dict[str, Any]:
        held, problems = values(params, given)
        self.problems.extend(self.located(problems, "rules", rule, "params"))
        return {name: held[name] for name in given if name in held}

    def located(self, problems: Mapping[str, str], *path: str) -> list[str]:
        return [f"{self.settings.place(*path, name)}: {problem}" for name, problem in problems.items()]


def _written(
    reading: Reading,
    path: Place,
    entry: Mapping[str, Any],
    params: Mapping[str, Any],
    compiled: Callable[[Reading, Mapping[str, Any]], Rule | None],
) -> Written:
    def changed(data: Mapping[str, Any]) -> Rule:
        afresh = Reading(reading.document, reading.name)
        rule = compiled(afresh, data)
        if rule is None or afresh.problems:
            raise ConfigError(afresh.problems)
        return rule

    return Written(entry, params, changed, lambda place: reading.document.line((*path, *place)))


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
