"""What kind of event a predicate asks for, as people say it: ``client signup that is not "known user"``."""

from collections.abc import Iterator, Mapping

from auditor.language.predicates import Condition, Constant, Every, Not, Predicate

_SIDES = ("source", "side", "platform")
_SAID = {"eq": "is", "in": "is one of", "matches": "matches"}

Names = Mapping[Predicate, str]


def spoken(predicate: Predicate, names: Names) -> str:
    """The kind of event in words; ``names`` are those of the vocabulary."""
    if noun := _noun(predicate, names):
        return noun
    kind, sides, rest = "", "", []
    for part in _parts(predicate, names):
        if isinstance(part, Condition) and part.field in _SIDES and part.operator == "eq":
            sides += f"{part.operand} "
        elif not kind and (noun := _noun(part, names)):
            kind = noun
        else:
            rest.append(_asked_of(part, names))
    said = (", and " if any(" or " in one for one in rest) else " and ").join(rest)
    return f"{sides}{kind or 'event'}{f' that {said}' if said else ''}"


def _parts(predicate: Predicate, names: Names) -> Iterator[Predicate]:
    """All that must hold together."""
    if isinstance(predicate, Every) and not predicate.any and predicate not in names:
        for part in predicate.parts:
            yield from _parts(part, names)
    else:
        yield predicate


def _noun(part: Predicate, names: Names) -> str:
    """A part that is a noun: a name of the vocabulary, the type of a call, or one of several of them."""
    if part in names:
        return names[part].replace("_", " ")
    if isinstance(part, Condition) and part.field == "type" and part.operator in ("eq", "in"):
        types = [part.operand] if isinstance(part.operand, str) else part.operand
        return f"{' or '.join(types)} call"
    if isinstance(part, Every) and part.any:
        either = [_noun(one, names) for one in part.parts]
        return " or ".join(either) if all(either) else ""
    return ""


def _asked_of(part: Predicate, names: Names) -> str:
    """What else is asked, behind "that"."""
    if isinstance(part, Not):
        named = _noun(part.part, names)
        return f'is not "{named}"' if named else f"is not one that {_asked_of(part.part, names)}"
    if named := _noun(part, names):
        return f'is "{named}"'
    if isinstance(part, Every):
        return (" or " if part.any else " and ").join(_asked_of(one, names) for one in part.parts)
    if isinstance(part, Constant):
        return "is any" if part.value else "is none"
    assert isinstance(part, Condition)
    if part.operator == "exists":
        return f"has {'' if part.operand is True else 'no '}{part.field}"
    if part.operand is True:
        return f"is {part.field.replace('_', ' ')}"
    value = ", ".join(map(str, part.operand)) if isinstance(part.operand, list | tuple) else part.operand
    return f"has {part.field} that {_SAID.get(part.operator, part.operator)} {value}"
