"""Whether a rule's examples notice its mutants: what no example notices is not under test."""

from dataclasses import dataclass, replace

from auditor.config.settings import ConfigError, Settings
from auditor.engine.checking import options_of
from auditor.engine.examples import Reload, judge, settings_for
from auditor.language.loader import RuleSet
from auditor.language.mutants import Mutant, mutants
from auditor.language.rule import Example, Rule


@dataclass(frozen=True)
class Survivor:
    """A mutant that no example notices. ``text`` is a sentence, ``place`` file and line of what was changed."""

    rule: str
    text: str
    place: str


@dataclass(frozen=True)
class Mutated:
    """How many mutants a rule has, and those that survive."""

    count: int
    survivors: list[Survivor]


def mutate(rule: Rule, rules: RuleSet, settings: Settings, reload: Reload) -> Mutated:
    """Try every mutant of a rule on its examples, which hold for the rule itself.

    A mutant that the loader refuses is noticed. Raises ``ExampleError`` for an example that is no log.
    """
    written = rules.written[rule.id]
    options = (options_of(rule.check) if rule.check is not None else None) or {}
    loaded = _Loaded(rules, settings, reload)
    trials = [(example, *loaded.with_settings(rule, example)) for example in rule.examples]
    count = 0
    survivors = []
    for mutant in mutants(written.data, written.params, options):
        count += 1
        if not any(_notices(example, mutant, rule.id, held, given) for example, held, given in trials):
            place = f"{rule.source.rsplit(':', 1)[0]}:{written.line(mutant.path)}"
            survivors.append(Survivor(rule.id, f"no example notices that {mutant.text}", place))
    return Mutated(count, survivors)


def _notices(example: Example, mutant: Mutant, rule: str, rules: RuleSet, settings: Settings) -> bool:
    try:
        changed = rules.written[rule].compile(mutant.data)
    except ConfigError:
        return True
    return judge(changed, example, replace(rules, rules=(changed,)), settings) is not None


class _Loaded:
    """The rules, loaded once for each set of parameters that examples ask for."""

    def __init__(self, rules: RuleSet, settings: Settings, reload: Reload) -> None:
        self.rules, self.settings, self.reload = rules, settings, reload
        self.held: dict[str, RuleSet] = {}

    def with_settings(self, rule: Rule, example: Example) -> tuple[RuleSet, Settings]:
        """The rules and settings in force for an example of a rule."""
        settings = settings_for(rule, example, self.settings)
        if not example.params:
            return self.rules, settings
        key = repr(example.params)
        if key not in self.held:
            self.held[key] = self.reload(settings)
        return self.held[key], settings
