"""Why a part of a schema means nothing, in words that say what to write instead."""

from typing import Any

from auditor.plans.drafts import meta
from auditor.plans.source import shortened

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")

LIMITS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
"""In draft-04 a boolean beside the limit that it is about."""

_MEANT = {
    "any": "leave type out",
    "bool": 'write "boolean"',
    "date": 'write "string" with the format "date"',
    "date-time": 'write "string" with the format "date-time"',
    "datetime": 'write "string" with the format "date-time"',
    "double": 'write "number"',
    "enum": 'write "string" with enum',
    "float": 'write "number"',
    "int": 'write "integer"',
    "list": 'write "array"',
    "long": 'write "integer"',
    "text": 'write "string"',
    "timestamp": 'write "string" with the format "date-time"',
    "uuid": 'write "string" with the format "uuid"',
}
"""What people write for a type, and what they mean."""


def of_value(keyword: str, value: Any, draft: str) -> str:
    """Why a keyword cannot have this value by the rules of a draft."""
    shown = shortened(value)
    if keyword == "type":
        return f"{shown} is no type{_meant(value)}: JSON Schema has {', '.join(TYPES)}"
    if keyword == "required":
        if isinstance(value, bool):
            return "required is a list of names beside properties, not a mark on the property itself"
        return "draft-04 has no empty list of required names" if value == [] else f"required is a list, not {shown}"
    if keyword in LIMITS and isinstance(value, bool):
        return f"{keyword} is a number since draft-06; as a boolean it belongs to draft-04"
    [first, *_] = meta(draft).iter_errors({keyword: value})
    return f"{keyword} cannot be {shown}: {first.message}"


def of_pattern(pattern: str) -> str:
    """Why a regular expression is none."""
    hint = ""
    if "(?i)" in pattern or "(?s)" in pattern:
        hint = "; it has no flags such as (?i)"
    elif "(?P<" in pattern:
        hint = "; it writes (?<name>...) for (?P<name>...)"
    elif "\\Z" in pattern or "\\A" in pattern:
        hint = "; it writes ^ and $ for \\A and \\Z"
    return f"no regular expression that JSON Schema knows (ECMA-262){hint}: {pattern}"


def of_schema(value: Any) -> str:
    """Why a value is no schema."""
    if isinstance(value, bool):
        return "draft-04 has no true and false as schemas"
    return f"a schema is an object, not {shortened(value)}"


def _meant(value: Any) -> str:
    for word in value if isinstance(value, list) else [value]:
        if isinstance(word, str) and word not in TYPES:
            if word.lower() in TYPES:
                return f' (write "{word.lower()}")'
            if word.lower() in _MEANT:
                return f" ({_MEANT[word.lower()]})"
    return ""
