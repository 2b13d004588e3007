"""Predicates and clauses: from plain YAML data to the immutable things the engine evaluates."""

import re
from collections.abc import Mapping
from typing import Any

from auditor.config.suggest import did_you_mean
from auditor.language.conditions import OPERATORS, TYPE_NAMES
from auditor.language.fields import KEYS, PLAIN, is_field
from auditor.language.params import duration, regex_problem
from auditor.language.predicates import Condition, Constant, Every, Not, Predicate, Reference
from auditor.language.reading import Path, Reading
from auditor.language.rule import PICKS, POSITIONS, Clause, Conditions
from auditor.language.sentence import predicate_words

CALL_SUGAR = {
    "track": "event",
    "identify": "userId",
    "page": "path",
    "screen": "name",
    "group": "groupId",
    "alias": "userId",
}
_CLAUSE_KEYS = (
    *POSITIONS, "where", "within", "since", "until", "same", "differs", "at_least", "as", "pick", "by", "received",
)  # fmt: skip
_REFERENCE = re.compile(r"^\$([a-z][a-z0-9_]*)?\.(.+)$")
_REGEXES = ("matches", "not_matches", "key_matches", "value_matches")
_UNKNOWN = Constant(False)
"""In place of a value that could not be told, which has been noted."""
_PER_TIMELINE = ("lane", "device", "page_load", "person")
"""Known only once timelines are built: keys, and all but the last can be compared with another event of a timeline."""


Built = dict[str, tuple[Predicate, frozenset[str]]]
"""Compiled definitions by name, with the parameters that each of them uses."""


class Compiler:
    """Compiles against one set of parameters (typed values) and defined predicates."""

    def __init__(
        self,
        reading: Reading,
        params: Mapping[str, Any],
        defines: Mapping[str, Any],
        places: Mapping[str, Path] | None = None,
        built: Built | None = None,
    ) -> None:
        """``places`` says where in this document the definitions stand that stand in it. ``built`` are definitions
        compiled before, by a compiler that was given the same ones and the same parameters; it takes new ones in."""
        self.reading = reading
        self.params = params
        self.defines = defines
        self.places = places or {}
        self.used: set[str] = set()
        self._open: list[str] = []
        self._late = False
        self._defined: Built = {} if built is None else built

    # Predicates -----------------------------------------------------------------------------------------------

    def predicate(self, data: Any, path: Path) -> Predicate:
        """A defined name, a list (any of), or a map (all of)."""
        if isinstance(data, Constant):
            return data  # a definition that was found wrong where it stands
        if isinstance(data, str):
            return self._named(data, path)
        if isinstance(data, list):
            if not data:
                self.reading.note(path, "an empty list matches nothing: name at least one predicate")
            return Every(tuple(self.predicate(item, (*path, i)) for i, item in enumerate(data)), any=True)
        if isinstance(data, dict):
            if not data:
                self.reading.note(path, "an empty map matches everything: name at least one field")
            return Every(tuple(self._part(key, value, (*path, key)) for key, value in data.items()))
        self.reading.note(path, "a predicate is a defined name, a list (any of) or a map of fields (all of)")
        return Constant(False)

    def _named(self, name: str, path: Path) -> Predicate:
        if name in self._defined:
            held, used = self._defined[name]
            self.used |= used
            return held
        if name not in self.defines:
            self.reading.note(path, f'nothing is defined as "{name}"{did_you_mean(name, self.defines)}')
            return Constant(False)
        if name in self._open:
            self.reading.note(path, f'"{name}" is defined by itself: {" -> ".join((*self._open, name))}')
            return Constant(False)
        self._open.append(name)
        outer, self.used = self.used, set()
        built = self.predicate(self.defines[name], self.places.get(name, path))
        self._open.pop()
        self._defined[name] = built, frozenset(self.used)
        self.used |= outer
        return built

    def _part(self, key: str, value: Any, path: Path) -> Predicate:
        if key == "is":
            names = value if isinstance(value, list) else [value]
            if not names:
                self.reading.note(path, '"is" takes a defined name or a list of them')
            parts = tuple(self.predicate(name, path) for name in names)
            return Every(parts, any=True) if len(parts) > 1 else parts[0] if parts else Constant(False)
        if key in ("all", "any"):
            if not isinstance(value, list) or not value:
                self.reading.note(path, f'"{key}" takes a list of predicates')
                return Constant(False)
            return Every(tuple(self.predicate(v, (*path, i)) for i, v in enumerate(value)), any=key == "any")
        if key == "not":
            return Not(self.predicate(value, path))
        if key in CALL_SUGAR:
            called = Condition("type", "eq", key)
            return called if value is None else Every((called, self._condition(CALL_SUGAR[key], value, path)))
        if not is_field(key):
            known = (*PLAIN, *CALL_SUGAR, "is", "all", "any", "not", "traits", "properties", "context", "raw")
            self.reading.note(path, f'there is no field "{key}"{did_you_mean(key, known)}')
            return Constant(False)
        if key in _PER_TIMELINE and not self._late:
            self.reading.note(
                path, f'"{key}" is known only once timelines are built: use it as "by", "same" or "differs"'
            )
            return Constant(False)
        return self._condition(key, value, path)

    def _condition(self, field: str, value: Any, path: Path) -> Predicate:
        if isinstance(value, dict):
            fold = self.reading.flag(path, value, "ignore_case", False)
            parts = [self._operator(field, op, v, fold, (*path, op)) for op, v in value.items() if op != "ignore_case"]
            if not parts:
                self.reading.note(path, f'"{field}" has no condition')
                return Constant(False)
            return parts[0] if len(parts) == 1 else Every(tuple(parts))
        if value is None:
            return Condition(field, "exists", False)
        value = self.value(value, path)
        if value is _UNKNOWN:
            return Constant(False)
        if isinstance(value, list | tuple):
            return Condition(field, "in", self._members(value, path))
        return Condition(field, "eq", value)

    def _operator(self, field: str, operator: str, operand: Any, fold: bool, path: Path) -> Predicate:
        if operator not in OPERATORS:
            self.reading.note(path, f'there is no operator "{operator}"{did_you_mean(operator, OPERATORS)}')
            return Constant(False)
        operand = self.value(operand, path)
        if operand is _UNKNOWN:
            return Constant(False)
        if operator in ("in", "not_in"):
            operand = self._members(operand, path)
        elif operator == "exists":
            if not isinstance(operand, bool):
                self.reading.note(path, '"exists" takes true or false')
        elif operator == "type":
            if operand not in TYPE_NAMES:
                self.reading.note(path, f'"type" takes one of {", ".join(TYPE_NAMES)}')
                return Constant(False)
        elif operator in _REGEXES:
            self._regex(operand, path)
            if not isinstance(operand, str):
                return Constant(False)
        elif isinstance(operand, list | tuple | dict):
            self.reading.note(path, f'"{operator}" takes one value; for several use "in"')
            return Constant(False)
        elif operator in ("starts", "ends") and not isinstance(operand, str):
            self.reading.note(path, f'"{operator}" takes a string')
            return Constant(False)
        return Condition(field, operator, operand, fold)

    def _members(self, value: Any, path: Path) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            self.reading.note(path, "this takes a list of values")
            return ()
        return tuple(v if isinstance(v, str | int | float | bool | None) else str(v) for v in value)

    def _regex(self, operand: Any, path: Path) -> None:
        if not isinstance(operand, str):
            self.reading.note(path, "a regular expression is a string")
            return
        problem = regex_problem(operand)
        if problem is not None:
            self.reading.note(path, f'"{operand}" {problem}')

    def value(self, value: Any, path: Path) -> Any:
        """A parameter's value for ``$name``, a reference for ``$.field``, ``$text`` for ``$$text``, else itself."""
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        if value.startswith("$$"):
            return value[1:]
        match = _REFERENCE.match(value)
        if match is not None:
            if not is_field(match[2]) or match[2] == "person":
                self.reading.note(path, f'there is no field "{match[2]}"{did_you_mean(match[2], PLAIN)}')
                return _UNKNOWN
            return Reference(match[1] or "", match[2])
        name = value[1:]
        if name not in self.params:
            hint = did_you_mean(name, self.params) or f'; for the text itself write "${value}"'
            self.reading.note(path, f'there is no parameter "{value}"{hint}')
            return _UNKNOWN
        self.used.add(name)
        return self.params[name]

    # Clauses --------------------------------------------------------------------------------------------------

    def conditions(self, data: Mapping[str, Any], path: Path) -> Conditions:
        """The ``if``, ``if_any`` and ``unless`` of a rule or a kind."""
        captured: set[str] = set()
        return Conditions(*(self._clauses(data, key, path, captured) for key in ("if", "if_any", "unless")))

    def _clauses(self, data: Mapping[str, Any], key: str, path: Path, captured: set[str]) -> tuple[Clause, ...]:
        if key not in data:
            return ()
        value = data[key]
        items = value if isinstance(value, list) else [value]
        return tuple(
            self._clause(item, (*path, key, i) if isinstance(value, list) else (*path, key), captured)
            for i, item in enumerate(items)
        )

    def _clause(self, value: Any, path: Path, captured: set[str]) -> Clause:
        before = len(self.reading.problems)
        data = self.reading.mapping(path, value, "a clause")
        self.reading.keys(path, data, _CLAUSE_KEYS, "a clause")
        positions = [p for p in POSITIONS if p in data]
        if len(positions) != 1 and len(self.reading.problems) > before:
            return Clause("anywhere", Constant(False))
        if len(positions) != 1:
            self.reading.note(path, f"a clause says one of {', '.join(POSITIONS)}")
            return Clause("anywhere", Constant(False))
        position = positions[0]

        def optional(key: str) -> Predicate | None:
            return self.predicate(data[key], (*path, key)) if key in data else None

        self._late = True
        where = optional("where")
        self._late = False
        self._check_captures(where, captured, (*path, "where"))
        name = data.get("as")
        if name is not None:
            if not isinstance(name, str) or not name.isidentifier():
                self.reading.note((*path, "as"), '"as" takes a name of small letters')
                name = None
            else:
                captured.add(name)
        by = data.get("by")
        if by is not None and (by not in KEYS or position != "anywhere" or "since" in data or "until" in data):
            self.reading.note(
                (*path, "by"), f'"by" in a clause goes with "anywhere" alone and takes one of {", ".join(KEYS)}'
            )
            by = None
        received = self.reading.flag(path, data, "received", False)
        if received and (position not in ("before", "after") or "since" in data or "until" in data):
            self.reading.note((*path, "received"), '"received" goes with "before" or "after", without since and until')
        return Clause(
            position=position,
            predicate=self.predicate(data[position], (*path, position)),
            where=where,
            within=self._duration(data, "within", path),
            since=optional("since"),
            until=optional("until"),
            same=self._fields(data, "same", path),
            differs=self._fields(data, "differs", path),
            at_least=self._count(data, path),
            name=name,
            pick=self.reading.choice(path, data, "pick", PICKS, "nearest"),
            by=by,
            received=received,
            words=clause_words(data, position),
        )

    def _check_captures(self, where: Predicate | None, captured: set[str], path: Path) -> None:
        for name in references(where) - {""} - captured:
            self.reading.note(path, f'"${name}" names no earlier clause{did_you_mean(name, captured)}')

    def _duration(self, data: Mapping[str, Any], key: str, path: Path) -> int | None:
        if key not in data:
            return None
        value = self.value(data[key], (*path, key))
        if value is _UNKNOWN:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and str(data[key]).startswith("$"):
            return value
        try:
            return duration(value)
        except ValueError as error:
            self.reading.note((*path, key), str(error))
            return None

    def _fields(self, data: Mapping[str, Any], key: str, path: Path) -> tuple[str, ...]:
        names = self.reading.words(path, data, key)
        for name in names:
            if name == "person":
                self.reading.note((*path, key), f'"{name}" is a key: use it as "by"')
            elif not is_field(name):
                self.reading.note((*path, key), f'there is no field "{name}"{did_you_mean(name, PLAIN)}')
        return tuple(name for name in names if is_field(name) and name != "person")

    def _count(self, data: Mapping[str, Any], path: Path) -> int:
        value = self.value(data.get("at_least", 1), (*path, "at_least"))
        if value is _UNKNOWN:
            return 1
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.reading.note((*path, "at_least"), '"at_least" takes a whole number from 1 on')
            return 1
        return value


def references(predicate: Predicate | None) -> set[str]:
    """The names of evidence a predicate refers to (``""`` for the flagged event)."""
    if isinstance(predicate, Condition):
        return {predicate.operand.name} if isinstance(predicate.operand, Reference) else set()
    if isinstance(predicate, Every):
        return set().union(*(references(part) for part in predicate.parts))
    return references(predicate.part) if isinstance(predicate, Not) else set()


def clause_words(data: Mapping[str, Any], position: str) -> str:
    """A clause as part of a sentence, from its YAML, so that words and rule cannot drift apart."""
    subject = predicate_words(data[position])
    count = data.get("at_least")
    if count is not None:
        subject = f"at least {count} {subject}"
    place = {
        "before": f"{subject} came before",
        "after": f"{subject} comes after",
        "around": f"{subject} is around it",
        "anywhere": f"{subject} is anywhere in the timeline",
    }[position]
    words = [place]
    if "by" in data:
        words.append(f"of the same {data['by']}")
    if "within" in data:
        words.append(f"within {data['within']}")
    for key, said in (("same", "with the same"), ("differs", "with another")):
        if key in data:
            value = data[key]
            words.append(f"{said} {' and '.join(value) if isinstance(value, list) else value}")
    if "where" in data:
        words.append(f"where {predicate_words(data['where'])}")
    if "since" in data:
        words.append(f"counted since {predicate_words(data['since'])}")
    if "until" in data:
        words.append(f"up to {predicate_words(data['until'])}")
    if data.get("received"):
        words.append("by the order the collector received them")
    return " ".join(words)
