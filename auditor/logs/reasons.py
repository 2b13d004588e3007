"""Why bytes are no JSON, in words that people understand."""

import json
import re

import msgspec

UNDECODABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
"""What decoding raises for bytes that are no record."""

_LOOKED_AT = 1 << 20
_NO_NUMBER = re.compile(rb"[\[:,]\s*(-?Infinity|NaN)\b")
_HALF = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


def why_not_json(data: bytes, error: Exception) -> str:
    """The reason for a reject."""
    try:
        data.decode()
    except UnicodeDecodeError as bad:
        return f"not valid UTF-8: byte 0x{bad.object[bad.start]:02x}"
    if isinstance(error, RecursionError):
        return "nested too deeply to be read"
    said = str(error)
    if "out of range" in said:
        return "a number is too large to be read"
    if b"\x00" in data:
        return "not valid JSON: a NUL byte"
    if data.lstrip()[:1] not in (b"{", b"["):
        return "not JSON: an event begins with {"
    if len(data) <= _LOOKED_AT and _laxly_valid(data):
        strange = _NO_NUMBER.search(data)
        if strange:
            return f"not valid JSON: {strange[1].decode()} is no number"
        half = _HALF.search(data)
        if half:
            return f"not valid JSON: {half[0].decode()} is half of a character (a surrogate that stands alone)"
    if "truncated" in said:
        return "not valid JSON: cut off in the middle"
    return f"not valid JSON: {said.removeprefix('JSON is malformed: ')}"


def _laxly_valid(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
