"""JSON Schema's drafts 04 to 2020-12: which of them a schema follows, and what each makes of a keyword."""

from functools import cache
from typing import Any

DRAFTS = {
    "http://json-schema.org/draft-04/schema#": "Draft4Validator",
    "http://json-schema.org/draft-06/schema#": "Draft6Validator",
    "http://json-schema.org/draft-07/schema#": "Draft7Validator",
    "https://json-schema.org/draft/2019-09/schema": "Draft201909Validator",
    "https://json-schema.org/draft/2020-12/schema": "Draft202012Validator",
}
"""The meta-schemas whose rules are known, and the validator of that name in jsonschema and in jsonschema-rs."""

DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019, DRAFT_2020 = DRAFTS

_AGE = {uri: age for age, uri in enumerate(DRAFTS)}
_KNOWN = {uri.split("//", 1)[1].rstrip("#"): uri for uri in DRAFTS}

_FIRST = {
    "contains": DRAFT_6,
    "propertyNames": DRAFT_6,
    "if": DRAFT_7,
    "then": DRAFT_7,
    "else": DRAFT_7,
    "contentSchema": DRAFT_2019,
    "dependentSchemas": DRAFT_2019,
    "unevaluatedItems": DRAFT_2019,
    "unevaluatedProperties": DRAFT_2019,
    "prefixItems": DRAFT_2020,
}
"""Keywords that hold schemas, and the draft that brought them; to an older one they are annotations."""


def known_draft(said: Any) -> str | None:
    """The draft that ``$schema`` names, however it is spelled (http or https, with # or without)."""
    if not isinstance(said, str) or "//" not in said:
        return None
    return _KNOWN.get(said.split("//", 1)[1].rstrip("#").rstrip("/"))


def knows(draft: str, keyword: str) -> bool:
    """Whether a keyword that holds schemas is one in this draft. ``$defs`` and ``definitions`` serve them all."""
    if keyword == "additionalItems":
        return draft != DRAFT_2020
    first = _FIRST.get(keyword)
    return first is None or _AGE[draft] >= _AGE[first]


def validator(draft: str, schema: dict[str, Any]) -> Any:
    """A validator of jsonschema-rs by the rules of a draft. Raises its ``ValidationError`` where none can be made."""
    import jsonschema_rs

    return getattr(jsonschema_rs, DRAFTS[draft])(schema)


@cache
def meta(draft: str) -> Any:
    """The validator that tells schemas of a draft from what is none."""
    return validator(draft, {"$ref": draft})
