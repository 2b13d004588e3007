"""What of a JSON Schema means something by the rules of its draft; the rest is reported and left out.

Plans in the wild are dirty, and one bad keyword must not cost the check of everything beside it. So a schema is taken
apart: each keyword is held against the meta-schema of its draft by itself, and what does not fit is no constraint.
Where leaving a part out would make the rest stricter (under ``not``, beside ``additionalProperties``), that goes too.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import unquote

from auditor.model.plan import at, pointed, steps
from auditor.plans import reasons
from auditor.plans.drafts import DRAFT_4, DRAFT_2020, known_draft, knows, meta, validator
from auditor.plans.shape import LISTS, MAPS, SINGLES, fragment
from auditor.plans.source import Path

Refuse = Callable[[Path, str, Any], None]
"""Told of each part that means nothing: where it stands in the schema, why, and the part."""

_GONE: Any = object()

_TEXTS = frozenset({"description", "title", "$comment"})
_BOOLEANS = frozenset({"additionalItems", "additionalProperties"})
"""Where draft-04, too, lets a boolean stand for a schema."""
_STRICTER_IF_LOOSER = frozenset({"if", "not", "oneOf"})
_SAME_VALUE = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"})
_LEFT_OVER = {
    "additionalProperties": frozenset({"properties", "patternProperties"}),
    "additionalItems": frozenset({"items"}),
    "unevaluatedProperties": frozenset({"properties", "patternProperties", "$ref"}) | _SAME_VALUE,
    "unevaluatedItems": frozenset({"items", "prefixItems", "$ref"}) | _SAME_VALUE,
}
"""Keywords that speak of what others leave over, and those others."""


def cleaned(schema: dict[str, Any], draft: str, refuse: Refuse) -> dict[str, Any]:
    """The schema without what means nothing and without ids; the same object where nothing had to go."""
    clean: dict[str, Any] = _Cleaning(schema, draft, refuse).schema(schema, ())
    reason = _uncompilable(clean, draft)
    if reason is None:
        return clean
    refuse((), f"no validator can be made of this schema: {reason}", schema)
    return {}


class _Cleaning:
    """One schema on its way through: the root that references lead into, its draft, and how much was refused."""

    def __init__(self, root: dict[str, Any], draft: str, refuse: Refuse) -> None:
        self.root = root
        self.draft = draft
        self.id = "id" if draft == DRAFT_4 else "$id"
        self.told = 0
        self._refuse = refuse
        self._ids: dict[str, str] | None = None

    def refuse(self, path: Path, reason: str, part: Any) -> None:
        """Report a part and remember that the schema is less strict for it."""
        self.told += 1
        self._refuse(path, reason, part)

    def schema(self, schema: Any, path: Path) -> Any:
        """A schema without its invalid parts; ``{}`` where it is no schema at all."""
        if isinstance(schema, bool) and self.draft != DRAFT_4:
            return schema
        if not isinstance(schema, dict):
            self.refuse(path, reasons.of_schema(schema), schema)
            return {}
        kept: dict[str, Any] = {}
        loosened: set[str] = set()
        for keyword, value in schema.items():
            told = self.told
            new = self.keyword(schema, keyword, value, (*path, keyword))
            if new is not _GONE:
                kept[keyword] = new
            if self.told > told:
                loosened.add(keyword)
        if loosened:
            self.loosen(schema, kept, loosened)
        same = len(kept) == len(schema) and all(kept[keyword] is value for keyword, value in schema.items())
        return schema if same else kept

    def loosen(self, schema: dict[str, Any], kept: dict[str, Any], loosened: set[str]) -> None:
        """Take out what would forbid more now that the keywords it looks at say less."""
        for keyword, looked_at in _LEFT_OVER.items():
            for other in looked_at & loosened:
                whole = other in _SAME_VALUE or other == "$ref"
                if whole or other not in kept or (other in MAPS and len(kept[other]) < len(schema[other])):
                    kept.pop(keyword, None)

    def keyword(self, schema: dict[str, Any], keyword: str, value: Any, path: Path) -> Any:
        """What is left of a keyword's value, or ``_GONE``."""
        if keyword == self.id and isinstance(value, str):
            return _GONE
        if keyword == "$schema":
            return value if len(path) == 1 and known_draft(value) == self.draft else _GONE
        if keyword == "$ref":
            return self.reference(value, path)
        if keyword == "required" and isinstance(value, list):
            return self.names(value, path)
        holds = keyword in MAPS or keyword in LISTS or keyword in SINGLES
        if not holds:
            return self.leaf(keyword, value, path, schema)
        if not knows(self.draft, keyword):
            return value
        if keyword in MAPS and isinstance(value, dict):
            return self.by_name(value, keyword, path)
        listed = keyword in LISTS or (keyword == "items" and self.draft != DRAFT_2020)
        if listed and isinstance(value, list) and value:
            return self.in_order(value, keyword, path)
        if keyword in SINGLES and not isinstance(value, list):
            return self.alone(value, keyword, path)
        return self.leaf(keyword, value, path, schema)

    def by_name(self, held: dict[str, Any], keyword: str, path: Path) -> Any:
        """Schemas by name; under ``dependencies`` a list of names may stand instead."""
        kept: dict[str, Any] = {}
        for name, inner in held.items():
            here = (*path, name)
            if keyword == "patternProperties" and (reason := _no_pattern(name, self.draft)):
                self.refuse(here, reason, inner)
            elif keyword == "dependencies" and isinstance(inner, list):
                if (reason := _no_value(keyword, {name: inner}, self.draft)) is None:
                    kept[name] = inner
                else:
                    self.refuse(here, reason, inner)
            else:
                kept[name] = self.schema(inner, here)
        same = len(kept) == len(held) and all(kept[name] is inner for name, inner in held.items())
        return held if same else kept

    def in_order(self, held: list[Any], keyword: str, path: Path) -> Any:
        """Schemas in a list. Where exactly one must hold, one that says less could make two hold."""
        told = self.told
        kept = [self.schema(inner, (*path, number)) for number, inner in enumerate(held)]
        if self.told > told and keyword in _STRICTER_IF_LOOSER:
            return _GONE
        return held if all(new is old for new, old in zip(kept, held, strict=True)) else kept

    def alone(self, value: Any, keyword: str, path: Path) -> Any:
        """A schema alone."""
        if isinstance(value, bool) and keyword in _BOOLEANS:
            return value
        told = self.told
        kept = self.schema(value, path)
        pointless = keyword in _STRICTER_IF_LOOSER or not isinstance(value, dict | bool)
        return _GONE if self.told > told and pointless else kept

    def names(self, held: list[Any], path: Path) -> Any:
        """The names that ``required`` lists: each once, and no value that is no name."""
        kept: list[str] = []
        for number, name in enumerate(held):
            if not isinstance(name, str):
                self.refuse((*path, number), "a required property is given by its name", name)
            elif name in kept:
                self.refuse((*path, number), f'"{name}" is listed twice', name)
            else:
                kept.append(name)
        if not held:
            return self.leaf("required", held, path, {})
        if not kept:
            return _GONE
        return held if len(kept) == len(held) else kept

    def reference(self, target: Any, path: Path) -> Any:
        """A reference that leads to a schema within this one, or ``_GONE``."""
        if not isinstance(target, str):
            self.refuse(path, "a reference is given as text", target)
            return _GONE
        if self._ids is None:
            self._ids = dict(_ids(self.root, (), self.id))
        local = self._ids.get(target, target)
        if not local.startswith("#"):
            self.refuse(path, "leads out of the plan, and nothing is fetched: put what is meant into the plan", target)
            return _GONE
        pointer = local[1:] if at(self.root, local[1:]) is not None else unquote(local[1:])
        found = at(self.root, pointer) if pointer.startswith("/") or not pointer else None
        if not isinstance(found, dict | bool):
            self.refuse(path, f"leads nowhere: there is no schema at {local}", target)
            return _GONE
        if self.circular(pointer, path):
            self.refuse(path, "leads back to itself", target)
            return _GONE
        spelt = fragment(pointer)
        return target if spelt == target else spelt

    def circular(self, pointer: str, path: Path) -> bool:
        """Whether a reference leads to what holds it, with no step into a property or an item between."""
        holder = pointed(path[:-1])
        seen: set[str] = set()
        while pointer not in seen:
            seen.add(pointer)
            if holder == pointer or (holder.startswith(f"{pointer}/") and _in_place(holder[len(pointer) :])):
                return True
            found = at(self.root, pointer)
            onward = found.get("$ref") if isinstance(found, dict) else None
            if not isinstance(onward, str) or not onward.startswith("#"):
                return False
            pointer = unquote(onward[1:])
        return True

    def leaf(self, keyword: str, value: Any, path: Path, beside: dict[str, Any]) -> Any:
        """A keyword that holds no schema: kept if the meta-schema lets it stand."""
        if keyword in _TEXTS:
            reason = None if isinstance(value, str) else f"{keyword} is text"
        elif keyword == "pattern" and isinstance(value, str):
            reason = _no_pattern(value, self.draft)
        elif keyword in reasons.LIMITS and isinstance(value, bool) and self.draft == DRAFT_4:
            reason = (
                None
                if reasons.LIMITS[keyword] in beside
                else f"{keyword} says something of {reasons.LIMITS[keyword]} only"
            )
        else:
            reason = _no_value(keyword, value, self.draft)
        if reason is None:
            return value
        self.refuse(path, reason, value)
        return _GONE


# --- Single questions ---------------------------------------------------------------------------------------


def _ids(schema: Any, path: Path, keyword: str) -> Iterator[tuple[str, str]]:
    """What a schema's ids and anchors name, as local references."""
    if not isinstance(schema, dict):
        return
    said, anchor = schema.get(keyword), schema.get("$anchor")
    if isinstance(said, str) and said != "#":
        yield said, fragment(pointed(path))
    if isinstance(anchor, str):
        yield f"#{anchor}", fragment(pointed(path))
    for key, value in schema.items():
        if key in MAPS and isinstance(value, dict):
            for name, inner in value.items():
                yield from _ids(inner, (*path, key, name), keyword)
        elif isinstance(value, list) and (key in LISTS or key == "items"):
            for number, inner in enumerate(value):
                yield from _ids(inner, (*path, key, number), keyword)
        elif key in SINGLES:
            yield from _ids(value, (*path, key), keyword)


def _in_place(way: str) -> bool:
    """Whether steps stay with the same value: alternatives and conditions do, properties and items do not."""
    return all(step in _SAME_VALUE or step.isdigit() for step in steps(way))


def _no_pattern(pattern: str, draft: str) -> str | None:
    broken = _uncompilable({"pattern": pattern}, draft)
    return None if broken is None else reasons.of_pattern(pattern)


def _no_value(keyword: str, value: Any, draft: str) -> str | None:
    return _no_value_as_text(keyword, json.dumps(value), draft)


@cache
def _no_value_as_text(keyword: str, text: str, draft: str) -> str | None:
    if meta(draft).is_valid({keyword: json.loads(text)}):
        return None
    return reasons.of_value(keyword, json.loads(text), draft)


def _uncompilable(schema: dict[str, Any], draft: str) -> str | None:
    from jsonschema_rs import ReferencingError, ValidationError

    try:
        validator(draft, schema)
    except (ValidationError, ReferencingError, ValueError) as error:
        return str(error).splitlines()[0]
    return None
