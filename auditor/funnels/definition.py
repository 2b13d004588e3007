"""Which steps a funnel has: the default ones, or those under ``funnel:`` in the configuration, compiled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.config.settings import ConfigError, Settings
from auditor.config.suggest import did_you_mean
from auditor.config.yaml_source import Document
from auditor.language.compiler import Compiler
from auditor.language.loader import RuleSet
from auditor.language.params import duration
from auditor.language.predicates import Predicate
from auditor.language.reading import Reading
from auditor.language.vocabulary import values

ATTEMPT = "signup attempt"
IDENTIFIED, TRACKED = "identified", "signup tracked"
"""The steps whose order a mistake in tracking turns around."""
_NO_APP_PATHS = "no app_paths are configured: the first page view with a userId"
_BEHIND = "first page behind login"
DEFAULT: tuple[dict[str, Any], ...] = (
    {"name": "visit", "when": {"is": "client_call"}},
    {"name": "signup page", "when": {"is": ["signup_page"], "all": ["view"], "source": "client"}, "optional": True},
    {
        "name": ATTEMPT,
        "when": {"type": "track", "event": {"matches": r"(?i)^(sign[ _-]?up|registration|form)[ _-]?(started|clicked|"
                 r"button[ _-]?clicked|submitted|form[ _-]?submitted|attempted)$"}, "source": "client"},
        "optional": True,
    },
    {"name": "account created", "when": {"is": "server_signup"}, "optional": True},
    {"name": IDENTIFIED, "when": {"is": "client_identify"}},
    {"name": TRACKED, "when": {"is": "client_signup"}},
    {"name": _BEHIND, "when": {"is": "app_page"}, "optional": True},
)  # fmt: skip
"""domain.md 7, with the names of attempts of 5.4. An optional step may be skipped: many sites do not track it."""
_WITHOUT_PATHS = {"is": "view", "source": "client", "userId": {"exists": True}, "not": "signup_page"}
_KEYS = ("steps", "within", "any_order")
_STEP_KEYS = ("name", "when", "optional", "within", "methods")


@dataclass(frozen=True)
class StepRule:
    """One step: ``when`` an event takes it. ``within``: how long, ms, after the step before. ``methods`` gives for a
    way to sign up what takes the step there instead; ``None``: that way has no such step."""

    name: str
    when: Predicate
    optional: bool = False
    within: int | None = None
    methods: Mapping[str, Predicate | None] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True)
class Definition:
    """The steps in order. ``within``: how long, ms, all may take; ``any_order``: their order does not matter."""

    steps: tuple[StepRule, ...]
    within: int | None = None
    any_order: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """The ways to sign up that some step tells apart."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.methods))

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """Everything that events are asked."""
        return tuple(p for s in self.steps for p in (s.when, *s.methods.values()) if p is not None)


def define(settings: Settings, rules: RuleSet) -> Definition:
    """The funnel that is configured, else the default one. Raises ``ConfigError`` with all that is wrong."""
    return _Reader(settings, rules).definition()


class _Reader:
    def __init__(self, settings: Settings, rules: RuleSet) -> None:
        self.settings = settings
        held, _ = values(rules.params, {k: v for k, v in settings.params.items() if k in rules.params})
        self.compiler = Compiler(Reading(Document({}), "funnel"), held, rules.definitions)
        self.problems: list[str] = []
        self.app_paths = bool(settings.params.get("app_paths"))
        self.defaults = {step["name"]: step for step in map(self._fitting, DEFAULT)}

    def _fitting(self, step: dict[str, Any]) -> dict[str, Any]:
        if step["name"] != _BEHIND or self.app_paths:
            return step
        return {**step, "when": _WITHOUT_PATHS, "note": _NO_APP_PATHS}

    def note(self, place: tuple[str | int, ...], text: str) -> None:
        self.problems.append(f"{self.settings.place('funnel', *place)}: {text}")

    def definition(self) -> Definition:
        data = dict(self.settings.funnel)
        self._known((), data, _KEYS, '"funnel"')
        written = data.get("steps", list(self.defaults))
        if not isinstance(written, list) or not written:
            self.note(("steps",), '"steps" must be a list of steps, such as [visit, {name: paid, when: {track: Paid}}]')
            written = []
        steps = [step for number, one in enumerate(written) if (step := self._step(number, one)) is not None]
        names = [step.name for step in steps]
        for number, name in enumerate(names):
            if name in names[:number]:
                self.note(("steps", number), f'there are two steps "{name}"')
        if steps and all(step.optional for step in steps):
            self.note(("steps",), "every step is optional: at least one has to be taken")
        any_order = data.get("any_order", False)
        if not isinstance(any_order, bool):
            self.note(("any_order",), '"any_order" must be true or false')
        within = self._duration((), data)
        if self.problems:
            raise ConfigError(self.problems)
        return Definition(tuple(steps), within, any_order is True)

    def _step(self, number: int, data: Any) -> StepRule | None:
        place = ("steps", number)
        if isinstance(data, str):
            if data not in self.defaults:
                self.note(place, f'there is no default step "{data}"{did_you_mean(data, self.defaults)}')
                return None
            data = self.defaults[data]
        elif isinstance(data, dict) and "when" not in data and data.get("name") in self.defaults:
            self._known(place, data, _STEP_KEYS, "a step")
            data = {**self.defaults[data["name"]], **data}
        elif isinstance(data, dict):
            self._known(place, data, _STEP_KEYS, "a step")
        if not isinstance(data, dict) or not isinstance(data.get("name"), str):
            self.note(place, 'a step is the name of a default step or a map: {name: paid, when: {track: Paid}}')
            return None
        if "when" not in data:
            self.note(place, f'step "{data["name"]}" needs "when": which event takes it')
            return None
        optional = data.get("optional", False)
        if not isinstance(optional, bool):
            self.note((*place, "optional"), '"optional" must be true or false')
        methods = data.get("methods", {})
        if not isinstance(methods, dict):
            self.note((*place, "methods"), '"methods" maps a way to sign up to what takes the step there')
            methods = {}
        return StepRule(
            data["name"],
            self._predicate((*place, "when"), data["when"]),
            optional is True,
            self._duration(place, data),
            {
                str(name): None if said is None else self._predicate((*place, "methods", name), said)
                for name, said in methods.items()
            },
            data.get("note"),
        )

    def _known(self, place: tuple[str | int, ...], data: dict[str, Any], keys: tuple[str, ...], what: str) -> None:
        for key in data:
            if key not in keys:
                self.note((*place, key), f'{what} has no key "{key}"{did_you_mean(str(key), keys)}')

    def _predicate(self, place: tuple[str | int, ...], data: Any) -> Predicate:
        problems = self.compiler.reading.problems
        before = len(problems)
        built = self.compiler.predicate(data, ())
        for problem in problems[before:]:
            self.note(place, problem.split(": ", 1)[1])
        return built

    def _duration(self, place: tuple[str | int, ...], data: Mapping[str, Any]) -> int | None:
        if data.get("within") is None:
            return None
        try:
            return duration(data["within"])
        except ValueError as error:
            self.note((*place, "within"), f'"within": {error}')
            return None
