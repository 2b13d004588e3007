"""RudderStack's data catalog in YAML: properties, custom types, events and categories by id, and their JSON Schema.

The schemas are those that RudderStack's own API makes of the same catalog: draft 2019-09, custom types in ``$defs``,
variants as ``if`` and ``then``. Both versions of the files are read: v0.1 writes ``propConfig`` in camel case and
refers by ``#/properties/<group>/<id>``, v1 writes ``config`` in snake case and refers by ``#property:<id>``.
"""

import re
from typing import Any

import msgspec

from auditor.model.plan import pointed
from auditor.plans.shape import fragment
from auditor.plans.source import Origins, Path, Source

_REFERENCE = re.compile(
    r"#(?:/(?P<kinds>properties|events|custom-types|categories|tp)/(?P<group>[^/]+)/|"
    r"(?P<kind>property|event|custom-type|category|tracking-plan):)(?P<id>.+)"
)
_KINDS = {
    "properties": "properties",
    "property": "properties",
    "events": "events",
    "event": "events",
    "custom-types": "types",
    "custom-type": "types",
    "categories": "categories",
    "category": "categories",
    "tp": "plans",
    "tracking-plan": "plans",
}
_HOLDERS = {"properties": "properties", "events": "events", "custom-types": "types", "categories": "categories"}
"""By the kind of a file: the member of its ``spec`` that lists its entries."""

_SNAKE = re.compile(r"_([a-z])")


class Entry(msgspec.Struct):
    """One entry of the catalog: what is said of it, and where."""

    said: dict[str, Any]
    source: Source
    path: Path
    group: str
    used: bool = False


class Catalog:
    """Everything that a tracking plan may refer to, by kind and id."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, list[Entry]]] = {
            "properties": {}, "events": {}, "types": {}, "categories": {}
        }  # fmt: skip

    def add(self, source: Source) -> None:
        """Take in the entries of one file of the catalog."""
        kind = source.data.get("kind")
        holder = _HOLDERS[kind]
        spec, metadata = source.data.get("spec"), source.data.get("metadata")
        listed = spec.get(holder) if isinstance(spec, dict) else None
        group = str(metadata.get("name", "")) if isinstance(metadata, dict) else ""
        for number, said in enumerate(listed if isinstance(listed, list) else []):
            path: Path = ("spec", holder, number)
            if isinstance(said, dict) and isinstance(said.get("id"), str):
                self.entries[holder].setdefault(said["id"], []).append(Entry(said, source, path, group))
            else:
                source.refuse(None, path, "an entry of the catalog needs an id", said)

    def found(self, target: Any, kind: str) -> Entry | None:
        """What a reference leads to. Of two entries with one id that of the group which is named comes first."""
        match = _REFERENCE.fullmatch(target) if isinstance(target, str) else None
        if match is None or _KINDS[match["kinds"] or match["kind"]] != kind:
            return None
        same_id = self.entries[kind].get(match["id"], [])
        hits = [entry for entry in same_id if entry.group == match["group"]] or same_id
        if not hits:
            return None
        hits[0].used = True
        return hits[0]

    def unused(self) -> dict[str, list[dict[str, Any]]]:
        """Entries that nothing refers to; categories, which hold no schema, are all among them."""
        rest = {
            kind: [entry.said for same_id in by_id.values() for entry in same_id if not entry.used]
            for kind, by_id in self.entries.items()
            if kind != "categories"
        }
        rest["categories"] = [entry.said for same_id in self.entries["categories"].values() for entry in same_id]
        return {kind: held for kind, held in rest.items() if held}

    def ids(self) -> dict[str, dict[str, str]]:
        """The ids of what is used, by name: a schema knows only names."""
        named = {
            kind: {
                str(entry.said.get("name", identity)): identity
                for identity, same_id in self.entries[kind].items()
                for entry in same_id
                if entry.used
            }
            for kind in ("properties", "types")
        }
        return {kind: held for kind, held in named.items() if held}


class Schemas:
    """The schemas of one planned event: custom types that it uses gather in ``defs``."""

    def __init__(self, catalog: Catalog, event: str, origins: Origins) -> None:
        self.catalog = catalog
        self.event = event
        self.origins = origins
        self.defs: dict[str, Any] = {}
        self._names: dict[int, str] = {}

    def members(self, listed: Any, source: Source, path: Path, at: Path) -> dict[str, Any]:
        """``properties`` and ``required`` of an object whose properties are given by reference."""
        held: dict[str, Any] = {}
        required: list[str] = []
        if not isinstance(listed, list):
            if listed is not None:
                source.refuse(self.event, path, "properties are a list of references", listed)
            listed = []
        for number, said in enumerate(listed):
            here = (*path, number)
            target = said.get("property", said.get("$ref")) if isinstance(said, dict) else None
            entry = self.catalog.found(target, "properties")
            if entry is None:
                source.refuse(self.event, here, _nowhere(target, "property"), said)
                continue
            name = str(entry.said.get("name") or entry.said["id"])
            held[name] = self.property(entry, (*at, "properties", name))
            if "properties" in said or _one(said, "additional_properties", "additionalProperties") is not None:
                self.nest(held[name], said, source, here, (*at, "properties", name))
            if said.get("required") is True:
                required.append(name)
        return {"properties": held, "required": required} if required else {"properties": held}

    def nest(self, schema: dict[str, Any], said: dict[str, Any], source: Source, path: Path, at: Path) -> None:
        """What a rule says of the properties inside an object, or inside a list's objects."""
        allowed = _one(said, "additional_properties", "additionalProperties")
        holder = schema
        if "array" in schema.get("type", ()) and isinstance(schema.get("items"), dict):
            holder = schema["items"]
            at = (*at, "items")
        if "properties" in said:
            holder |= self.members(said["properties"], source, (*path, "properties"), at)
        holder["additionalProperties"] = True if allowed is None else allowed

    def property(self, entry: Entry, at: Path) -> dict[str, Any]:
        """The schema of a property of the catalog."""
        self.origins[at] = (entry.source, entry.path)
        said = entry.said
        kind = said.get("type")
        described = {"description": said["description"]} if "description" in said else {}
        if isinstance(kind, str) and kind.startswith("#"):
            target = self.type(kind, entry, "type")
            return ({"$ref": target} if target is not None else {}) | described
        return described | self.typed(entry, at)

    def typed(self, entry: Entry, at: Path) -> dict[str, Any]:
        """Types, configuration and items, of a property or a custom type."""
        said, schema = entry.said, {}
        self.origins[at] = (entry.source, entry.path)
        kinds = said.get("types", said.get("type"))
        if isinstance(kinds, str):
            kinds = [word.strip() for word in kinds.split(",") if word.strip()]
        if kinds:
            schema["type"] = _types(kinds)
            if "types" in said:
                self.origins[(*at, "type")] = (entry.source, (*entry.path, "types"))
        config_key = next((key for key in ("config", "propConfig") if isinstance(said.get(key), dict)), "config")
        config = dict(said.get(config_key) or {})
        items = _one(said, "item_types", "item_type")
        items = config.pop("itemTypes", config.pop("item_types", None)) if items is None else items
        for key, value in config.items():
            keyword = _SNAKE.sub(lambda match: match[1].upper(), key)
            schema[keyword] = value
            self.origins[(*at, keyword)] = (entry.source, (*entry.path, config_key, key))
        if items is not None:
            schema["items"] = self.items(entry, items)
        if "object" in schema.get("type", ()) and "properties" not in said:
            schema.setdefault("additionalProperties", True)
        return schema

    def items(self, entry: Entry, said: Any) -> Any:
        """What the items of a list are: types by name, or one custom type."""
        words = [said] if isinstance(said, str) else said
        if isinstance(words, list) and len(words) == 1 and isinstance(words[0], str) and words[0].startswith("#"):
            target = self.type(words[0], entry, "item_type")
            return {} if target is None else {"$ref": target}
        return {"type": _types(words)}

    def type(self, target: str, entry: Entry, member: str) -> str | None:
        """The reference to a custom type, whose schema is made when it is first met."""
        found = self.catalog.found(target, "types")
        if found is None:
            entry.source.refuse(self.event, (*entry.path, member), _nowhere(target, "custom type"), target)
            return None
        if id(found) not in self._names:
            name = str(found.said.get("name") or found.said["id"])
            self._names[id(found)] = name
            at: Path = ("$defs", name)
            self.defs[name] = {}
            schema = self.typed(found, at)
            if "description" in found.said:
                schema["description"] = found.said["description"]
            if "properties" in found.said:
                schema |= self.members(found.said["properties"], found.source, (*found.path, "properties"), at)
            schema |= self.variants(found.said.get("variants"), found.source, (*found.path, "variants"), at)
            self.defs[name] = schema
        return fragment(pointed(("$defs", self._names[id(found)])))

    def variants(self, listed: Any, source: Source, path: Path, at: Path) -> dict[str, Any]:
        """Cases by the value of one property, as conditions: ``if`` it is one of these, ``then`` that holds."""
        alternatives: list[dict[str, Any]] = []
        for number, said in enumerate(listed if isinstance(listed, list) else []):
            here = (*path, number)
            entry = self.catalog.found(said.get("discriminator"), "properties") if isinstance(said, dict) else None
            if entry is None:
                target = said.get("discriminator") if isinstance(said, dict) else said
                source.refuse(self.event, here, _nowhere(target, "property to tell cases by"), said)
                continue
            name = str(entry.said.get("name") or entry.said["id"])
            inner = (*at, "allOf", len(alternatives))
            alternatives.append({"type": "object", "allOf": self.cases(said, name, source, here, inner)})
        return {"allOf": alternatives} if alternatives else {}

    def cases(self, said: dict[str, Any], name: str, source: Source, path: Path, at: Path) -> list[dict[str, Any]]:
        """The conditions of one variant, the default last: for all other values."""
        conditions: list[dict[str, Any]] = []
        values: list[Any] = []
        listed = said.get("cases")
        for number, case in enumerate(listed if isinstance(listed, list) else []):
            here = (*path, "cases", number)
            match = case.get("match") if isinstance(case, dict) else None
            if not isinstance(match, list) or not match:
                source.refuse(self.event, here, "a case needs a list of values to match", case)
                continue
            values += match
            there = (*at, "allOf", len(conditions), "then")
            then = self.members(case.get("properties"), source, (*here, "properties"), there)
            about = {short: case[key] for key, short in (("display_name", "title"), ("description", "description"))
                     if isinstance(case.get(key), str)}  # fmt: skip
            conditions.append({**about, "if": _when(name, {"enum": match}), "then": then})
        default = said.get("default")
        where: Path = (*path, "default")
        if isinstance(default, dict):
            default, where = default.get("properties"), (*where, "properties")
        if default:
            then = self.members(default, source, where, (*at, "allOf", len(conditions), "then"))
            conditions.append({"if": _when(name, {"not": {"enum": values}}), "then": then})
        return conditions


def _when(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {name: schema}, "required": [name]}


def _one(said: dict[str, Any], *names: str) -> Any:
    return next((said[name] for name in names if said.get(name) is not None), None)


def _types(words: Any) -> Any:
    """Types as JSON Schema has them: one by its name, several in a list."""
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return words
    return words[0] if len(words) == 1 else sorted(words)


def _nowhere(target: Any, what: str) -> str:
    if not isinstance(target, str):
        return f"no reference to a {what}"
    return f"leads nowhere: there is no {what} {target} here; give the folder of the whole project"
