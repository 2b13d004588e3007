"""How a call breaks its schema, in words: kind, property, what is wrong. Never the value of a sensitive property.

jsonschema-rs decides what is wrong; jsonschema, the reference, says how. The same schema failing in the same places
with values of the same types is worded once, since a mistake in the code is made by each of its calls.
"""

import re
from collections.abc import Iterable, Iterator
from re import Pattern
from typing import TYPE_CHECKING, Any

import jsonschema
import jsonschema_rs
from jsonschema.exceptions import FormatError, best_match

from auditor.model.event import Event
from auditor.model.violation import ADDITIONAL, DATATYPE, REQUIRED, UNKNOWN, VALUE, Violation
from auditor.plans.drafts import DRAFTS
from auditor.plans.spelling import meant

if TYPE_CHECKING:
    from auditor.plans.conformance import Judge

_KINDS = {
    **dict.fromkeys(("required", "dependentRequired", "dependencies"), REQUIRED),
    "type": DATATYPE,
    **dict.fromkeys(("additionalProperties", "unevaluatedProperties", "falseSchema", "propertyNames"), ADDITIONAL),
    **dict.fromkeys(("enum", "const", "pattern", "format", "multipleOf", "uniqueItems", "contains"), VALUE),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), VALUE),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), VALUE),
}
"""What a keyword of JSON Schema that does not hold is called."""
_LIMITS = {
    "minimum": "is less than {}, the least that the plan permits",
    "maximum": "is more than {}, the most that the plan permits",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "is no multiple of {}",
    "minLength": "is shorter than {} characters",
    "maxLength": "is longer than {} characters",
    "minItems": "has fewer than {} items",
    "maxItems": "has more than {} items",
    "minProperties": "has fewer than {} members",
    "maxProperties": "has more than {} members",
    "uniqueItems": "holds one item twice",
    "contains": "holds no item of the planned kind",
}
_PLAIN = re.compile(r"[^\W\d]{1,30}(?:[ _.-][^\W\d]{1,30}){0,3}")
"""Values that may be shown where a list of values is planned: words, which name no person's number or address."""
_SHOWN, _LONG, _REMEMBERED = 6, 60, 10_000
_TYPES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}

Error = jsonschema.ValidationError
Words = tuple[str, str, str, str]
"""Kind, property, words, keyword."""


class Wording:
    """Words what is wrong. ``sensitive`` finds the keys whose values are not shown."""

    def __init__(self, sensitive: Pattern[str] | None) -> None:
        self.sensitive = sensitive
        self._references: dict[Judge, Any] = {}
        self._memo: dict[tuple[Any, ...], tuple[Words, ...]] = {}

    def violations(self, judge: "Judge", event: Event, label: str) -> Iterator[Violation]:
        """How a call breaks a schema; each property and kind once."""
        instance = judge.instance(event)
        found = list(judge.fast.iter_errors(instance))
        key = (judge, *(self._signature(error) for error in found))
        worded = self._memo.get(key)
        if worded is None:
            if len(self._memo) >= _REMEMBERED:
                self._memo.clear()
            worded = self._memo[key] = tuple(self._worded(judge, instance, found))
        common = judge.planned.type == "common"
        for kind, name, words, keyword in worded:
            yield Violation(kind, label, name, words, keyword, common)

    def _signature(self, error: Any) -> tuple[Any, ...]:
        """What the words follow from: where, which keyword, which names, the type of the value and, where it would be
        shown, the value."""
        kind = error.kind
        names = getattr(kind, "unexpected", None) or getattr(kind, "property", "")
        path = tuple(error.instance_path)
        shown = error.instance if kind.name == "enum" and self._may_show(path, error.instance) else None
        return path, tuple(error.schema_path), str(names), type_of(error.instance), shown

    def _worded(self, judge: "Judge", instance: Any, found: list[Any]) -> Iterator[Words]:
        """The words for what jsonschema-rs found, by the reference's errors at the same places."""
        wanted = {(tuple(error.instance_path), _keyword(error)) for error in found}
        met = set()
        told = set()
        for error in self._reference(judge).iter_errors(instance):
            place = (tuple(error.absolute_path), error.validator or "falseSchema")
            if place not in wanted:
                continue  # the reference alone takes offence
            met.add(place)
            for words in self._of(error):
                if words[:2] not in told:
                    told.add(words[:2])
                    yield words
        for path, keyword in sorted(wanted - met, key=str):
            words = (_KINDS.get(keyword, UNKNOWN), dotted(path), "does not fit the plan", keyword)
            if words[:2] not in told:
                told.add(words[:2])
                yield words

    def _reference(self, judge: "Judge") -> Any:
        found = self._references.get(judge)
        if found is None:
            found = self._references[judge] = reference(judge.schema, judge.planned.draft)
        return found

    # One error ------------------------------------------------------------------------------------------------

    def _of(self, error: Error) -> Iterator[Words]:
        keyword = str(error.validator or "falseSchema")
        path = tuple(error.absolute_path)
        if error.context:
            yield self._of_alternatives(error)
        elif keyword in ("required", "dependentRequired", "dependencies"):
            for name in _missing(error):
                yield REQUIRED, dotted((*path, name)), "is missing, but the plan requires it", keyword
        elif keyword in ("additionalProperties", "unevaluatedProperties"):
            names = _unplanned(error)
            planned = list(error.schema.get("properties", ())) if isinstance(error.schema, dict) else []
            for name in names:
                close = meant(name, planned)
                hint = f"; did you mean {close}?" if close else ""
                yield ADDITIONAL, dotted((*path, name)), f"is not in the plan{hint}", keyword
            if not names:
                yield ADDITIONAL, dotted(path), "holds what is not in the plan", keyword
        else:
            yield _KINDS.get(keyword, UNKNOWN), dotted(path), self._said(error, keyword, path), keyword

    def _said(self, error: Error, keyword: str, path: tuple[str | int, ...]) -> str:
        held, wanted = error.instance, error.validator_value
        if keyword == "type":
            return f"is {a(type_of(held))}, but the plan says {_types(wanted)}"
        if keyword in ("enum", "const"):
            values = wanted if keyword == "enum" else [wanted]
            seen = f'"{held}"' if self._may_show(path, held) else a(type_of(held))
            return f"is {seen}, which is none of the planned values ({_listed(values)})"
        if keyword == "pattern":
            return f"does not match the planned pattern {_cut(str(wanted))}"
        if keyword == "format":
            return f"is no {wanted}, which is the planned format"
        if keyword == "falseSchema":
            return "is there, but the plan forbids it"
        if keyword == "propertyNames":
            return "has a name that the plan does not permit"
        if keyword in _LIMITS:
            return _LIMITS[keyword].format(wanted)
        return f'does not fit what the plan says under "{keyword}"'

    def _of_alternatives(self, error: Error) -> Words:
        """An error of ``anyOf``, ``oneOf`` and their like: the one reason, if all alternatives fail at one place for
        the same one; the best match, if it is clear; else that none fits."""
        path, leaves = tuple(error.absolute_path), list(error.context)
        here = all(tuple(leaf.absolute_path) == path for leaf in leaves)
        if here and all(leaf.validator == "type" for leaf in leaves):
            wanted = [name for leaf in leaves for name in _names(leaf.validator_value)]
            words = f"is {a(type_of(error.instance))}, but the plan says {_types(wanted)}"
            return DATATYPE, dotted(path), words, "type"
        if here and all(leaf.validator in ("type", "enum", "const", "pattern", "format") for leaf in leaves):
            fitting = [leaf for leaf in leaves if leaf.validator != "type"]
            if len(fitting) == 1:
                return next(self._of(fitting[0]))
        best = best_match(iter([error]))
        if best is not None and best is not error and not best.context:
            return next(self._of(best))
        return UNKNOWN, dotted(path), "fits none of the planned alternatives", str(error.validator)

    def _may_show(self, path: tuple[str | int, ...], value: Any) -> bool:
        if not isinstance(value, str) or not _PLAIN.fullmatch(value):
            return False
        return self.sensitive is None or not any(isinstance(s, str) and self.sensitive.search(s) for s in path)


def reference(schema: dict[str, Any], draft: str) -> Any:
    """The validator of jsonschema by the rules of a draft, its formats as jsonschema-rs reads them."""
    return getattr(jsonschema, DRAFTS[draft])(schema, format_checker=_Formats(draft))


class _Formats(jsonschema.FormatChecker):
    """Formats as jsonschema-rs reads them."""

    def __init__(self, draft: str) -> None:
        self.draft = draft
        self._memo: dict[str, Any] = {}

    def check(self, instance: object, format: str) -> None:
        """Raises ``FormatError`` where a value does not have the format."""
        known = self._memo.get(format)
        if known is None:
            kind = getattr(jsonschema_rs, DRAFTS[self.draft])
            known = self._memo[format] = kind({"format": format}, validate_formats=True)
        if not known.is_valid(instance):
            raise FormatError(f"no {format}")


# --- Words ------------------------------------------------------------------------------------------------------


def dotted(path: Iterable[str | int]) -> str:
    """A place in a call as Segment writes it, any item of a list being one: ``properties.products[].price``."""
    text = ""
    for step in path:
        text += "[]" if isinstance(step, int) else f".{step}" if text else step
    return text


def type_of(value: Any) -> str:
    """The JSON type of a value."""
    return "null" if value is None else _TYPES.get(type(value), "number")


def a(noun: str) -> str:
    """A type with its article."""
    return noun if noun == "null" else f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _names(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(map(str, value))


def _types(value: Any) -> str:
    return " or ".join(dict.fromkeys(_names(value)))


def _keyword(error: Any) -> str:
    """The keyword of an error of jsonschema-rs as the reference names it."""
    if error.kind.name == "falseSchema":
        return "falseSchema"
    steps = [step for step in error.schema_path if isinstance(step, str)]
    return steps[-1] if steps else ""


def _missing(error: Error) -> list[str]:
    wanted: Any = error.validator_value
    held: Any = error.instance
    if isinstance(wanted, dict):  # dependencies: those of the members that are there
        named = [names for key, names in wanted.items() if key in held and isinstance(names, list)]
        wanted = [name for names in named for name in names]
    return [name for name in dict.fromkeys(wanted) if name not in held] if isinstance(held, dict) else []


def _unplanned(error: Error) -> list[str]:
    schema, held = error.schema, error.instance
    if not isinstance(schema, dict) or not isinstance(held, dict) or error.validator == "unevaluatedProperties":
        return re.findall(r"'([^']*)'", error.message) if error.validator == "unevaluatedProperties" else []
    named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    return [key for key in held if key not in named and not any(re.search(pattern, key) for pattern in patterns)]


def _listed(values: Any) -> str:
    shown = [_cut(str(value)) for value in list(values)[:_SHOWN]]
    return ", ".join(shown) + (", ..." if len(values) > _SHOWN else "")


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[: _LONG - 3]}..."
