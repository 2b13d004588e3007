"""A rule's mutants: the same rule with one thing changed that its examples should notice.

Everything that decides what is flagged is changed in turn: clauses, their words, conditions of predicates, options of
a check, kinds. A defined name is one thing, since it is the vocabulary's; so is a parameter, which a site may set.
Nothing is changed that an example cannot show: names, texts, whether the rule is switched on, what it supersedes.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from auditor.language.params import duration
from auditor.language.predicate_mutants import ANYTHING, NOTHING, predicate_changes
from auditor.language.reading import Path
from auditor.language.sentence import predicate_words
from auditor.language.written import GONE, Change, shown

_GROUPS = ("if", "if_any", "unless")
_WIDER = {"before": "anywhere", "after": "anywhere"}
_TURNED = {
    "before": ("after",),
    "after": ("before",),
    "around": ("before", "after"),
    "anywhere": ("before", "after"),
}
EXISTS = {"exists": True}
_OTHER_KEY = "lane"
_OTHER_THAN_LANE = "user"


@dataclass(frozen=True)
class Mutant:
    """A changed rule: ``text`` says what was changed ("`since: reset` is gone"), ``path`` where that stands."""

    data: Mapping[str, Any]
    text: str
    path: Path


def mutants(data: Mapping[str, Any], params: Mapping[str, Any], options: Mapping[str, str]) -> Iterator[Mutant]:
    """Every mutant of a rule as written. ``params`` are the values in force, ``options`` the types of its check's."""
    for change in _changes(data, params, options):
        yield Mutant(_applied(data, change), change.text, change.path)


def _changes(data: Mapping[str, Any], params: Mapping[str, Any], options: Mapping[str, str]) -> Iterator[Change]:
    yield from _flag(data, ())
    yield from _by(data)
    for word in ("once", "needs", "tolerate"):
        if word in data:
            yield _gone(data, (word,))
    if "tolerate" in data:
        share = float(str(data["tolerate"]).rstrip("%"))
        for factor, said in ((2, "twice"), (0.5, "half")):
            yield Change((("tolerate",),), (f"{share * factor:g}%",), f"`tolerate: {data['tolerate']}` is {said} of it")
    yield from _destinations(data, ())
    yield from _conditions(data, (), params)
    kinds = data.get("kinds", {})
    for name, kind in kinds.items():
        path: Path = ("kinds", name)
        if len(kinds) > 1:
            yield Change((path,), (GONE,), f"the kind `{name}` is gone")
        if not kind:
            continue
        if "severity" in kind:
            yield Change(((*path, "severity"),), (GONE,), f"`severity: {kind['severity']}` of {name} is gone")
        yield from _flag(kind, path)
        yield from _destinations(kind, path)
        yield from _conditions(kind, path, params)
    yield from _options(data, params, options)


def _flag(data: Mapping[str, Any], path: Path) -> Iterator[Change]:
    if "flag" not in data:
        return
    place = (*path, "flag")
    yield Change((place,), (ANYTHING,), f"`flag: {predicate_words(data['flag'])}` flags any event")
    for change in predicate_changes(data["flag"], place):
        if not _is_key(data, change.path[len(place) :]):
            yield change


def _is_key(data: Mapping[str, Any], path: Path) -> bool:
    """Whether a condition asks that the rule's key is there: an event without it is in no timeline anyway. It only
    saves the engine the sorting of logs that hold no such event."""
    keys = data.get("by", ())
    return len(path) == 1 and path[0] in ([keys] if isinstance(keys, str) else keys) and data["flag"][path[0]] == EXISTS


def _by(data: Mapping[str, Any]) -> Iterator[Change]:
    keys = data.get("by")
    if keys is None:
        return
    if isinstance(keys, list) and len(keys) > 1:
        for number, key in enumerate(keys):
            yield Change((("by", number),), (GONE,), f"`by: {key}` is gone")
        return
    (key,) = keys if isinstance(keys, list) else (keys,)
    other = _OTHER_THAN_LANE if key == _OTHER_KEY else _OTHER_KEY
    yield Change((("by",),), (other,), f"`by: {key}` is `by: {other}`")


def _destinations(data: Mapping[str, Any], path: Path) -> Iterator[Change]:
    given = data.get("destinations")
    if given is None:
        return
    place = (*path, "destinations")
    yield _gone(data, place, given)
    if isinstance(given, list) and len(given) > 1:
        for number, name in enumerate(given):
            yield Change(((*place, number),), (GONE,), f"the destination `{name}` is gone")
    elif isinstance(given, dict):
        for word, value in given.items():
            if isinstance(value, list) and len(value) > 1:
                for number, one in enumerate(value):
                    yield Change(((*place, word, number),), (GONE,), f"destinations with `{word}: {one}` are gone")


# Clauses --------------------------------------------------------------------------------------------------------


def _conditions(data: Mapping[str, Any], path: Path, params: Mapping[str, Any]) -> Iterator[Change]:
    for group in _GROUPS:
        if group not in data:
            continue
        value = data[group]
        several = isinstance(value, list)
        for number, clause in enumerate(value if several else [value]):
            place = (*path, group, number) if several else (*path, group)
            yield from _clause(data, clause, group, path, place, params)


def _clause(
    data: Mapping[str, Any],
    clause: Mapping[str, Any],
    group: str,
    path: Path,
    place: Path,
    params: Mapping[str, Any],
) -> Iterator[Change]:
    position = next(word for word in _TURNED if word in clause)
    name = f"{group}: {position} {predicate_words(clause[position])}"
    yield Change((place,), (GONE,), f"`{name}` is gone")
    other = "if" if group == "unless" else "unless"
    held = data.get(other, [])
    moved = [*(held if isinstance(held, list) else [held]), clause]
    yield Change((place, (*path, other)), (GONE, moved), f"`{name}` is turned round")
    turned = () if "by" in clause else _TURNED[position]
    if "received" not in clause and position in _WIDER and not _other_side(data, group, clause, position):
        turned = (*turned, _WIDER[position])
    for word in turned:
        changed = {word if key == position else key: inner for key, inner in clause.items()}
        yield Change((place,), (changed,), f"`{name}` is `{word}`")
    where = f" in `{name}`"
    yield Change(((*place, position),), (ANYTHING,), f"`{name}` takes any event")
    for word in (position, "where", "since", "until"):
        if word in clause:
            yield from predicate_changes(clause[word], (*place, word), where)
    for word in ("where", "since", "until", "as", "received", "by", "pick"):
        if word in clause:
            yield Change(((*place, word),), (GONE,), f"`{word}: {shown(clause[word])}` is gone{where}")
    for word in ("same", "differs"):
        given = clause.get(word)
        if given is not None:
            yield Change(((*place, word),), (GONE,), f"`{word}: {shown(given)}` is gone{where}")
        if isinstance(given, list) and len(given) > 1:
            for number, field in enumerate(given):
                yield Change(((*place, word, number),), (GONE,), f"`{field}` is gone from `{word}`{where}")
    if "within" in clause:
        yield Change(((*place, "within"),), (GONE,), f"`within: {clause['within']}` is gone{where}")
        yield from _other_durations("within", clause["within"], (*place, "within"), params, where)
    if "at_least" in clause:
        count = _value(clause["at_least"], params)
        for changed in (count + 1, count - 1):
            if changed:
                yield Change(
                    ((*place, "at_least"),), (changed,), f"`at_least: {clause['at_least']}` is {changed}{where}"
                )


def _other_side(data: Mapping[str, Any], group: str, clause: Mapping[str, Any], position: str) -> bool:
    """Whether the other side of the flagged event has a clause of its own about the same events: then this one reaching
    there as well would change nothing."""
    clauses = data[group] if isinstance(data[group], list) else [data[group]]
    (other,) = _TURNED[position]
    return group != "if" and any(one.get(other) == clause[position] and len(one) == 1 for one in clauses)


def _other_durations(word: str, given: Any, place: Path, params: Mapping[str, Any], where: str) -> Iterator[Change]:
    value = _value(given, params)
    length = value if isinstance(value, int) else duration(value)
    for factor, said in ((2, "twice as long"), (0.5, "half as long")):
        yield Change((place,), (f"{round(length * factor)}ms",), f"`{word}: {given}` is {said}{where}")


# Options of a check ----------------------------------------------------------------------------------------------


def _options(data: Mapping[str, Any], params: Mapping[str, Any], types: Mapping[str, str]) -> Iterator[Change]:
    for check, given in data.get("check", {}).items():
        for option, value in (given or {}).items():
            place: Path = ("check", check, option)
            kind = types.get(option)
            said = f"the option `{option}: {predicate_words(value)}`"
            if kind == "predicate":
                yield Change((place,), (NOTHING,), f"{said} takes no event")
                yield Change((place,), (ANYTHING,), f"{said} takes any event")
                yield from predicate_changes(value, place, f" in {said}")
            elif kind == "duration":
                yield from _other_durations(option, value, place, params, "")
            else:
                yield from _other_values(said, value, place, params)


def _other_values(said: str, given: Any, place: Path, params: Mapping[str, Any]) -> Iterator[Change]:
    value = _value(given, params)
    if isinstance(value, bool):
        yield Change((place,), (not value,), f"{said} is {str(not value).lower()}")
    elif isinstance(value, int):
        for changed in (value + 1, value - 1):
            yield Change((place,), (changed,), f"{said} is {changed}")
    elif isinstance(value, str):
        yield Change((place,), ("(?!)",), f"{said} matches nothing")
    elif isinstance(value, list | tuple):
        yield Change((place,), ([],), f"{said} is empty")


def _value(given: Any, params: Mapping[str, Any]) -> Any:
    return params[given[1:]] if isinstance(given, str) and given.startswith("$") else given


# Applying ----------------------------------------------------------------------------------------------------------


def _gone(data: Mapping[str, Any], path: Path, given: Any = None) -> Change:
    value = data[str(path[-1])] if given is None else given
    return Change((path,), (GONE,), f"`{path[-1]}: {shown(value)}` is gone")


def _applied(data: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """The rule with a change made; a list or map that is left empty goes as well, but a kind may say nothing."""
    changed = deepcopy(dict(data))
    for path, value in reversed(list(zip(change.paths, change.values, strict=True))):
        _put(changed, path, value)
    return changed


def _put(data: Any, path: Path, value: Any) -> None:
    parents = [data]
    for step in path[:-1]:
        parents.append(parents[-1][step])
    if value is not GONE:
        parents[-1][path[-1]] = deepcopy(value)
        return
    for depth in range(len(path) - 1, -1, -1):
        parent = parents[depth]
        del parent[path[depth]]
        if parent or (depth == 2 and path[0] == "kinds"):
            return
