"""JSON merge patches (RFC 7386): what is different from what would follow anyway, and putting it back."""

import json
from typing import Any


def patched(held: Any, patch: Any) -> Any:
    """A value with a patch applied; neither is changed."""
    if not isinstance(patch, dict):
        return patch
    result = dict(held) if isinstance(held, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), value)
    return result


def patch_between(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any] | None:
    """The patch that makes one map of another; ``None`` where there is none, because a null cannot be set by one."""
    patch: dict[str, Any] = {}
    for key in old.keys() - new.keys():
        patch[key] = None
    for key, value in new.items():
        if key in old and same(old[key], value):
            continue
        before = old.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            inner = patch_between(before, value)
            if inner is None:
                return None
            patch[key] = inner
        elif _holds_null(value):
            return None
        else:
            patch[key] = value
    return patch


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: true is not 1, 1.0 is not 1, and the order of keys says nothing."""
    return one is other or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _holds_null(value: Any) -> bool:
    """Whether a patch would take a null in a value for a removal."""
    return value is None or (isinstance(value, dict) and any(_holds_null(inner) for inner in value.values()))
