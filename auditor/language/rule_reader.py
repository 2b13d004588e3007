"""One rule's map to a compiled rule."""

from collections.abc import Collection, Mapping
from pathlib import Path as FilePath
from typing import Any, Protocol

from auditor.config.share import Share, share
from auditor.config.suggest import did_you_mean
from auditor.language.compiler import CALL_SUGAR, Built, Compiler
from auditor.language.fields import KEYS, PLAIN, is_field
from auditor.language.params import duration, duration_words
from auditor.language.profiles import WANTED, Profile
from auditor.language.reading import Path, Reading
from auditor.language.rule import GIVEN, Example, Kind, Rule
from auditor.language.sentence import predicate_words
from auditor.language.vocabulary import Param
from auditor.model.finding import SEVERITIES
from auditor.model.sdk import FAMILIES, SIDES, Snippet

RULE_KEYS = (
    "id", "summary", "description", "severity", "confidence", "status", "enabled", "tags", "destinations",
    "supersedes", "params", "flag", "by", "if", "if_any", "unless", "check", "once", "tolerate", "message", "fix",
    "why", "docs", "notes", "kinds", "needs", "signup_is", "fix_code", "examples",
)  # fmt: skip
_KIND_KEYS = (
    "summary", "severity", "message", "fix", "signup_is", "flag", "if", "if_any", "unless", "destinations",
)  # fmt: skip
_OUTCOMES = ("pass", "fail", "unsure")
_EXAMPLE_KEYS = (
    "name", *_OUTCOMES, "params", "message", "evidence", "kind", "severity", "candidates", "destinations", "plan",
)  # fmt: skip
_EVENT_WORDS = ("wait", "repeat", "flagged", *CALL_SUGAR, "reset", "navigation")
_UNREAD: list[dict[str, Any]] = [{"fail": []}, {"pass": []}]
"""In place of examples that nobody asked for."""


class OptionsOf(Protocol):
    """The option names and types of a check by its name; ``None`` if there is no such check."""

    def __call__(self, name: str, /) -> Mapping[str, str] | None: ...

    def place(self, name: str, /) -> FilePath | None:
        """The file that a check is read from."""

    def names(self) -> Collection[str]:
        """All there are."""


def fix_code(reading: Reading, path: Path, data: Mapping[str, Any]) -> dict[str, Snippet]:
    """The member ``fix_code`` of a rule's map, by family of SDKs. Mistakes are noted on the reading."""
    found: dict[str, Snippet] = {}
    where = (*path, "fix_code")
    given = reading.mapping(where, data.get("fix_code", {}), '"fix_code"')
    reading.keys(where, given, (*FAMILIES, *SIDES), '"fix_code"')
    for name, value in sorted(given.items(), key=lambda pair: pair[0] in SIDES):
        reason = value.get("none") if isinstance(value, dict) and len(value) == 1 else None
        text = value if isinstance(value, str) else reason
        if not isinstance(text, str) or not text.strip():
            reading.note((*where, name), f'fix_code of {name} is code, or {{none: "why there is none"}}')
            continue
        for family in SIDES.get(name, (name,)):
            found.setdefault(family, Snippet(text.strip(), reason is None))
    return found


class RuleReader:
    """Reads one rule against the parameters and definitions in force."""

    def __init__(
        self,
        reading: Reading,
        path: Path,
        group: str,
        params: Mapping[str, Any],
        defines: Mapping[str, Any],
        options_of: OptionsOf,
        profiles: Mapping[str, Profile],
        declared: Mapping[str, Param],
        built: Built | None = None,
    ) -> None:
        self.reading, self.path, self.group = reading, path, group
        self.options_of, self.profiles = options_of, profiles
        self.compiler = Compiler(reading, params, defines, built=built)
        self.declared = declared

    def rule(self, data: Mapping[str, Any], own: Mapping[str, Param], *, with_examples: bool) -> Rule | None:
        """The compiled rule, or ``None`` if it has no usable id. Mistakes are noted on the reading."""
        reading, path = self.reading, self.path
        reading.keys(path, data, RULE_KEYS, "a rule")
        name = reading.rule_id(path, data)
        if name is None:
            return None
        if "flag" not in data:
            reading.note(path, f'rule {name} needs "flag": the event to blame')
            return None
        by = reading.words(path, data, "by")
        for key in by:
            if key not in KEYS:
                reading.note((*path, "by"), f'timelines have no key "{key}"{did_you_mean(key, KEYS)}')
        if not by and any(key in data for key in ("if", "if_any", "unless")):
            reading.note(path, f'rule {name} has clauses and so needs "by": whose timeline is meant?')
        conditions = self.compiler.conditions(data, path)
        check, options = self._check(data)
        examples = data.get("examples", [] if with_examples else _UNREAD)
        failing = isinstance(examples, list) and any(isinstance(e, dict) and "fail" in e for e in examples)
        if not failing or len(examples) < 2:
            reading.note((*path, "examples"), f"rule {name} needs at least two examples, one of them failing")
        return Rule(
            id=name,
            summary=reading.text(path, data, "summary", "a rule", required=True),
            severity=reading.choice(path, data, "severity", SEVERITIES, "warning"),
            flag=self.compiler.predicate(data["flag"], (*path, "flag")),
            message=reading.text(path, data, "message", "a rule", required="kinds" not in data),
            fix=reading.text(path, data, "fix", "a rule"),
            group=self.group,
            source=f"{reading.name}:{reading.document.line(path)}",
            by=tuple(key for key in by if key in KEYS),
            conditions=conditions,
            kinds=self._kinds(data),
            check=check,
            options=options,
            fix_code=fix_code(reading, path, data),
            why=reading.text(path, data, "why", "a rule") or reading.text(path, data, "description", "a rule"),
            docs=reading.text(path, data, "docs", "a rule"),
            notes=reading.text(path, data, "notes", "a rule"),
            signup_is=reading.text(path, data, "signup_is", "a rule") or None,
            confidence=reading.choice(path, data, "confidence", ("high", "medium", "low"), "high"),
            status=reading.choice(path, data, "status", ("stable", "preview", "deprecated"), "stable"),
            enabled=reading.flag(path, data, "enabled", True),
            once=reading.flag(path, data, "once", False),
            tolerate=self._tolerate(data),
            needs=self._needs(data),
            tags=reading.words(path, data, "tags"),
            destinations=self._destinations(data, path),
            supersedes=reading.words(path, data, "supersedes"),
            params={key: param.doc for key, param in own.items()},
            settings=self._settings(),
            used_params=tuple(sorted(self.compiler.used)),
            flag_words=predicate_words(data["flag"]),
            examples=self._examples(examples) if with_examples and isinstance(examples, list) else (),
        )

    def _tolerate(self, data: Mapping[str, Any]) -> Share | None:
        try:
            return share(data["tolerate"]) if "tolerate" in data else None
        except ValueError as error:
            self.reading.note((*self.path, "tolerate"), f'"tolerate": {error}')
            return None

    def _settings(self) -> dict[str, str]:
        """The parameters as a message shows them."""
        params = self.compiler.params
        return {
            name: duration_words(params[name]) if declared.type == "duration" else str(params[name])
            for name, declared in self.declared.items()
        }

    def _needs(self, data: Mapping[str, Any]) -> tuple[str, ...]:
        names = self.reading.words(self.path, data, "needs")
        for name in names:
            self.compiler.predicate(name, (*self.path, "needs"))
        return names

    def _candidates(self, data: Mapping[str, Any], path: Path) -> int | None:
        value = data.get("candidates")
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        self.reading.note((*path, "candidates"), '"candidates" takes a whole number')
        return None

    def _destinations(self, data: Mapping[str, Any], path: Path) -> tuple[str, ...]:
        """Destinations by name, or by what their profiles say: ``{alias: [needed, used]}``, ``{limits: user_ids}``."""
        given = data.get("destinations")
        if isinstance(given, dict):
            place = (*path, "destinations")
            self.reading.keys(place, given, WANTED, '"destinations"')
            wanted = {key: self.reading.words(place, given, key) for key in given if key in WANTED}
            for key, words in wanted.items():
                for word in words:
                    self.reading.choice(place, {key: word}, key, WANTED[key], word)
            return tuple(name for name, profile in self.profiles.items() if profile.meets(wanted))
        names = self.reading.words(path, data, "destinations")
        for name in names:
            if name not in self.profiles:
                hint = did_you_mean(name, self.profiles)
                self.reading.note((*path, "destinations"), f'there is no destination profile "{name}"{hint}')
        return names

    def _kinds(self, data: Mapping[str, Any]) -> tuple[Kind, ...]:
        path = (*self.path, "kinds")
        kinds = []
        for name, value in self.reading.mapping(path, data.get("kinds", {}), '"kinds"').items():
            where = (*path, name)
            entry = self.reading.mapping(where, value if value is not None else {}, f'kind "{name}"')
            self.reading.keys(where, entry, _KIND_KEYS, f'kind "{name}"')
            severity = self.reading.choice(where, entry, "severity", SEVERITIES, "") if "severity" in entry else None
            kinds.append(
                Kind(
                    name=str(name),
                    conditions=self.compiler.conditions(entry, where),
                    flag=self.compiler.predicate(entry["flag"], (*where, "flag")) if "flag" in entry else None,
                    severity=severity,
                    message=self.reading.text(where, entry, "message", "a kind") or None,
                    fix=self.reading.text(where, entry, "fix", "a kind") or None,
                    summary=self.reading.text(where, entry, "summary", "a kind") or None,
                    signup_is=self.reading.text(where, entry, "signup_is", "a kind") or None,
                    destinations=self._destinations(entry, where),
                )
            )
        return tuple(kinds)

    def _check(self, data: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
        if "check" not in data:
            return None, {}
        path = (*self.path, "check")
        entry = self.reading.mapping(path, data["check"], '"check"')
        if len(entry) != 1 and isinstance(data["check"], dict):
            self.reading.note(path, '"check" names one check: {name: options}')
        if len(entry) != 1:
            return None, {}
        name, given = next(iter(entry.items()))
        types = self.options_of(name)
        if types is None:
            hint = did_you_mean(str(name), self.options_of.names())
            self.reading.note((*path, name), f'there is no check "{name}"{hint}')
            return None, {}
        if any(key in data for key in ("if", "if_any", "unless")):
            self.reading.note(path, "a rule has clauses or a check, not both")
        where = (*path, name)
        options = self.reading.mapping(where, given if given is not None else {}, "options")
        self.reading.keys(where, options, types, f"check {name}")
        held = {option: kind for option, kind in types.items() if kind in GIVEN}
        for option, kind in types.items():
            if kind in GIVEN:
                continue
            if option not in options:
                self.reading.note(where, f'check {name} needs the option "{option}"')
            else:
                held[option] = self._option(kind, options[option], (*where, option))
        return name, held

    def _option(self, kind: str, value: Any, path: Path) -> Any:
        if kind == "predicate":
            return self.compiler.predicate(value, path)
        resolved = self.compiler.value(value, path)
        if kind == "duration" and isinstance(resolved, str):
            try:
                return duration(resolved)
            except ValueError as error:
                self.reading.note(path, str(error))
                return 0
        return resolved

    def _examples(self, data: list[Any]) -> tuple[Example, ...]:
        found = []
        for number, value in enumerate(data):
            path = (*self.path, "examples", number)
            entry = self.reading.mapping(path, value, "an example")
            self.reading.keys(path, entry, _EXAMPLE_KEYS, "an example")
            outcomes = [key for key in _OUTCOMES if key in entry]
            if len(outcomes) != 1 or not isinstance(entry[outcomes[0]], list):
                if set(entry) <= set(_EXAMPLE_KEYS):
                    self.reading.note(path, "an example is one list of events under pass, fail or unsure")
                continue
            for index, event in enumerate(entry[outcomes[0]]):
                place = (*path, outcomes[0], index)
                for key in self.reading.mapping(place, event, "an event"):
                    if key not in _EVENT_WORDS and not is_field(key):
                        hint = did_you_mean(key, (*_EVENT_WORDS, *PLAIN))
                        self.reading.note((*place, key), f'an event has no field "{key}"{hint}')
            found.append(
                Example(
                    outcome=outcomes[0],
                    events=tuple(entry[outcomes[0]]),
                    name=entry.get("name"),
                    params=self.reading.mapping((*path, "params"), entry.get("params", {}), '"params"'),
                    message=entry.get("message"),
                    evidence=self.reading.mapping((*path, "evidence"), entry.get("evidence", {}), '"evidence"'),
                    kind=entry.get("kind"),
                    severity=self.reading.choice(path, entry, "severity", SEVERITIES, "") or None
                    if "severity" in entry
                    else None,
                    candidates=self._candidates(entry, path),
                    destinations=self._destinations(entry, path) if "destinations" in entry else None,
                    plan=entry.get("plan"),
                )
            )
        return tuple(found)
