"""Our YAML with comments, and with what was inferred put into a plan that somebody wrote.

ruamel.yaml keeps what a person wrote: comments, blank lines, quotes, the order of keys (extra ``infer``).
"""

import io
import re
from typing import Any

from auditor.model.log import InputError
from auditor.model.plan import EACH, Plan, PlanError
from auditor.plans.formats.own import ALONE, BY_NAME
from auditor.plans.inference.planning import Inferred, Key
from auditor.plans.writers.own import document
from auditor.plans.writers.yaml_out import dumped

_BELOW = r"(?m)^(?P<outer> *)[^\s#-][^\n]*:[ ]*(?:#[^\n]*)?\n"
_MAP = re.compile(_BELOW + r"(?P<inner>(?P=outer) +)[^\s#-]")
_LIST = re.compile(_BELOW + r"(?P<inner>(?P=outer) *)- ")
_SECTIONS = ("properties", "traits", "context")
_WIDE = 1 << 16
"""Columns: no line is broken that a person left whole."""


class NotInstalled(InputError):
    """The library that keeps what a person wrote is not there."""


def annotated(inferred: Inferred) -> str:
    """The plan as our YAML, with a comment on how sure each part is."""
    data = _loaded(dumped(document(inferred.plan)))
    for member, name, event in _events(data):
        key = _key(member, name)
        _say(data if name is None else data[member], member if name is None else name, inferred.notes.get((key, ())))
        for section in _SECTIONS:
            if section in event:
                _annotate(event[section], inferred, key, (section,))
    return _dumped(data, None)


def merged(text: str, plan: Plan, inferred: Inferred, file: str) -> tuple[str, list[str]]:
    """The text of a plan (``plan`` is what it says) with what was inferred beside it, and what was added, in words.

    Nothing that stands there is changed. Raises ``PlanError`` for a plan in another format.
    """
    if plan.format != "auditor":
        raise PlanError(
            f"{file}: this plan is in the format {plan.format}, and only one in Auditor's own YAML can be added to; "
            f"`auditor plan convert {file} --to auditor` makes one"
        )
    data = _loaded(text)
    fresh = document(inferred.plan)
    added: list[str] = []
    for member, name, event in _events(fresh):
        key = _key(member, name)
        held = _held(data, member, name)
        if held is _ABSENT:
            home = data if name is None else _home(data, member)
            home[member if name is None else name] = _block(event)
            _say(home, member if name is None else name, f"inferred: {inferred.notes[key, ()]}")
            for section in _SECTIONS:
                if section in event:
                    _annotate(home[member if name is None else name][section], inferred, key, (section,))
            added.append(f"{name or member}: the event, {inferred.notes[key, ()]}")
        elif isinstance(held, dict) and "schema" not in held:
            added += [f"{name or member}: {way}" for way in _complete(held, event, inferred, key)]
        elif held is None and event:
            home = data if name is None else data[member]
            home[member if name is None else name] = _block(event)
            added.append(f"{name or member}: what it holds")
    return (_dumped(data, text) if added else text), added


# --- Adding -------------------------------------------------------------------------------------------------

_ABSENT: Any = object()


def _complete(held: Any, event: dict[str, Any], inferred: Inferred, key: Key) -> list[str]:
    """Put the sections and properties that were seen, and are not planned, into an event."""
    added = []
    for section in _SECTIONS:
        if section not in event:
            continue
        if held.get(section) is None:
            held[section] = _block(event[section])
            _annotate(held[section], inferred, key, (section,), "inferred: ")
            added.append(section)
        elif isinstance(held[section], dict):
            added += _members(held[section], event[section], inferred, key, (section,))
    return added


def _members(held: Any, seen: dict[str, Any], inferred: Inferred, key: Key, way: tuple[str, ...]) -> list[str]:
    added = []
    for name, said in seen.items():
        inner = (*way, name)
        if name not in held:
            held[name] = _block(said)
            _say(held, name, _note(inferred, key, inner, "inferred: "))
            _inside(held[name], inferred, key, inner, "inferred: ")
            added.append(".".join(inner))
        elif isinstance(held[name], dict) and isinstance(said, dict):
            for more, step in (("properties", ()), ("items", (EACH,))):
                there, new = held[name].get(more), said.get(more)
                if more == "items" and isinstance(there, dict) and isinstance(new, dict):
                    there, new = there.get("properties"), new.get("properties")
                if isinstance(there, dict) and isinstance(new, dict):
                    added += _members(there, new, inferred, key, (*inner, *step))
    return added


def _held(data: Any, member: str, name: str | None) -> Any:
    if name is None:
        return data.get(member, _ABSENT)
    home = data.get(member)
    return home.get(name, _ABSENT) if isinstance(home, dict) else _ABSENT


def _home(data: Any, member: str) -> Any:
    if data.get(member) is None:
        data[member] = _block({})
    return data[member]


def _events(data: Any) -> list[tuple[str, str | None, Any]]:
    found: list[tuple[str, str | None, Any]] = []
    for member in BY_NAME:
        held = data.get(member)
        found += [(member, name, event) for name, event in held.items()] if isinstance(held, dict) else []
    found += [(member, None, data[member]) for member in ALONE if isinstance(data.get(member), dict)]
    return found


def _key(member: str, name: str | None) -> Key:
    return BY_NAME.get(member, member), name


# --- Comments -----------------------------------------------------------------------------------------------


def _annotate(members: Any, inferred: Inferred, key: Key, way: tuple[str, ...], before: str = "") -> None:
    _on_lines(members)
    for name, said in members.items():
        _say(members, name, _note(inferred, key, (*way, name), before))
        _inside(said, inferred, key, (*way, name), before)


def _inside(said: Any, inferred: Inferred, key: Key, way: tuple[str, ...], before: str) -> None:
    for member in ("properties", "items"):
        held = said.get(member) if isinstance(said, dict) else None
        if not isinstance(held, dict):
            continue
        _on_lines(said)
        if member == "properties":
            _annotate(held, inferred, key, way, before)
        else:
            _inside(held, inferred, key, (*way, EACH), before)


def _note(inferred: Inferred, key: Key, way: tuple[str, ...], before: str) -> str | None:
    said = inferred.notes.get((key, way))
    return None if said is None else before + said


def _on_lines(held: Any) -> None:
    """Write the members of a map on lines of their own."""
    held.fa.set_block_style()


def _say(home: Any, name: str, text: str | None) -> None:
    if text is not None:
        home.yaml_add_eol_comment(text, name, column=0)


# --- The library --------------------------------------------------------------------------------------------


def _yaml(text: str | None) -> Any:
    try:
        from ruamel.yaml import YAML
    except ImportError as error:
        raise NotInstalled(
            "comments in YAML, and adding to a plan that is there, need ruamel.yaml: "
            "pip install 'tracking-auditor[infer]'"
        ) from error
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    yaml.allow_unicode = True
    if text is not None:
        offset = _step(text, _LIST, 0)
        yaml.indent(mapping=_step(text, _MAP, 2), sequence=offset + 2, offset=offset)
    return yaml


def _step(text: str, pattern: re.Pattern[str], default: int) -> int:
    """By how many blanks somebody sets in what stands below a key."""
    match = pattern.search(text)
    return default if match is None else len(match["inner"]) - len(match["outer"])


def _loaded(text: str) -> Any:
    return _yaml(None).load(text)


def _dumped(data: Any, text: str | None) -> str:
    out = io.StringIO()
    _yaml(text).dump(data, out)
    return out.getvalue()


def _block(value: Any) -> Any:
    """Plain data as the library holds it, so that comments can be put there."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, dict):
        return CommentedMap((key, _block(inner)) for key, inner in value.items())
    if isinstance(value, list):
        held = CommentedSeq(_block(inner) for inner in value)
        held.fa.set_flow_style()
        return held
    return value
