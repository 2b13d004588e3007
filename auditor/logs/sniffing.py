"""What unknown bytes are, told by how they begin: an event log or not, and in which of two ways it is laid out."""

import json
import re

import msgspec

BOM = b"\xef\xbb\xbf"
ZIP = b"PK\x03\x04"
SCANNER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
"""Finds where a JSON value ends. Fed with latin-1, one character a byte: no bad byte can stop it."""

_ROWS = 20
"""Rows that are looked at to tell the layout, should the first ones be damaged."""
_OPENS = re.compile(rb'\s*(?:\{\s*["}]|\[\s*[\[\]{"\d-])')
_HAR = re.compile(rb'\s*\{\s*"log"\s*:\s*\{\s*"(?:version|creator|browser|pages|entries|comment)"')
_UTF_16 = re.compile(rb"\xff\xfe|\xfe\xff|(?:[\x01-\x7f]\x00){4}|(?:\x00[\x01-\x7f]){4}")
_PACKED = {
    ZIP: "a zip archive inside another: unpack it first",
    b"\x28\xb5\x2f\xfd": "packed with zstd: pip install 'tracking-auditor[zstd]', or unpack it first (zstd -d)",
    b"BZh": "packed with bzip2: unpack it first (bunzip2)",
    b"\xfd7zXZ": "packed with xz: unpack it first (unxz)",
}
_UNDECODABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)


def why_no_log(head: bytes, *, named: bool) -> str | None:
    """Why bytes that begin so are no event log, or ``None`` if they may be one.

    A file that people ``named`` themselves gets the benefit of the doubt; one that was met in a folder must show
    JSON. A NUL or two make no binary file of a log.
    """
    for magic, words in _PACKED.items():
        if head.startswith(magic):
            return words
    if _UTF_16.match(head):
        return "UTF-16 text: save it as UTF-8"
    if b"\x00" in head and not shows_json(head):
        return "binary data, not an event log"
    if not named and head.strip() and not shows_json(head):
        return "no JSON, so no event log"
    return None


def is_har(head: bytes) -> bool:
    """Whether bytes begin as a HAR file does: what a browser recorded of its own requests."""
    return _HAR.match(head.removeprefix(BOM)) is not None


def shows_json(head: bytes) -> bool:
    """Whether bytes begin as JSON does, or hold a line that is a whole JSON object."""
    text = head.removeprefix(BOM)
    if _OPENS.match(text):
        return True
    return any(row.lstrip()[:1] == b"{" and _whole(row) for row in text.split(b"\n"))


def laid_out_in_lines(head: bytes) -> bool:
    """Whether each record has a line of its own (JSON Lines); else records span lines, share one, or form an array."""
    text = head.removeprefix(BOM).decode("latin-1")
    at = 0
    for _ in range(_ROWS):
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        if at >= len(text):
            return True
        stop = text.find("\n", at)
        if text[at] in "{[":
            lines = _in_lines(text, at, stop)
            if lines is not None:
                return lines
        if stop < 0:
            return True
        at = stop + 1
    return True


def _in_lines(text: str, at: int, stop: int) -> bool | None:
    """What the value at a row's beginning says about the layout; ``None`` if it is damaged within its row."""
    try:
        _, end = SCANNER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        if stop < 0:
            return text[at] == "{"
        # Past the first token of the next row: a value that goes on there. At it: one that was cut off before.
        return False if text[stop : error.pos].strip() else None
    except RecursionError:
        return None
    if text[at] == "[" or "\n" in text[at:end]:
        return False
    rest = text[end : stop if stop >= 0 else len(text)].strip()
    return True if not rest else False if rest[0] in ",{[" else None


def _whole(row: bytes) -> bool:
    try:
        msgspec.json.decode(row, type=dict[str, msgspec.Raw])
    except _UNDECODABLE:
        return False
    return True
