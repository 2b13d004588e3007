"""Properties in short: how our own YAML says a JSON Schema, and how a schema is said in it.

``string``, ``string!`` (required), ``string | null``, ``string[]`` (a list of them), ``any``, ``email`` (a format); or
a map, whose members are JSON Schema's own, with ``type`` in short, ``required: true`` on the property itself,
``values`` for ``enum``, ``additional`` for ``additionalProperties``, and ``properties`` and ``items`` in short again;
or ``schema:`` with a JSON Schema as it is. Whatever can be said shortly and means the same is said shortly.
"""

from typing import Any

from auditor.plans.patch import same
from auditor.plans.source import Origins, Path, Source

FORMATS = frozenset(
    {"date", "date-time", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uri-reference", "uuid"}
)
"""Formats of text that stand for themselves."""

_ANY = "any"
_RENAMED = {"values": "enum", "additional": "additionalProperties"}
_BACK = {said: short for short, said in _RENAMED.items()}
_OURS = frozenset({"required", "schema", *_RENAMED})


class Misspelt(Exception):
    """A property that is said in no way that this language has; with the path of the part."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__(text)
        self.path = path
        self.text = text


# --- From short to schema -----------------------------------------------------------------------------------


def long(said: Any, source: Source, path: Path, origins: Origins, at: Path) -> tuple[Any, bool]:
    """The schema of a property and whether it is required.

    ``path`` is where it is said, ``at`` where its schema will stand; what was said elsewhere goes into ``origins``.
    Raises ``Misspelt``.
    """
    origins[at] = (source, path)
    if said is None:
        return {}, False
    if isinstance(said, str):
        required = said.rstrip().endswith("!")
        typed = _typed(said.rstrip().removesuffix("!").rstrip(), path)
        origins |= {(*at, keyword): (source, path) for keyword in typed}
        return typed, required
    if not isinstance(said, dict):
        raise Misspelt(path, "a property is given by its type (string, integer!, string[] | null), or by a map")
    required = said.get("required", False)
    if not isinstance(required, bool):
        raise Misspelt((*path, "required"), "required is true or false: it is said of the property itself")
    if "schema" in said:
        beside = sorted(said.keys() - {"schema", "required"})
        if beside:
            raise Misspelt((*path, beside[0]), f"beside schema stands nothing but required, not {beside[0]}")
        origins[at] = (source, (*path, "schema"))
        return said["schema"], required
    schema: dict[str, Any] = {}
    for key, value in said.items():
        keyword = str(_RENAMED.get(key, key))
        here, there = (*path, key), (*at, keyword)
        if key == "required":
            continue
        if key == "type" and isinstance(value, str):
            for meant, of_it in _typed(value, here).items():
                origins[(*at, meant)] = (source, here)
                schema[meant] = of_it
        elif key == "properties" and isinstance(value, dict):
            schema |= members(value, source, here, origins, at)
        elif key == "items" and not isinstance(value, list):
            origins[there] = (source, here)
            schema["items"], must = long(value, source, here, origins, there)
            if must:
                raise Misspelt(here, "an item of a list cannot be required")
        else:
            origins[there] = (source, here)
            schema[keyword] = value
    return schema, required


def members(said: dict[str, Any], source: Source, path: Path, origins: Origins, at: Path) -> dict[str, Any]:
    """``properties`` and, where some of them are, ``required`` of an object whose properties are given in short."""
    held: dict[str, Any] = {}
    required: list[str] = []
    origins[(*at, "properties")] = (source, path)
    for name, inner in said.items():
        held[name], must = long(inner, source, (*path, name), origins, (*at, "properties", name))
        if must:
            required.append(name)
    return {"properties": held, "required": required} if required else {"properties": held}


def _typed(text: str, path: Path) -> dict[str, Any]:
    """What a type in short means."""
    words = [word.strip() for word in text.split("|")]
    if "" in words:
        raise Misspelt(path, f'"{text}" is no type; write string, string[], string | null, any, date-time ...')
    if len(words) > 1:
        if odd := [word for word in words if word == _ANY or word in FORMATS or "[]" in word]:
            raise Misspelt(path, f'"{odd[0]}" cannot be one of several types in short: give a map with schema:')
        return {"type": words}
    [word] = words
    if word == _ANY:
        return {}
    if word.endswith("[]"):
        inner = word.removesuffix("[]").strip()
        return {"type": "array", "items": _typed(inner, path)} if inner else {"type": "array"}
    if word in FORMATS:
        return {"type": "string", "format": word}
    return {"type": word}


# --- From schema to short -----------------------------------------------------------------------------------


def short(schema: Any, required: bool) -> Any:
    """The shortest way to say a property that means just this schema."""
    said = _said(schema, required)
    return said if _means(said, schema, required) else _raw(schema, required)


def short_members(schema: dict[str, Any]) -> dict[str, Any] | None:
    """``properties`` and ``required`` of a schema in short; ``None`` where that cannot be said so."""
    held, required = schema.get("properties"), schema.get("required", [])
    if not isinstance(held, dict) or not isinstance(required, list):
        return None
    if required == [] and "required" in schema:
        return None
    if not all(isinstance(name, str) and name in held for name in required) or len(set(required)) < len(required):
        return None
    return {name: short(inner, name in required) for name, inner in held.items()}


def _said(schema: Any, required: bool) -> Any:
    if not isinstance(schema, dict):
        return _raw(schema, required)
    said: dict[str, Any] = {}
    rest = dict(schema)
    kind = _short_type(rest)
    if kind is not None:
        said["type"] = kind
    elif "type" in rest:
        said["type"] = rest.pop("type")
    if required:
        said["required"] = True
    inner = short_members(rest)
    if inner is not None:
        rest.pop("properties")
        rest.pop("required", None)
    for key, value in rest.items():
        if key in _OURS:
            return _raw(schema, required)
        said[_BACK.get(key, key)] = short(value, False) if key == "items" and isinstance(value, dict | bool) else value
    if inner is not None:
        said["properties"] = inner
    if not said.keys() - {"type", "required"} and isinstance(word := said.get("type", _ANY), str):
        return f"{word}!" if required else word
    return said


def _short_type(rest: dict[str, Any]) -> str | None:
    """The type in short; the keywords that it stands for are taken out."""
    kind = rest.get("type")
    if isinstance(kind, list) and len(kind) > 1 and all(_is_word(word) for word in kind):
        rest.pop("type")
        return " | ".join(kind)
    if not isinstance(kind, str) or not _is_word(kind):
        return None
    if kind == "array":
        items = rest.get("items")
        inner = short(items, False) if isinstance(items, dict) else None
        if isinstance(inner, str) and "|" not in inner:
            rest.pop("type")
            rest.pop("items")
            return f"{inner}[]"
    if kind == "string" and isinstance(rest.get("format"), str) and rest["format"] in FORMATS:
        rest.pop("type")
        return str(rest.pop("format"))
    rest.pop("type")
    return kind


def _is_word(word: Any) -> bool:
    """Whether a type can be said by its name: it is one, and not one of ours."""
    return (
        isinstance(word, str)
        and word == word.strip() != ""
        and not set("|![]") & set(word)
        and word != _ANY
        and word not in FORMATS
    )


def _raw(schema: Any, required: bool) -> Any:
    return {"schema": schema, "required": True} if required else {"schema": schema}


def _means(said: Any, schema: Any, required: bool) -> bool:
    """Whether something said in short means just this; the order of required names aside, which says nothing."""
    try:
        meant = long(said, NOWHERE, (), {}, ())
    except Misspelt:
        return False
    return meant[1] == required and same(settled(meant[0]), settled(schema))


def settled(schema: Any) -> Any:
    """A schema whose ``required`` names are in order, at every depth, to be compared."""
    if isinstance(schema, dict):
        return {
            key: sorted(value) if key == "required" and _names(value) else settled(value)
            for key, value in schema.items()
        }
    return [settled(inner) for inner in schema] if isinstance(schema, list) else schema


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


class _Nowhere:
    data = None
    file = ""

    def line(self, path: Path) -> int | None:
        return None


NOWHERE = Source(_Nowhere())
